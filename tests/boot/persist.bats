# shellcheck shell=bats disable=SC2154 # what `call` sets
# What is persisted is saved by the package's units, for root, a group and a user. persist.reboot.bats finds it again.
load boot

GROUP=games

newer() { [ "$1" -nt "$2" ]; }

@test "the units are there: enabled, started, before every timer and service" {
  assert_state shmctl-save.service ActiveState active
  assert_state shmctl-checkpoint.timer ActiveState active
  local order
  order=$(systemctl show --property=Before --value shmctl-save.service)
  [[ " $order " == *" sysinit.target "* ]] || fail "it is before $order"
  [ "$(state shmctl-save.service Result)" = success ]
  shm doctor
  assert_status 0
}

@test "objects and jobs are named; a checkpoint saves them" {
  shm -q counter set persist-hits 41
  shm -q counter set persist-not 1
  shm -q queue push persist-jobs 'an item' another
  shm persist 'persist-hits' 'persist-jobs'
  shm run persist-backup true
  shm run persist-backup false
  shm pause persist-paused --reason holidays
  shm persist --job 'persist-*'
  shm token get persist-backup
  echo "$out" >/var/tmp/persist-token
  shm --store "@$GROUP" -q counter set persist-team 7
  shm --store "@$GROUP" persist persist-team
  shm --store persistnamed -q value create persist-text --type text 'a text'
  shm --store persistnamed persist persist-text
  touch "$BATS_TEST_TMPDIR/before"
  systemctl start shmctl-checkpoint.service
  assert_state shmctl-checkpoint.service Result success
  newer /var/lib/shmctl/sys.save "$BATS_TEST_TMPDIR/before" || fail "nothing was saved"
  [ "$(stat -c '%a %U %G' "/var/lib/shmctl/g/$GROUP.save")" = "640 root $GROUP" ]
  [ -e /var/lib/shmctl/+persistnamed.save ]
  [ "$(journal --unit=shmctl-checkpoint.service --identifier=shmctl)" = '' ]
}

@test "members of the group change what root has saved" {
  as carol shm --store "@$GROUP" counter incr persist-team
  assert_done 8
  as carol shm --store "@$GROUP" -q value create persist-carol --type text 'by carol'
  as carol shm --store "@$GROUP" persist persist-carol
  assert_done
  systemctl start shmctl-checkpoint.service
  assert_state shmctl-checkpoint.service Result success
  grep -q '"by carol"' "/var/lib/shmctl/g/$GROUP.save" || fail "$(cat "/var/lib/shmctl/g/$GROUP.save")"
}

@test "what is changed after a checkpoint is saved at shutdown" {
  shm counter incr persist-hits
  assert_done 42
}

@test "a user's own: restored and saved by the user's manager" {
  linger dave
  user_manager dave systemctl --user enable --now shmctl-save.service shmctl-checkpoint.timer
  as dave shm -q counter set persist-mine 3
  as dave shm persist persist-mine
  user_manager dave systemctl --user start shmctl-checkpoint.service
  [ "$(stat -c '%a %U' /home/dave/.local/state/shmctl/own.save)" = '600 dave' ]
  as dave shm counter incr persist-mine
  no_linger dave
  # It was saved when the manager ended.
  as dave shm -q rm persist-mine
  linger dave
  until_true dave_has 4
  user_manager dave systemctl --user --quiet is-active shmctl-save.service
}
dave_has() { [ "$(as dave inside shmctl counter get persist-mine 2>&1)" = "$1" ]; }

@test "stopping and starting the unit loses nothing" {
  systemctl restart shmctl-save.service
  assert_state shmctl-save.service ActiveState active
  assert_counter persist-hits 42
  assert_counter persist-not 1
}

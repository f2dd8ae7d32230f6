# shellcheck shell=bats disable=SC2154 # what `call` sets
# After a reboot: what persist.bats has persisted is there again, and was before anything else began.
load boot

GROUP=games

@test "what was persisted is there as it was at shutdown, the rest is gone" {
  assert_state shmctl-save.service ActiveState active
  assert_state shmctl-save.service Result success
  assert_counter persist-hits 42
  shm counter get persist-not
  assert_refused 1
  shm queue pop persist-jobs --count 2
  assert_done $'an item\nanother'
  shm --store "@$GROUP" counter get persist-team
  assert_done 8
  as carol shm --store "@$GROUP" value get persist-carol
  assert_done 'by carol'
  as dave shm --store "@$GROUP" counter incr persist-team
  assert_done 9
  shm --store persistnamed value get persist-text
  assert_done 'a text'
  [ "$(journal --unit=shmctl-save.service --identifier=shmctl)" = '' ]
}

@test "a job has its history, its pause, and greater tokens" {
  shm history persist-backup --json
  [ "$(jq -r .status "$OUT" | xargs)" = '1 0' ]
  shm run persist-paused true
  assert_refused 75 holidays
  shm run persist-backup true
  assert_status 0
  shm token get persist-backup
  ((out > $(cat /var/tmp/persist-token))) || fail "token $out"
}

@test "it was before sysinit.target, and so before every timer" {
  local restored basic
  restored=$(state shmctl-save.service ActiveEnterTimestampMonotonic)
  for unit in sysinit.target timers.target basic.target; do
    basic=$(state "$unit" ActiveEnterTimestampMonotonic)
    ((restored > 0 && restored <= basic)) || fail "restored at $restored, $unit reached at $basic"
  done
}

@test "the user's own is there, for who lingers" {
  until_true dave_has 4
  no_linger dave
}
dave_has() { [ "$(as dave inside shmctl counter get persist-mine 2>&1)" = "$1" ]; }

@test "what is named is still named" {
  shm persist --json
  jq -r '"\(.what) \(.pattern)"' "$OUT" | grep -qxF 'job persist-*'
  as carol shm --store "@$GROUP" persist --json
  jq -r .pattern "$OUT" | grep -qxF persist-carol
}

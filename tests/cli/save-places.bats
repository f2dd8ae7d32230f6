#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Where stores are saved when nobody says where, and what becomes of it over reboots; who may read what.
# All in private mounts, so that the machine's own places are never touched.

load ../helpers

setup() {
  private_mounts
  package_layout
  inside mount -t tmpfs -o mode=755 lib /var/lib
  HOMES=/run/homes
  inside install -d -m 755 "$HOMES"
  inside install -d -m 755 -o 4001 -g 4001 "$HOMES/alice"
  inside install -d -m 755 -o 4002 -g 4002 "$HOMES/bob"
  printf '%s\n' root:x:0:0::/root:/bin/sh "alice:x:4001:4001::$HOMES/alice:/bin/sh" \
    "bob:x:4002:4002::$HOMES/bob:/bin/sh" >"$BATS_TEST_TMPDIR/passwd"
  inside mount --bind "$BATS_TEST_TMPDIR/passwd" /etc/passwd
  SYS=/var/lib/shmctl/sys.save
}
teardown() { end_private_mounts; }

# reboot: /run is new
reboot() {
  inside find /run/shmctl -mindepth 1 -delete
  package_layout_again
}
# shellcheck disable=SC2016 # the inner shell expands it
package_layout_again() {
  inside bash -c 'umask 022 && mkdir /run/shmctl/sys /run/shmctl/g && mkdir -m 1777 /run/shmctl/u'
}
# is PATH 'TYPE MODE UID GID'
is() {
  local found
  found=$(inside stat -c '%F %a %u %g' "$1") || true
  [ "$found" = "$2" ] || fail "$1 is '$found', not '$2'"
}

@test "root's store, a named one and a group's: saved, and back after a reboot" {
  shm -q counter set hits 1
  shm persist hits
  shm --store web -q counter set w 2
  shm --store web persist '*'
  shm --store "@$TEAM" -q counter set team 3
  shm --store "@$TEAM" persist 't*'
  shm --store "@$TEAM" persist --job '*'
  shm --store "@$TEAM" run backup true
  shm save --persisted --all-stores
  assert_done
  is /var/lib/shmctl 'directory 755 0 0'
  is "$SYS" 'regular file 600 0 0'
  is /var/lib/shmctl/+web.save 'regular file 600 0 0'
  is "/var/lib/shmctl/g/$TEAM.save" "regular file 640 0 $TEAM_GID"
  reboot
  shm restore --persisted --all-stores --skip-existing
  assert_done
  assert_counter hits 1
  STORE_WORDS=(--store web)
  assert_counter w 2
  STORE_WORDS=(--store "@$TEAM")
  assert_counter team 3
  is "/run/shmctl/g/$TEAM" "directory 2770 0 $TEAM_GID"
  is "/run/shmctl/g/$TEAM/team" "regular file 660 0 $TEAM_GID"
  as carol shm --store "@$TEAM" counter incr team
  assert_done 4
  as carol shm --store "@$TEAM" run backup true
  assert_done
  shm persist --json
  assert_done '{"what":"object","pattern":"hits"}'
  # And once more, without anything being said anew.
  shm save --persisted --all-stores
  assert_done
  reboot
  shm restore --persisted --all-stores --skip-existing
  assert_done
  STORE_WORDS=(--store "@$TEAM")
  assert_counter team 4
}

@test "a user's store: by the home that the accounts know" {
  as alice shm -q counter set hits 7
  as alice shm persist hits
  HOME=/nonexistent as alice shm save --persisted --all-stores
  assert_done
  is "$HOMES/alice/.local/state/shmctl" 'directory 700 4001 4001'
  is "$HOMES/alice/.local/state/shmctl/own.save" 'regular file 600 4001 4001'
  reboot
  as alice shm restore --persisted
  assert_done
  as alice shm counter get hits
  assert_done 7
  # Who has no home has no place either, which matters only to who has something to save.
  as carol shm -q counter set hits 1
  as carol shm save --persisted --all-stores
  assert_done
  as carol shm restore --persisted --all-stores
  assert_done
  as carol shm restore --persisted
  assert_refused 1 home
  as carol shm persist hits
  as carol shm save --persisted
  assert_refused 1 home
}

@test "nothing named, nothing saved: nothing is to be done" {
  shm save --persisted --all-stores
  assert_done
  shm restore --persisted --all-stores
  assert_done
  shm restore --persisted
  assert_refused 1 "$SYS"
  inside test ! -e /var/lib/shmctl || fail "something was saved"
  inside test ! -e /run/shmctl/sys/,restored || fail "something was restored"
}

@test "what was never restored is not lost by a save" {
  shm -q counter set hits 1
  shm persist hits
  shm save --persisted
  reboot
  # Nothing named: what is saved stays.
  shm -q counter set other 2
  shm save --persisted
  assert_done
  shm --store /run/look restore "$SYS"
  STORE_WORDS=(--store /run/look)
  assert_counter hits 1
  # Something named: it is kept beside.
  shm persist other
  shm save --persisted
  assert_status 0
  assert_stderr_line "$SYS" unrestored
  local kept
  kept=$(inside find /var/lib/shmctl -name '*unrestored*')
  shm --store /run/look2 restore "$kept"
  assert_done
  # shellcheck disable=SC2034 # assert_counter reads it
  STORE_WORDS=(--store /run/look2)
  assert_counter hits 1
  # From then on the store is as what is saved.
  shm save --persisted
  assert_done
}

@test "what could not be restored is not lost by a save" {
  shm -q counter set hits 1
  shm -q value create name --type text x
  shm persist '*'
  shm save --persisted
  reboot
  shm -q queue push hits item
  shm restore --persisted
  assert_refused 1 hits
  shm save --persisted
  assert_status 0
  assert_stderr_line unrestored
  reboot
  shm restore --persisted
  assert_done
  shm save --persisted
  assert_done
}

@test "what the metrics are to show is known again, also where nothing else is saved" {
  shm export 'hits*'
  shm save --persisted --all-stores
  assert_done
  reboot
  shm restore --persisted --all-stores
  assert_done
  shm export --json
  [[ $out == *'"hits*"'* ]]
}

@test "a store that is too small: what was restored is whole, what was not is kept" {
  local i
  for ((i = 0; i < 60; i++)); do echo "counter set c$i $i"; done >"$BATS_TEST_TMPDIR/lines"
  shm -q exec "$BATS_TEST_TMPDIR/lines"
  shm persist 'c*'
  shm save --persisted
  reboot
  inside mount -t tmpfs -o mode=755,size=100k small /run/shmctl/sys
  shm restore --persisted
  assert_refused 5
  shm counter get c0
  assert_done 0
  shm -q rm c1
  shm persist c0
  shm save --persisted
  assert_status 0
  assert_stderr_line unrestored
  inside umount /run/shmctl/sys
  local kept
  kept=$(inside find /var/lib/shmctl -name '*unrestored*')
  shm restore "$kept"
  assert_done
  assert_counter c59 59
}

@test "a disk that is too small: the last save stays" {
  shm -q counter set hits 1
  shm persist '*'
  shm save --persisted
  inside mkdir /run/keep
  inside cp "$SYS" /run/keep
  inside mount -t tmpfs -o mode=755,size=32k small /var/lib/shmctl
  inside cp /run/keep/sys.save /var/lib/shmctl/
  head -c 100000 /dev/urandom | inside "$SHMCTL" -q value create large --type bytes -
  shm save --persisted
  assert_refused 5 "$SYS"
  inside cmp /run/keep/sys.save "$SYS"
  [ "$(inside ls /var/lib/shmctl)" = sys.save ]
}

@test "what is no longer named is not saved" {
  shm -q counter set hits 1
  shm persist hits
  shm save --persisted
  shm unpersist hits
  shm save --persisted
  assert_done
  reboot
  shm restore --persisted
  assert_done
  shm ls
  assert_done
}

@test "a restore that finds a torn file uses the one before" {
  shm -q counter set hits 1
  shm persist hits
  shm save --persisted
  shm -q counter set hits 2
  shm save --persisted
  inside truncate -s -1 "$SYS"
  reboot
  shm restore --persisted --all-stores
  assert_status 0
  assert_stderr_line "$SYS" torn
  assert_counter hits 1
  inside rm "$SYS"
  reboot
  shm restore --persisted --all-stores
  assert_status 0
  assert_stderr_line "$SYS.1"
  assert_counter hits 1
}

@test "root: no other user's file, none that others may write to, no way by a link" {
  shm -q counter set hits 1
  shm save /var/lib/file
  inside chown 4001 /var/lib/file
  shm restore /var/lib/file --force
  assert_refused 4 'another user'
  shm save /var/lib/file --force
  assert_refused 4 'another user'
  inside chown 0 /var/lib/file
  inside chmod 620 /var/lib/file
  shm restore /var/lib/file --force
  assert_refused 4 'others may write'
  inside chmod 600 /var/lib/file
  inside ln -s /var/lib /run/way
  shm restore /run/way/file --force
  assert_refused 4 link
  shm save /run/way/file
  assert_refused 4 link
  shm restore /var/lib/file --force
  assert_done
}

@test "root: a place in a directory of everybody's" {
  inside mkdir -m 1777 /run/tmp
  shm -q counter set hits 1
  inside ln -s /etc/passwd /run/tmp/file
  shm save --force /run/tmp/file
  assert_refused 4 /run/tmp/file
  as alice inside touch /run/tmp/mine.1 /run/tmp/yours.new
  shm save /run/tmp/mine
  assert_refused 4 mine.1
  shm save /run/tmp/yours
  assert_refused 4 yours.new
  shm save /run/tmp/good
  assert_done
  as bob shm restore /run/tmp/good
  assert_refused 4
}

@test "a directory above that others may write to is refused" {
  shm -q counter set hits 1
  shm persist hits
  inside mkdir -m 777 /var/lib/shmctl
  inside chmod 777 /var/lib/shmctl
  shm save --persisted
  assert_refused 4 /var/lib/shmctl
  inside chown 4001 /var/lib/shmctl
  inside chmod 755 /var/lib/shmctl
  shm save --persisted
  assert_refused 4 /var/lib/shmctl
}

@test "a user can neither save nor read what root has saved" {
  shm -q counter set hits 1
  shm persist hits
  shm save --persisted
  as alice shm --store sys restore --persisted
  assert_refused 4
  as alice shm --store sys save --persisted
  assert_status 4
}

@test "one store that fails does not keep the others from being restored" {
  shm -q counter set hits 1
  shm persist hits
  shm --store web -q counter set w 2
  shm --store web persist w
  shm save --persisted --all-stores
  inside truncate -s 10 /var/lib/shmctl/+web.save
  reboot
  shm restore --persisted --all-stores
  assert_refused 4 +web.save
  assert_counter hits 1
}

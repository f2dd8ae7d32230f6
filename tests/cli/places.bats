#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Where a store is when nobody says: root's, a user's with and without the package; and by --store NAME, @GROUP and sys.
# All in private mounts, so that the machine's own stores are never touched.

load ../helpers

setup() { private_mounts; }
teardown() { end_private_mounts; }

# is PATH 'TYPE MODE UID GID'
is() {
  local found
  found=$(inside stat -c '%F %a %u %g' "$1") || true
  [ "$found" = "$2" ] || fail "$1 is '$found', not '$2'"
}
is_missing() { inside test ! -e "$1" || fail "$1 is there"; }

@test "root, without the package: the first creation makes /run/shmctl/sys" {
  shm counter get x
  assert_refused 1 /run/shmctl/sys
  is_missing /run/shmctl
  shm counter incr x
  assert_done 1
  is /run/shmctl 'directory 755 0 0'
  is /run/shmctl/sys 'directory 755 0 0'
  is /run/shmctl/sys/x 'regular file 600 0 0'
}

@test "root: whatever the umask" {
  (umask 077 && shm counter incr x && assert_done 1)
  is /run/shmctl 'directory 755 0 0'
  is /run/shmctl/sys 'directory 755 0 0'
  is /run/shmctl/sys/x 'regular file 600 0 0'
}

@test "a user, with the package: /run/shmctl/u/UID" {
  package_layout
  as alice shm counter incr x
  assert_done 1
  is /run/shmctl/u/4001 'directory 700 4001 4001'
  is /run/shmctl/u/4001/x 'regular file 600 4001 4001'
  is_missing /dev/shm/shmctl-4001
  as bob shm counter incr x 5
  assert_done 5
  as alice shm counter get x
  assert_done 1
}

@test "a user, without the package: /dev/shm/shmctl-UID, and doctor says so" {
  as alice shm counter incr x
  assert_done 1
  is /dev/shm/shmctl-4001 'directory 700 4001 4001'
  is_missing /run/shmctl
  as alice shm doctor
  assert_status 0
  grep -q '^warning .*/dev/shm' "$OUT"
}

@test "a user: root's store alone, without /run/shmctl/u, is no reason for another place" {
  shm -q counter incr x
  as alice shm counter incr x 7
  assert_done 7
  is /dev/shm/shmctl-4001/x 'regular file 600 4001 4001'
}

@test "the environment has no say: HOME, XDG_RUNTIME_DIR, TMPDIR, an empty one" {
  package_layout
  as alice shm counter incr x
  as alice call env HOME=/nowhere XDG_RUNTIME_DIR=/nowhere TMPDIR=/nowhere USER=root "$SHMCTL" counter incr x
  assert_done 2
  as alice call env -i "$SHMCTL" counter incr x
  assert_done 3
}

@test "SHMCTL_STORE is what --store would say, and --store comes first" {
  package_layout
  as alice call env SHMCTL_STORE=/run/shmctl/u/4001 "$SHMCTL" counter incr x
  assert_done 1
  as alice shm counter get x
  assert_done 1
  as alice call env SHMCTL_STORE=mine "$SHMCTL" counter incr x 7
  assert_done 7
  as alice shm --store mine counter get x
  assert_done 7
  as alice call env SHMCTL_STORE=mine "$SHMCTL" --store other counter incr x 9
  assert_done 9
  as alice call env SHMCTL_STORE= "$SHMCTL" counter get x
  assert_done 1
  as alice shm --store '' counter get x
  assert_refused 2 --store
}

@test "--store NAME: a store of its own inside the default one" {
  package_layout
  as alice shm --store web counter incr x 3
  assert_done 3
  is /run/shmctl/u/4001 'directory 700 4001 4001'
  is /run/shmctl/u/4001/+web 'directory 700 4001 4001'
  as alice shm counter get x
  assert_refused 1 x
  as alice shm ls
  assert_done
  shm --store web counter incr x 4
  assert_done 4
  is /run/shmctl/sys/+web 'directory 700 0 0'
  as bob shm --store web counter get x
  assert_refused 1
}

@test "--store NAME: without the package too" {
  as alice shm --store web counter incr x
  assert_done 1
  is /dev/shm/shmctl-4001/+web 'directory 700 4001 4001'
}

@test "--store: words that are no store are status 2" {
  local said
  for said in 'two words' '+web' '-' 'a,b' $'a\nb' "$(printf 'x%.0s' {1..129})" '@' '@two words' '@../sys'; do
    shm --store "$said" counter incr x
    assert_refused 2
  done
  shm --store "/$(printf 'x%.0s' {1..5000})" counter incr x
  assert_status_in 1 2
  assert_stderr_line
  shm --store @no-such-group counter incr x
  assert_refused 1 no-such-group
  is_missing /run/shmctl
}

@test "--store sys: root's store, to read what its mode opens" {
  shm -q counter create open 5 --mode 644
  shm -q counter create shut 6
  shm -q value create v 1.5 --type float --mode 644
  as alice shm --store sys counter get open
  assert_done 5
  as alice shm --store sys value get v
  assert_done 1.5
  as alice shm --store sys counter get shut
  assert_refused 4 shut
  as alice shm --store sys counter incr open
  assert_refused 4 open
  as alice shm --store sys counter create new
  assert_refused 4 new
  as alice shm --store sys rm open
  assert_refused 4 open
  as alice shm --store sys run job true
  assert_refused 4 job
  as alice shm --store sys stat open
  assert_status 0
  as alice shm --store sys ls
  assert_status 0
  grep -q '^counter *open *5 ' "$OUT"
  grep -q 'shut *(no permission)' "$OUT"
  as alice shm --store sys doctor
  assert_status 0
  # shellcheck disable=SC2034 # read by assert_counter
  STORE_WORDS=(--store sys)
  assert_counter open 5
  shm --store sys counter incr open
  assert_done 6
}

@test "--store sys: an object whose group may write it" {
  shm -q counter create x --mode 660 --group "$TEAM"
  as carol shm --store sys counter incr x
  assert_done 1
  as dave shm --store sys counter incr x
  assert_done 2
  as alice shm --store sys counter get x
  assert_refused 4 x
  as carol shm --store sys rm x
  assert_refused 4 x
}

@test "--store @GROUP: its members share it, nobody else" {
  package_layout
  as carol shm --store @"$TEAM" counter incr x
  assert_done 1
  is "/run/shmctl/g/$TEAM/x" "regular file 660 4003 $TEAM_GID"
  as dave shm --store @"$TEAM" counter incr x
  assert_done 2
  shm --store @"$TEAM" counter incr x
  assert_done 3
  as alice shm --store @"$TEAM" counter get x
  assert_refused 4
  as alice shm --store @"$TEAM" counter incr x
  assert_refused 4
  as dave shm --store @"$TEAM" rm x
  assert_done
  as dave shm --store @"$TEAM" counter incr x
  assert_done 1
  is "/run/shmctl/g/$TEAM/x" "regular file 660 4004 $TEAM_GID"
}

@test "--store @GROUP: by name or by number, it is one store" {
  shm --store "@$TEAM" counter incr x
  assert_done 1
  shm --store "@$TEAM_GID" counter incr x
  assert_done 2
}

@test "--store @GROUP: jobs too are shared" {
  package_layout
  as carol shm --store @"$TEAM" run job sh -c 'exit 3'
  assert_status 3
  as dave shm --store @"$TEAM" run job true
  assert_done
  as dave shm --store @"$TEAM" stat job
  assert_status 0
  grep -qx 'runs: 2' "$OUT"
  as alice shm --store @"$TEAM" run job true
  assert_refused 4
}

@test "--store @GROUP: root makes it, by doctor --fix or by a first use; a member can't" {
  as carol shm --store @"$TEAM" counter incr x
  assert_refused 1 "/run/shmctl/g/$TEAM" "doctor --fix"
  shm --store @"$TEAM" doctor --fix
  assert_status 0
  is /run/shmctl/g 'directory 755 0 0'
  is "/run/shmctl/g/$TEAM" "directory 2770 0 $TEAM_GID"
  as carol shm --store @"$TEAM" counter incr x
  assert_done 1
  shm --store @daemon counter incr x
  assert_done 1
  is /run/shmctl/g/daemon "directory 2770 0 1"
}

@test "--store DIR: one's own directory, or root's for those whom an object's mode lets in" {
  inside install -d -m 755 -o 4001 -g 4001 /run/alices
  as alice shm --store /run/alices counter incr x
  assert_done 1
  inside install -d -m 755 /run/roots
  shm --store /run/roots counter create x 5 --mode 644
  as alice shm --store /run/roots counter get x
  assert_done 5
  as alice shm --store /run/roots counter incr x
  assert_refused 4 x
}

@test "a removed store is made again" {
  package_layout
  as alice shm -q counter incr x 5
  inside rm -r /run/shmctl/u/4001
  as alice shm counter get x
  assert_refused 1
  as alice shm counter incr x
  assert_done 1
}

@test "many at once in no store yet: all find the same one" {
  local i
  local -a calls
  for i in {1..8}; do
    as alice inside "$SHMCTL" -q counter incr "x$((i % 2))" &
    calls+=($!)
  done
  wait "${calls[@]}"
  as alice shm counter get x0 x1
  assert_done $'4\n4'
}

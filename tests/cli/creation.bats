#!/usr/bin/env bats
# shellcheck shell=bats
# What an object or a store is given when it is made: mode and group, whatever the umask; names; the store's directory.

load ../helpers

setup() { own_store; }

# mode_of FILE MODE
mode_of() { [ "$(stat -c %a "$1")" = "$2" ] || fail "$1 has mode $(stat -c %a "$1"), not $2"; }

@test "--mode is the object's mode whatever the umask; without it 600" {
  local mode umask
  for umask in 000 022 077 777; do
    for mode in 600 640 644 660 664; do
      (umask "$umask" && shm -q counter create "c$umask$mode" --mode "$mode" && assert_status 0)
      (umask "$umask" && shm -q value create "v$umask$mode" --mode "0$mode" --type int && assert_status 0)
      mode_of "$STORE/c$umask$mode" "$mode"
      mode_of "$STORE/v$umask$mode" "$mode"
    done
    (umask "$umask" && shm -q counter incr "plain$umask" && assert_status 0)
    mode_of "$STORE/plain$umask" 600
  done
}

@test "--mode: what would let everybody write, or its owner not, is status 2" {
  local mode
  for mode in 666 777 602 700 400 060 1644 8 rw '' -600; do
    shm counter create odd --mode "$mode"
    assert_refused 2
    shm value create odd --type int --mode "$mode"
    assert_refused 2
  done
  shm ls odd
  assert_done
}

@test "--group is the object's group, by name or number; one that is not there is an error" {
  need_root
  shm -q counter create x --mode 640 --group "$TEAM"
  [ "$(stat -c '%a %g' "$STORE/x")" = "640 $TEAM_GID" ]
  shm -q value create y --type int --mode 660 --group "$TEAM_GID"
  [ "$(stat -c '%a %g' "$STORE/y")" = "660 $TEAM_GID" ]
  shm counter create z --group no-such-group
  assert_refused 1 no-such-group
  [ ! -e "$STORE/z" ]
}

@test "a store's directory is made with mode 700 whatever the umask, by whatever creates first" {
  local umask
  for umask in 000 077 777; do
    (umask "$umask" && shm -q --store "$BATS_TEST_TMPDIR/a$umask" counter incr x && assert_status 0)
    mode_of "$BATS_TEST_TMPDIR/a$umask" 700
    (umask "$umask" && shm --store "$BATS_TEST_TMPDIR/b$umask/" run x true && assert_status 0)
    mode_of "$BATS_TEST_TMPDIR/b$umask" 700
  done
}

@test "only the last directory of --store DIR is made" {
  shm --store "$BATS_TEST_TMPDIR/one/two" counter incr x
  assert_refused 1 "$BATS_TEST_TMPDIR/one"
  [ ! -e "$BATS_TEST_TMPDIR/one" ]
}

@test "--store may be below the working directory" {
  cd "$BATS_TEST_TMPDIR"
  shm --store ./here counter incr x
  assert_done 1
  cd here
  shm --store . counter incr x
  assert_done 2
  shm --store ../here/ counter incr x
  assert_done 3
}

@test "names: letters, digits and ._:@-, up to 128 of them" {
  local name
  for name in a Z 0 _ a.b a:b a@b a-b 2026-11-21 "$(printf 'x%.0s' {1..128})"; do
    shm counter create "$name"
    assert_done 0
    shm run "$name" true
    assert_done
    shm ls --names "$name"
    assert_stdout "$name"$'\n'"$name"
    shm rm "$name"
    assert_done
  done
}

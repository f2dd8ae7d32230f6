#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# run-one: a job named after its command, and what the other programs of that family do.

load ../helpers
load jobs

setup() {
  own_store
  holding
}
teardown() { end_what_was_started; }

# start_one TAG WORDS...: `shmctl run-one WORDS... hold TAG` in the background, as `start`
start_one() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" run-one "$@" "$HOLD" "$tag" >"$tag.out" 2>"$tag.err" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true test -s "$tag.pid"
  JOB=$(<"$tag.pid")
  STARTED+=("$JOB")
}
# A command that counts its runs in $1.count and ends with the status in $2 from the $3rd run on, else with its contrary
counting() {
  COUNTING=$BATS_TEST_TMPDIR/counting
  cat >"$COUNTING" <<'END'
#!/bin/bash
echo >>"$1.count"
(($(wc -l <"$1.count") < $3)) && exit "$((!$2))"
exit "$2"
END
  chmod 755 "$COUNTING"
}
times() { [ "$(wc -l <"$BATS_TEST_TMPDIR/$1.count")" -ge "$2" ]; }
linked() {
  mkdir -p "$BATS_TEST_TMPDIR/bin"
  ln -sf "$SHMCTL" "$BATS_TEST_TMPDIR/bin/$1"
  LINK=$BATS_TEST_TMPDIR/bin/$1
}

@test "the same command does not run twice at once" {
  start_one one
  shm run-one "$HOLD" "$BATS_TEST_TMPDIR/one"
  assert_busy "pid $JOB" 'run-one:hold:'
  shm -q run-one --busy-status 0 "$HOLD" "$BATS_TEST_TMPDIR/one"
  assert_done
  kill_and_wait "$JOB"
  ended 137 "$SUPERVISOR"
  start_one one
}

@test "other words are another command, and where words end counts" {
  shm run-one echo 'a b'
  assert_done 'a b'
  shm run-one echo a b
  assert_done 'a b'
  shm run-one /bin/echo a b
  shm run-one echo ab
  shm run-one echo a 'b '
  shm --raw ls
  [ "$(grep -c 'run-one:echo:' "$OUT")" = 5 ] || fail "not 5 jobs"
}

@test "statuses, standard streams and options of the command are its own" {
  shm run-one sh -c 'echo "$0" "$@"; exit 9' --help -q
  assert_status 9
  assert_stdout '--help -q'
  shm run-one -- sh -c 'kill -9 $$'
  assert_status 137
  shm run-one ./nothing
  assert_refused 127 nothing
  shm run-one
  assert_refused 2 COMMAND
  shm run-one --nonsense true
  assert_refused 2 "'--nonsense'"
}

@test "names of commands of any characters" {
  local name=$BATS_TEST_TMPDIR/'-a b,c+d'$'\n''ö'
  printf '#!/bin/sh\necho $SHMCTL_JOB\n' >"$name"
  chmod 755 "$name"
  shm run-one "$name"
  assert_status 0
  [[ $out =~ ^run-one:-a_b_c_d_[_]*:[0-9a-f]{16}$ ]] || fail "the job is $out"
  local long
  long=$BATS_TEST_TMPDIR/$(printf 'x%.0s' {1..200})
  cp "$name" "$long"
  shm run-one "$long"
  [[ $out =~ ^run-one:x{40}:[0-9a-f]{16}$ ]] || fail "the job is $out"
}

@test "two users who share a store run the same command side by side" {
  need_root
  need setpriv
  STORE=$(mktemp -d /dev/shm/shmctl-test-one.XXXXXX)
  chgrp "$TEAM" "$STORE" && chmod 2770 "$STORE"
  export SHMCTL_STORE=$STORE
  as carol shm run-one sh -c 'echo $SHMCTL_JOB'
  assert_status 0
  local carols=$out
  as dave shm run-one sh -c 'echo $SHMCTL_JOB'
  assert_status 0
  [ "$out" != "$carols" ]
  rm -rf "$STORE"
}

@test "--on-busy wait waits for the other's end" {
  start_one one
  "$SHMCTL" run-one --on-busy wait "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&- &
  local waiter=$!
  STARTED+=("$waiter")
  until_true waiting "$(sed -n 's/.*\(run-one:hold:[0-9a-f]*\).*/\1/p' < <("$SHMCTL" ls))" 1
  rm "$BATS_TEST_TMPDIR/one.pid"
  kill_and_wait "$JOB"
  pid_in "$BATS_TEST_TMPDIR/one.pid"
}

@test "run-this-one ends the one that runs, and all that came of it" {
  start_one one
  local first=$JOB supervisor=$SUPERVISOR
  rm "$BATS_TEST_TMPDIR/one.pid"
  linked run-this-one
  "$LINK" "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&- &
  STARTED+=("$!")
  pid_in "$BATS_TEST_TMPDIR/one.pid"
  until_true gone "$first"
  until_true gone "$supervisor"
  [ "$(<"$BATS_TEST_TMPDIR/one.pid")" != "$first" ]
}

@test "run-this-one does not touch a process whose command line is the same" {
  "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&- &
  STARTED+=("$!")
  local other
  other=$(pid_in "$BATS_TEST_TMPDIR/one.pid")
  rm "$BATS_TEST_TMPDIR/one.pid"
  linked run-this-one
  "$LINK" "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&- &
  STARTED+=("$!")
  pid_in "$BATS_TEST_TMPDIR/one.pid"
  lives "$other"
}

@test "run-one-until-success runs it until it succeeds" {
  counting
  linked run-one-until-success
  call "$LINK" "$COUNTING" "$BATS_TEST_TMPDIR/a" 0 2
  assert_done
  times a 2
  not times a 3
}

@test "run-one-until-failure runs it until it fails" {
  counting
  linked run-one-until-failure
  call "$LINK" "$COUNTING" "$BATS_TEST_TMPDIR/a" 1 2
  assert_status 1
  times a 2
  not times a 3
}

@test "run-one-constantly and keep-one-running run it again and again, until they are told to end" {
  counting
  local name
  for name in run-one-constantly keep-one-running; do
    linked "$name"
    "$LINK" "$COUNTING" "$BATS_TEST_TMPDIR/$name" 0 2 3>&- &
    local keeper=$!
    STARTED+=("$keeper")
    until_true test -e "$BATS_TEST_TMPDIR/$name.count"
    call "$SHMCTL" run-one "$COUNTING" "$BATS_TEST_TMPDIR/$name" 0 2
    assert_busy
    until_true times "$name" 2
    kill "$keeper"
    until_true gone "$keeper"
  done
}

@test "run-one-constantly ends when the command can't be run, and with a signal that the command gets" {
  linked run-one-constantly
  call "$LINK" ./nothing
  assert_refused 127 nothing
  "$LINK" "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&- &
  local keeper=$!
  STARTED+=("$keeper")
  pid_in "$BATS_TEST_TMPDIR/one.pid"
  kill "$keeper"
  ended 143 "$keeper"
}

@test "a link named run-one is run-one" {
  linked run-one
  call "$LINK" echo one
  assert_done one
  shm run-one --help
  local help=$out
  call "$LINK" --help
  assert_done "$help"
}

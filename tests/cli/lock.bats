#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# A job that a part of a script holds, by a descriptor that the script has opened: lock, unlock.

load ../helpers
load jobs

setup() {
  own_store
  holding
}
teardown() {
  end_what_was_started
  end_private_mounts
}

# open_lock NAME: descriptor 9 of this shell is open on the job's lock file
open_lock() { exec 9<"$("$SHMCTL" lock "$1" --path)"; }

# script TAG LINES: a script in the background that runs these lines; $SHMCTL is in its environment, its pid in SCRIPT
script() {
  local tag=$BATS_TEST_TMPDIR/$1
  printf '%s\n' "$2" >"$tag.sh"
  bash "$tag.sh" >"$tag.out" 2>"$tag.err" 3>&- &
  SCRIPT=$!
  STARTED+=("$SCRIPT")
}
# What a script says once it is at that place, and what it waits for then.
HERE='echo here; until [ -e "$0.on" ]; do sleep 0.02; done; rm "$0.on"'
at_place() { until_true test -s "$BATS_TEST_TMPDIR/$1.out"; : >"$BATS_TEST_TMPDIR/$1.out"; }
go_on() { : >"$BATS_TEST_TMPDIR/$1.sh.on"; }

@test "lock --path prints where the lock file is, and makes it" {
  shm lock job --path
  assert_status 0
  assert_no_stderr
  [[ $out == "$STORE/job,job.lock" ]] || fail "it is $out"
  [ -f "$out" ]
  free job
  cd "$BATS_TEST_TMPDIR"
  SHMCTL_STORE=./other shm lock job --path
  assert_status 0
  [ "$out" -ef "$BATS_TEST_TMPDIR/other/job,job.lock" ] || fail "it is $out"
  [[ $out == /* ]] || fail "not from the root: $out"
}

@test "a script holds the job by its descriptor until it unlocks it" {
  open_lock job
  shm lock job --fd 9
  assert_done
  shm run job true 9<&-
  assert_busy "by descriptor 9" "bash"
  shm who job
  assert_status 0
  [[ $out == *"by descriptor 9"* ]] || fail "who does not say by what"
  shm --json who job
  [[ $out == *'"descriptor":9'* ]] || fail "who does not say by what"
  shm unlock --fd 9
  assert_done
  free job
  shm run job true
  assert_done
  shm lock job --fd 9
  assert_done
  held job
  shm unlock job --fd 9
  assert_done
  free job
}

@test "it is no run: no token, not counted, not lost" {
  open_lock job
  shm lock job --fd 9
  exec 9<&-
  shm run job sh -c 'echo $SHMCTL_TOKEN'
  assert_status 0
  assert_fact runs job 1
  assert_fact lost job 0
}

@test "the lock ends with the script, and when it closes the descriptor" {
  script one "exec 9<\"\$(\"\$SHMCTL\" lock job --path)\"; \"\$SHMCTL\" lock job --fd 9 || exit; $HERE; exec 9<&-; $HERE"
  at_place one
  held job
  shm run job true
  assert_busy "pid $SCRIPT"
  go_on one
  at_place one
  free job
  shm run job true
  assert_done
  go_on one
  ended 0 "$SCRIPT"
  script two "exec 9<\"\$(\"\$SHMCTL\" lock job --path)\"; \"\$SHMCTL\" lock job --fd 9 || exit; $HERE"
  at_place two
  held job
  kill_and_wait "$SCRIPT"
  until_true free job # what it was waiting by has inherited it
}

@test "it is busy while a run has the job, and --wait waits for its end" {
  open_lock job
  start run job
  shm lock job --fd 9
  assert_busy "pid $JOB"
  shm lock job --fd 9 --wait 0.05
  assert_busy "pid $JOB"
  "$SHMCTL" lock job --fd 9 --wait forever 3>&- &
  local waiter=$!
  STARTED+=("$waiter")
  until_true waiting job 1
  kill_and_wait "$JOB"
  ended 0 "$waiter"
  shm run job true 9<&-
  assert_busy "by descriptor 9"
}

@test "a run that waits begins when the script unlocks" {
  script one "exec 9<\"\$(\"\$SHMCTL\" lock job --path)\"; \"\$SHMCTL\" lock job --fd 9 || exit; $HERE
    \"\$SHMCTL\" unlock --fd 9; $HERE"
  at_place one
  run_in_background two job --on-busy wait "$HOLD" "$BATS_TEST_TMPDIR/waiter"
  until_true waiting job 1
  go_on one
  pid_in "$BATS_TEST_TMPDIR/waiter.pid"
  open_lock job
  shm lock job --fd 9
  assert_busy
}

@test "--shared is beside others that share, and excludes who does not" {
  open_lock job
  exec 8<"$STORE/job,job.lock"
  shm lock job --fd 9 --shared
  assert_done
  shm lock job --fd 8 --shared
  assert_done
  shm run --shared job true
  assert_done
  shm run job true
  assert_busy
  shm unlock --fd 9
  shm lock job --fd 9
  assert_busy "by descriptor 8"
  shm unlock --fd 8
  shm lock job --fd 9
  assert_done
}

@test "taken again by the same descriptor, it is the same lock" {
  open_lock job
  shm lock job --fd 9
  shm lock job --fd 9
  assert_done
  shm who job
  [ "$(wc -l <"$OUT")" = 1 ] || fail "it is listed more than once"
  shm lock job --fd 9 --shared
  shm run --shared job true
  assert_done
  shm unlock --fd 9
  free job
}

@test "what a started program has inherited, unlock ends too" {
  open_lock job
  shm lock job --fd 9
  "$HOLD" "$BATS_TEST_TMPDIR/daemon" 3>&- &
  STARTED+=("$!")
  pid_in "$BATS_TEST_TMPDIR/daemon.pid"
  shm unlock --fd 9
  free job
  shm run job true
  assert_done
  shm lock job --fd 9
  exec 9<&-
  shm run job true
  assert_busy
}

@test "the lock file removed by hand while a script holds it: the next run is busy, until the script is done" {
  open_lock job
  shm lock job --fd 9
  rm "$STORE/job,job.lock"
  shm run job true 9<&-
  assert_busy "by descriptor 9"
  shm unlock --fd 9
  assert_done
  shm run job true
  assert_done
  shm lock job --fd 9
  assert_refused 4 'shmctl lock NAME --path'
}

@test "only the job's own lock file will do" {
  shm lock job --fd 9 9>&-
  assert_refused 2 'descriptor 9' 'not open' 'exec 9<'
  shm lock job --fd 9 9</dev/null
  assert_refused 4 'lock file' 'exec 9<'
  open_lock other
  shm lock job --fd 9
  assert_refused 4 'lock file'
  shm unlock --fd 8 8</dev/null
  assert_refused 4 'descriptor 8'
  shm unlock job --fd 9
  assert_refused 2 other
  shm unlock --fd 7 7>&-
  assert_refused 2 'not open'
}

@test "what is refused leaves the job as it was" {
  open_lock job
  start run job
  shm lock job --fd 9
  assert_busy
  kill_and_wait "$JOB"
  until_true gone "$SUPERVISOR"
  shm run job true 9<&-
  assert_done
}

@test "words that make no sense" {
  shm lock job
  assert_refused 2 --fd
  shm lock job --path --fd 9
  assert_refused 2 exclude
  shm lock job --path --wait 3
  assert_refused 2 --path
  shm lock job --fd x
  assert_refused 2 "'x'"
  shm lock job --fd -1
  assert_refused 2
  shm unlock
  assert_refused 2 --fd
  shm lock . --path
  assert_refused 2
}

@test "a script that holds the job would wait for a run in vain" {
  open_lock job
  shm lock job --fd 9
  shm run job --wait 20 true
  assert_refused 75 'descriptor 9' 'would wait for itself'
}

@test "a script that is part of a run of that job would wait for itself" {
  shm run job bash -c 'exec 9<"$("$SHMCTL" lock job --path)"; "$SHMCTL" lock job --fd 9 --wait 5'
  assert_status 75
  assert_stderr_line 'would wait for itself'
}

@test "rm --job: refused while a script holds it, done when it has let go, though it has the file open" {
  open_lock job
  shm lock job --fd 9
  shm rm --job job
  assert_refused 75 running
  shm unlock --fd 9
  shm rm --job job
  assert_done
}

@test "in the default stores: root's, a user's with the package and without it" {
  private_mounts
  unset SHMCTL_STORE
  local script='exec 9<"$("$SHMCTL" lock job --path)" && "$SHMCTL" lock job --fd 9 && "$SHMCTL" who job &&
    "$SHMCTL" unlock --fd 9 && ! "$SHMCTL" -q who job && exec 9<&- && "$SHMCTL" run job true'
  local who
  for who in alice root; do
    as "$who" call bash -c "$script"
    assert_status 0
    [[ $out == *'by descriptor 9' ]] || fail "$who: who does not say by what"
  done
  inside rm -rf /run/shmctl
  package_layout
  as alice call bash -c "$script"
  assert_status 0
  [[ $out == *'by descriptor 9' ]] || fail "who does not say by what"
}

@test "a group's job: one member's script keeps another's run out" {
  need_root
  need setpriv
  STORE=$(mktemp -d /dev/shm/shmctl-test-lock.XXXXXX)
  chgrp "$TEAM" "$STORE" && chmod 2770 "$STORE"
  export SHMCTL_STORE=$STORE
  # shellcheck disable=SC2016 # the inner shell expands it
  "${CAROL[@]}" bash -c 'exec 9<"$("$SHMCTL" lock job --path)" && "$SHMCTL" lock job --fd 9 && echo $$ >"$1" && exec sleep 60' \
    carol "$STORE/pid" 3>&- &
  STARTED+=("$!")
  until_true test -s "$STORE/pid"
  as dave shm run job true
  assert_busy 'by descriptor 9'
  as bob shm lock job --path
  assert_status 4
  kill_and_wait "$(<"$STORE/pid")"
  as dave shm run job true
  assert_done
  rm -rf "$STORE"
}

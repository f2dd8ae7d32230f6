#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2153,SC2154 # a subshell a test; what `call` sets
# run, where guards are known to fall: killed supervisors, daemons left behind, deleted lock files, closed descriptors
# (run-places.bats has nested scripts, pid namespaces, planted files). Where flock(1) is installed, what it does in the
# same place is shown beside it, plainly and with -o: at least one of them falls into each trap. Those checks are there
# to be read; if one fails, flock has learnt.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

# --- the supervisor is killed ----------------------------------------------------------------------------------------

@test "kill -9 of the supervisor: the job goes on, the lock stays with it, the next run says so, then it is free" {
  start one job
  kill_and_wait "$SUPERVISOR"
  lives "$JOB"
  shm run job true
  assert_busy "supervisor gone, job pid $JOB still running since 20" "$HOLD"
  shm run job --wait 60ms true
  assert_busy "supervisor gone"
  shm run job --shared true
  assert_busy "supervisor gone"
  run_in_background two job --wait 30 echo mine
  # Who waits for a lock whose taker has ended is listed by the kernel only in the first pid namespace.
  if [ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ]; then
    until_true waiting job 1
  else
    until_true state_is "$BACKGROUND" S
  fi
  kill "$JOB"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/two.out")" = mine ]
  assert_fact lost job 1
  assert_fact runs job 2
  shm run job true
  assert_done
}

@test "flock -o lets a second copy run when its wrapper is killed" {
  need flock
  start_flock one -o
  kill_and_wait "$SUPERVISOR"
  lives "$JOB"
  second_copy_starts
}

@test "supervisor and command both killed: the job is free at once, and the run is counted as lost" {
  start one job
  kill -9 "$SUPERVISOR" "$JOB"
  until_true gone "$JOB"
  shm run job true
  assert_done
  assert_fact lost job 1
  assert_fact last-status job 0
}

@test "the machine was started anew: what ran then is lost, not running" {
  start one job
  # A copy of the record as it is during the run, in a store where nothing runs, of another boot.
  mkdir -m 700 "$BATS_TEST_TMPDIR/other"
  cp -p "$STORE/job,job" "$BATS_TEST_TMPDIR/other/job,job"
  SHMCTL_STORE=$BATS_TEST_TMPDIR/other shm run job true
  assert_busy "pid $JOB"  # of this boot: it lives
  # The boot id is in the first entry's words 6 and 7.
  printf '\x5a' | dd of="$BATS_TEST_TMPDIR/other/job,job" bs=1 seek=$((512 + 6 * 8)) conv=notrunc status=none
  SHMCTL_STORE=$BATS_TEST_TMPDIR/other shm run job true
  assert_done
  [ "$(SHMCTL_STORE=$BATS_TEST_TMPDIR/other fact lost job)" = 1 ]
}

# --- the command leaves something behind -----------------------------------------------------------------------------

DAEMON='setsid sleep 60 >/dev/null 2>&1 & echo $! >"$1"'

@test "a daemon that the command leaves behind does not keep the job" {
  shm run job sh -c "$DAEMON" sh "$BATS_TEST_TMPDIR/daemon"
  assert_status 0
  lives "$(pid_in "$BATS_TEST_TMPDIR/daemon")"
  shm run job echo next
  assert_done next
  lives "$(pid_in "$BATS_TEST_TMPDIR/daemon")"
}

@test "flock is kept by a daemon that its command leaves behind" {
  need flock
  flock "$LOCK" sh -c "$DAEMON" sh "$BATS_TEST_TMPDIR/daemon" 3>&-
  lives "$(pid_in "$BATS_TEST_TMPDIR/daemon")"
  not second_copy_starts
}

@test "a daemon whose supervisor was killed keeps the job, and is named" {
  "$SHMCTL" run job bash -c 'setsid sleep 60 >/dev/null 2>&1 & echo $! >"$1.daemon"; echo $$ >"$1.pid"; exec sleep 60' \
    bash "$BATS_TEST_TMPDIR/one" 3>&- &
  local supervisor=$!
  STARTED+=("$supervisor")
  local main daemon
  main=$(pid_in "$BATS_TEST_TMPDIR/one.pid")
  daemon=$(pid_in "$BATS_TEST_TMPDIR/one.daemon")
  STARTED+=("$main" "$daemon")
  kill_and_wait "$supervisor"
  kill_and_wait "$main"
  shm run job true
  assert_busy "pid $daemon (sleep 60) has its lock, left over"
  shm who job
  assert_status 0
  [[ $out == *"pid $daemon (sleep 60)"* ]]
  kill "$daemon"
  until_true free job
  shm run job true
  assert_done
}

# --- the lock file is deleted ----------------------------------------------------------------------------------------

@test "the lock file is deleted while the job runs: it is busy all the same" {
  start one job
  rm "$STORE/job,job.lock"
  shm run job true
  assert_busy "pid $JOB" "holds it since"
  shm run job --wait 60ms true
  assert_busy "pid $JOB"
  shm run job --shared true
  assert_busy "pid $JOB"
  shm run job --slots 3 true
  assert_busy
  shm who job
  assert_status 0
  [[ $out == *"pid $JOB"* ]]
  run_in_background two job --wait 30 echo mine
  until_true waiting job 1
  rm "$STORE/job,job.lock"
  shm run job true
  assert_busy "pid $JOB"
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  ended 0 "$BACKGROUND"
  shm run job true
  assert_done
}

@test "the lock file is deleted and the supervisor killed: it is busy all the same" {
  start one job
  rm "$STORE/job,job.lock"
  kill_and_wait "$SUPERVISOR"
  shm run job true
  assert_busy "supervisor gone, job pid $JOB"
  kill_and_wait "$JOB"
  shm run job true
  assert_done
}

@test "the record is deleted while the job runs: it is busy all the same, and the holder is found" {
  start one job
  rm "$STORE/job,job"
  shm run job true
  assert_busy "has its lock" "more"
  [[ $err == *"pid $JOB"* || $err == *"pid $SUPERVISOR"* ]]
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  shm run job true
  assert_done
}

@test "flock lets a second copy run when the lock file is deleted" {
  need flock
  start_flock one
  rm "$LOCK"
  lives "$JOB"
  second_copy_starts
}

@test "a lock file that is deleted while somebody waits: who gets it starts over" {
  start one job
  run_in_background two job --wait 30 sh -c "echo 2 >>'$BATS_TEST_TMPDIR/ran'; exec '$HOLD' '$BATS_TEST_TMPDIR/two'"
  local waiter=$BACKGROUND
  until_true waiting job 1
  rm "$STORE/job,job.lock"
  kill "$JOB"
  until_true test -s "$BATS_TEST_TMPDIR/two.pid"
  # The waiter now holds the file that has the name.
  shm run job true
  assert_busy "pid $(<"$BATS_TEST_TMPDIR/two.pid")"
  [ -e "$STORE/job,job.lock" ]
  kill "$(<"$BATS_TEST_TMPDIR/two.pid")"
  ended 143 "$waiter"
}

@test "rm: a running job stays, an idle one goes, and a waiter of the removed one starts anew" {
  start one job --slots 2
  shm rm --job job
  assert_refused 75
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  shm rm --job job
  assert_done
  [ "$(ls "$STORE")" = ,token ] # so that no token comes twice
  for _ in {1..30}; do
    run_in_background a job --wait 30 true
    local a=$BACKGROUND
    run_in_background b job --wait 30 true
    "$SHMCTL" rm --job job 2>/dev/null || true
    ended 0 "$a"
    ended 0 "$BACKGROUND"
  done
}

# --- the command gives up what it inherited --------------------------------------------------------------------------

@test "a command that closes every descriptor, under a killed supervisor, is busy by the record" {
  "$SHMCTL" run job bash -c "$CLOSING" bash "$BATS_TEST_TMPDIR/pid" 3>&- &
  local supervisor=$!
  STARTED+=("$supervisor")
  local main
  main=$(pid_in "$BATS_TEST_TMPDIR/pid")
  STARTED+=("$main")
  not grep -q "$STORE" <(readlink "/proc/$main/fd/"*)
  kill_and_wait "$supervisor"
  shm run job true
  assert_busy "supervisor gone, job pid $main"
  shm run job --shared true
  assert_busy "supervisor gone, job pid $main"
  shm run job --slots 5 true
  assert_busy "supervisor gone, job pid $main"
  shm run job --wait 60ms true
  assert_busy "supervisor gone, job pid $main"
  shm rm --job job
  assert_refused 75
  shm who job
  assert_status 0
  run_in_background two job --wait 30 echo mine
  kill "$main"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/two.out")" = mine ]
}

@test "flock lets a second copy run when its command closed what it inherited and the wrapper is killed" {
  need flock
  flock "$LOCK" bash -c "$CLOSING" bash "$BATS_TEST_TMPDIR/pid" 3>&- &
  local wrapper=$!
  STARTED+=("$wrapper")
  local main
  main=$(pid_in "$BATS_TEST_TMPDIR/pid")
  STARTED+=("$main")
  kill_and_wait "$wrapper"
  lives "$main"
  second_copy_starts
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# run --on-busy replace, --kill-older, --via socket: taking a job from who runs it, and holding it by a socket.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

# --- replace ---------------------------------------------------------------------------------------------------------

@test "--on-busy replace ends the run, then runs; a free job it just runs" {
  shm run job --on-busy replace echo first
  assert_done first
  start one job
  shm run job --on-busy replace echo second
  assert_done second
  gone "$JOB"
  ended 143 "$SUPERVISOR"
  assert_fact skips job 0
}

@test "--on-busy replace kills after --kill-after, and gives up after --wait" {
  # shellcheck disable=SC2016 # the inner shell expands it
  "$SHMCTL" run job bash -c 'trap "" TERM; echo $$ >"$1.new"; mv "$1.new" "$1"; while :; do sleep 0.05; done' deaf \
    "$BATS_TEST_TMPDIR/deaf" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$BATS_TEST_TMPDIR/deaf")
  shm run job --on-busy replace --kill-after 1h --wait 0.1 true
  assert_busy "$JOB"
  lives "$JOB"
  shm run job --on-busy replace --kill-after 0.05 echo mine
  assert_done mine
  ended 137 "$SUPERVISOR"
}

@test "--on-busy replace of several callers: each runs alone, the last to the end" {
  local -a all=()
  local pid status0=0
  # shellcheck disable=SC2016
  local alone='exec 9>"$1.alone"; flock -n 9 || echo two >>"$1.two"; echo run >>"$1.runs"; sleep 0.05'
  for _ in 1 2 3 4 5 6; do
    "$SHMCTL" run job --on-busy replace bash -c "$alone" bash "$BATS_TEST_TMPDIR/x" 3>&- &
    all+=("$!")
  done
  STARTED+=("${all[@]}")
  for pid in "${all[@]}"; do
    until_true gone "$pid"
    if wait "$pid"; then status0=$((status0 + 1)); fi
  done
  [ ! -e "$BATS_TEST_TMPDIR/x.two" ] || fail "two copies ran"
  ((status0 >= 1)) || fail "nobody ran to the end"
  assert_fact runs job 6
}

@test "--on-busy replace does not wait for its turn behind those who wait" {
  start one job
  run_in_background waiter job --wait 1h "$HOLD" "$BATS_TEST_TMPDIR/waiter"
  until_true waiting job 1
  shm run job --on-busy replace echo mine
  assert_done mine
  ended 143 "$SUPERVISOR"
  # The waiter was first and has been ended too, or is to run now.
  until_true ended_at_last
}
ended_at_last() {
  "$SHMCTL" -q stop job
  gone "$BACKGROUND"
}

@test "--on-busy replace takes over from a killed and from a stopped supervisor" {
  start one job
  kill_and_wait "$SUPERVISOR"
  shm run job --on-busy replace echo mine
  assert_done mine
  gone "$JOB"
  start two job
  kill -STOP "$SUPERVISOR"
  until_true state_is "$SUPERVISOR" T
  shm run job --on-busy replace echo mine
  assert_done mine
  ended 143 "$SUPERVISOR"
}

@test "--on-busy replace with --slots ends the oldest run alone, with --shared only who excludes it" {
  start first slots --slots 2
  local first=$JOB
  start second slots --slots 2
  shm run slots --slots 2 --on-busy replace echo mine
  assert_done mine
  gone "$first"
  lives "$JOB"
  start one job --shared
  shm run job --shared --on-busy replace echo beside
  assert_done beside
  lives "$JOB"
  shm run job --on-busy replace echo alone
  assert_done alone
  gone "$JOB"
}

@test "--on-busy replace ends nobody while the job is paused, or too soon for another run" {
  start one job
  shm run job --on-busy replace --once-per 1h true
  assert_refused 75 "too soon"
  lives "$JOB"
  shm pause job
  shm run job --on-busy replace true
  assert_refused 75 paused
  lives "$JOB"
}

@test "--on-busy replace within the job itself is the mistake that it is with --wait" {
  # shellcheck disable=SC2016
  shm run job bash -c 'env -u SHMCTL_JOB -u SHMCTL_TOKEN "$SHMCTL" run job --on-busy replace echo never; echo $?'
  assert_status 0
  assert_stdout 75
  assert_stderr_line "wait for itself"
}

@test "--wait 0 can't replace" {
  shm run job --on-busy replace --wait 0 true
  assert_refused 2 "--wait 0"
}

# --- kill-older --------------------------------------------------------------------------------------------------------

@test "--kill-older leaves a younger run alone, and ends an older one" {
  start one job
  shm run job --kill-older 1h true
  assert_busy "$JOB"
  lives "$JOB"
  # Once it is old enough, however long that takes here.
  shm run job --kill-older 0.05 --on-busy wait echo mine
  assert_done mine
  gone "$JOB"
  ended 143 "$SUPERVISOR"
}

@test "--kill-older with --wait: free before it is old is as good" {
  # shellcheck disable=SC2016
  "$SHMCTL" run job bash -c 'echo $$ >"$1.new"; mv "$1.new" "$1.pid"; until [ -e "$1.end" ]; do sleep 0.02; done' bash \
    "$BATS_TEST_TMPDIR/one" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  pid_in "$BATS_TEST_TMPDIR/one.pid" >/dev/null
  run_in_background two job --kill-older 1h --wait 1h echo mine
  until_true waiting job 1
  : >"$BATS_TEST_TMPDIR/one.end"
  ended 0 "$SUPERVISOR"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/two.out")" = mine ]
}

# --- via socket --------------------------------------------------------------------------------------------------------

@test "--via socket: held by the supervisor, listened on before the command starts, excluded by either way" {
  # shellcheck disable=SC2016
  shm run job --via socket bash -c 'test -S "$SHMCTL_STORE/job,job.socket.0" && exec ls -l /proc/self/fd'
  assert_status 0
  [[ $out != *,job* ]] || fail "the command has inherited the lock"
  shm run job ls -l /proc/self/fd
  [[ $out == *,job.lock* ]] || fail "without it, it has not"
  start one job --via socket
  shm run job true
  assert_busy "$JOB"
  shm run job --via socket true
  assert_busy "$JOB"
  shm stop job
  assert_done
  start two job
  shm run job --via socket true
  assert_busy "$JOB"
}

@test "--via socket: the job is free when the supervisor is killed, though the command runs on" {
  start one job --via socket
  kill_and_wait "$SUPERVISOR"
  lives "$JOB"
  free job
  shm run job echo mine
  assert_done mine
  shm run job --via socket echo mine
  assert_done mine
  lives "$JOB"
}

@test "--via socket: who deletes the job's files does not let a second copy in" {
  start one job --via socket
  rm "$STORE/job,job" "$STORE/job,job.lock"
  shm run job true
  assert_busy "$JOB"
  shm run job --via socket true
  assert_busy "$JOB"
  run_in_background waiter job --wait 1h echo "I ran"
  until_true waiting job 1
  shm stop job
  assert_done
  ended 143 "$SUPERVISOR"
  ended 0 "$BACKGROUND"
}

@test "a run that listens is found although both its files were deleted" {
  start one job
  until_true test -S "$STORE/job,job.socket.0"
  rm "$STORE/job,job" "$STORE/job,job.lock"
  shm run job true
  assert_busy "$JOB"
  shm run job --on-busy replace echo mine
  assert_done mine
  gone "$JOB"
}

@test "--via socket without a socket: nothing runs" {
  need unshare
  need_root
  # shellcheck disable=SC2016
  call unshare --mount --propagation private bash -c 'mount -t tmpfs none /proc && "$SHMCTL" run job --via socket echo ran'
  [ "$status" != 0 ] || fail "it ran"
  assert_no_stdout
  assert_stderr_line "/proc"
}

@test "--via takes lock or socket" {
  shm run job --via lock echo mine
  assert_done mine
  shm run job --via nothing true
  assert_status 2
}

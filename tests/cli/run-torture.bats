#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2153,SC2154 # an inner shell expands it; a subshell a test; what `call` sets
# run under torture: every signal at every phase of a run, a supervisor that is killed in each, jobs that fork without
# end, and no processes, descriptors or memory to be had. SHMCTL_TORTURE_FORKS says how often a job forks.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() {
  end_what_was_started
  end_private_mounts
}

FORKS=${SHMCTL_TORTURE_FORKS:-3500} # three times
SIGNALS=(TERM INT HUP QUIT ALRM USR1 USR2 KILL)

# The phases of a run. enter_PHASE JOB: a run of that job is in that phase; its supervisor in SUPERVISOR, and in COMMAND
# the command's pid, if it has one now.
enter_sleeping() {  # before it asks for the job
  env --default-signal "$SHMCTL" run "$1" --jitter 1000h touch "$BATS_TEST_TMPDIR/$1.ran" 3>&- &
  SUPERVISOR=$! COMMAND=
  until_true state_is "$SUPERVISOR" S
}
enter_waiting() {
  start "$1.first" "$1"
  FIRST=$JOB
  env --default-signal "$SHMCTL" run "$1" --wait forever touch "$BATS_TEST_TMPDIR/$1.ran" 3>&- &
  SUPERVISOR=$! COMMAND=
  until_true waiting "$1" 1
}
enter_running() {
  env --default-signal "$SHMCTL" run "$1" "$HOLD" "$BATS_TEST_TMPDIR/$1" 3>&- &
  SUPERVISOR=$!
  COMMAND=$(pid_in "$BATS_TEST_TMPDIR/$1.pid")
}
enter_pausing() {  # between two tries
  env --default-signal "$SHMCTL" run "$1" --retries 5 --backoff 1000h sh -c 'echo >"$1"; exit 1' sh \
    "$BATS_TEST_TMPDIR/$1.tried" 3>&- &
  SUPERVISOR=$! COMMAND=
  until_true test -e "$BATS_TEST_TMPDIR/$1.tried"
  until_true without_children "$SUPERVISOR"
}
enter_keeping() {  # the command has ended, and the job is held for its time
  env --default-signal "$SHMCTL" run "$1" --min-hold 1000h sh -c 'echo >"$1"' sh "$BATS_TEST_TMPDIR/$1.tried" 3>&- &
  SUPERVISOR=$! COMMAND=
  until_true test -e "$BATS_TEST_TMPDIR/$1.tried"
  until_true without_children "$SUPERVISOR"
}
without_children() { [ -z "$(cat "/proc/$1/task/$1/children" 2>/dev/null)" ]; }

# Whatever was sent: nothing of the run is left, and the job can be had.
all_over() {
  until_true gone "$SUPERVISOR" || return
  if [ -n "$COMMAND" ]; then until_true gone "$COMMAND" || return; fi
  [ ! -e "$BATS_TEST_TMPDIR/$1.ran" ] || fail "$1: a command began after the signal"
  shm run "$1" --wait 30 true
  assert_done
}

# try_signals PHASE SIGNAL...
try_signals() {
  local phase=$1 signal job
  shift
  for signal; do
    job=$phase.$signal
    "enter_$phase" "$job"
    STARTED+=("$SUPERVISOR")
    kill "-$signal" "$SUPERVISOR"
    if [ "$signal" = KILL ] && [ -n "$COMMAND" ]; then
      until_true gone "$SUPERVISOR"
      shm run "$job" true
      assert_busy "pid $COMMAND"
      kill -9 "$COMMAND"
    fi
    if [ "$phase" = waiting ]; then
      until_true gone "$SUPERVISOR"
      lives "$FIRST"
      shm who "$job"
      [[ $out != *" waiting:"* ]]
      kill -9 "$FIRST"
    fi
    all_over "$job"
  done
}

@test "signals before a run asks for its job" { try_signals sleeping "${SIGNALS[@]}"; }
@test "signals while it waits" { try_signals waiting "${SIGNALS[@]}"; }
@test "signals while its command runs" { try_signals running "${SIGNALS[@]}"; }
# What says something to a command, not that it shall end, says nothing where there is none.
@test "signals between two tries" { try_signals pausing TERM INT HUP QUIT ALRM KILL; }
@test "signals while the job is kept for its time" { try_signals keeping TERM INT HUP QUIT ALRM KILL; }

# Says at its end if another copy has begun since its own beginning. Of the shell's own words only: who is killed leaves
# nothing of it running.
ALONE='echo $$ >"$1"; turns=0; while [ $turns -lt 300 ]; do turns=$((turns + 1)); done
  read -r last <"$1" && [ "$last" = $$ ] || echo two >>"$2"'

@test "signals all the time, from the call to the end: one copy at most, and the job is free after all" {
  local round signal
  for round in {1..40}; do
    signal=${SIGNALS[round % ${#SIGNALS[@]}]}
    env --default-signal "$SHMCTL" run job sh -c "$ALONE" sh "$BATS_TEST_TMPDIR/last" "$BATS_TEST_TMPDIR/two" \
      3>&- 2>/dev/null &
    SUPERVISOR=$!
    STARTED+=("$SUPERVISOR")
    # At some moment of its short life: as long as so many turns of a loop take.
    local turns=$((RANDOM % 400))
    while ((turns-- > 0)); do :; done
    kill "-$signal" "$SUPERVISOR" 2>/dev/null || true
    until_true gone "$SUPERVISOR"
    shm run job --wait 30 sh -c "$ALONE" sh "$BATS_TEST_TMPDIR/last" "$BATS_TEST_TMPDIR/two"
    assert_done
  done
  [ ! -e "$BATS_TEST_TMPDIR/two" ]
}

@test "stopped: neither a stopped supervisor nor a stopped command lets a second one in" {
  start one job
  kill -STOP "$SUPERVISOR"
  until_true state_is "$SUPERVISOR" T
  shm run job true
  assert_busy "pid $JOB"
  kill "$JOB"
  until_true gone "$JOB"
  # The command has ended, and the one who would say so is stopped: it holds the job.
  shm run job --wait 50ms true
  assert_status 75
  kill -CONT "$SUPERVISOR"
  ended 143 "$SUPERVISOR"
  start two job
  kill -STOP "$JOB"
  until_true state_is "$JOB" T
  shm run job true
  assert_busy "pid $JOB"
  kill -9 "$JOB"
  ended 137 "$SUPERVISOR"
  free job
}

# --- many processes --------------------------------------------------------------------------------------------------

@test "a job that forks and forks: the status is its own, and nothing is left" {
  local hold
  for hold in main tree kill-tree; do
    shm run --hold "$hold" job bash -c 'for ((i = 0; i < $1; i++)); do (:) & done; wait; exit 9' bash "$FORKS"
    assert_status 9
    free job
  done
}

@test "kill-tree: hundreds of daemons, each by a double fork and in a session of its own, don't escape" {
  local pids=$BATS_TEST_TMPDIR/pids
  shm run --hold kill-tree --kill-after 100ms job bash -c \
    'for ((i = 0; i < 200; i++)); do (setsid sh -c "echo \$\$ >>$1; exec sleep 60" &) ; done
     until [ "$(wc -l <"$1")" = 200 ]; do sleep 0.02; done; exit 9' bash "$pids"
  assert_status 9
  local pid left=0
  while read -r pid; do if lives "$pid"; then left=$((left + 1)) STARTED+=("$pid"); fi; done <"$pids"
  [ "$left" = 0 ] || fail "$left of 200 are left"
  free job
}

@test "kill-tree: what forks on while it is killed does not escape either" {
  local pids=$BATS_TEST_TMPDIR/pids
  shm run --hold kill-tree --kill-after 50ms job bash -c \
    'again() { while :; do (trap "" TERM; echo $BASHPID >>"$1"; setsid sleep 60 & exec sleep 0.05) & sleep 0.02; done; }
     trap "" TERM; (again "$1") & (again "$1") & until [ -s "$1" ]; do sleep 0.02; done; exit 9' bash "$pids"
  assert_status 9
  free job
  local pid
  while read -r pid; do gone "$pid" || fail "$pid lives"; done <"$pids"
}

# --- limits ----------------------------------------------------------------------------------------------------------

# Whatever comes of the run, it is said, and the job is free.
ends_in_order() {
  if [ "$status" != 0 ]; then
    assert_status_in 5 126
    assert_stderr_line
  fi
  shm run job true
  assert_done
}

@test "no descriptors: the command runs, or a line says why not; the job is free" {
  local most
  for most in {3..16}; do
    call bash -c 'ulimit -n "$1"; shift; exec "$@"' bash "$most" "$SHMCTL" run job /bin/true
    ends_in_order
  done
}

@test "no memory: the command runs, or a line says why not; the job is free" {
  local most
  for most in 3500 3800 4100 4400 4800 6000 10000; do
    call bash -c 'ulimit -v "$1"; shift; exec "$@"' bash "$most" "$SHMCTL" run job /bin/true
    # Too little for any program: the kernel or the C library ends it, this one or the command.
    if [ "$status" -lt 126 ] || [ "$status" = 126 ]; then
      ends_in_order
    else
      shm run job true
      assert_done
    fi
  done
}

@test "no processes: 5, and the job is free" {
  private_mounts
  package_layout
  unset SHMCTL_STORE
  as alice shm run job true
  assert_done
  call "${INSIDE[@]}" "${ALICE[@]}" bash -c 'ulimit -u 0; exec "$@"' bash "$SHMCTL" run job true
  assert_refused 5 processes
  as alice shm run job true
  assert_done
}

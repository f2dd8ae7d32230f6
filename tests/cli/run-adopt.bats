#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # an inner shell expands it; a subshell a test; what `call` sets
# run --adopt: a run whose supervisor was killed while its command runs on.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() {
  end_what_was_started
  end_private_mounts
}

# orphan TAG WORDS...: as start, and then its supervisor is killed
orphan() {
  start "$@"
  kill_and_wait "$SUPERVISOR"
  lives "$JOB"
}

# adopt TAG WORDS...: `shmctl run --adopt job WORDS...` in the background, until the record names it; its pid in ADOPTER
adopt() {
  run_in_background "$1" --adopt job "${@:2}"
  ADOPTER=$BACKGROUND
  until_true supervises "$ADOPTER"
}
supervises() { [[ $("$SHMCTL" who job) == *"supervisor $1"* ]]; }

# Where nobody told how the command ended, there is a line that says so, and 75.
told() {
  local found=0
  until_true gone "$2" || return
  wait "$2" || found=$?
  if [ "$found" = 75 ]; then
    grep -q "how, the kernel does not tell" "$3"
  else
    [ "$found" = "$1" ] || fail "process $2 ended with $found, not $1"
  fi
}

@test "without a run that was left behind, the command runs" {
  shm run --adopt job echo mine
  assert_done mine
  shm run --adopt job sh -c 'exit 7'
  assert_status 7
  start one job
  shm run --adopt job echo mine
  assert_busy "pid $JOB"
}

@test "the command runs on; the new supervisor is on record, the job busy, and nothing else runs" {
  orphan one job
  local token
  token=$(fact token job)
  adopt two touch "$BATS_TEST_TMPDIR/ran"
  shm run job true
  assert_busy "pid $JOB"
  # Nor can it be adopted once more.
  shm run --adopt job true
  assert_busy "pid $JOB"
  shm who job
  [[ $out != *gone* ]]
  kill "$JOB"
  told 143 "$ADOPTER" "$BATS_TEST_TMPDIR/two.err"
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
  free job
  [ "$(fact token job)" = "$token" ]
  assert_fact runs job 1
}

@test "its status is passed on and noted, as long as the command's parent has not asked for it" {
  # The outer run is given the orphan; stopped, it does not ask.
  local one=$BATS_TEST_TMPDIR/one
  "$SHMCTL" run --hold tree outer bash -c '"$SHMCTL" run job bash -c "$1" bash "$2"; sleep 60' bash \
    'echo $PPID >"$1.supervisor"; echo $$ >"$1.new"; mv "$1.new" "$1.pid"; until [ -e "$1.end" ]; do sleep 0.02; done; exit 7' \
    "$one" 3>&- &
  local outer=$! supervisor
  STARTED+=("$outer")
  JOB=$(pid_in "$one.pid")
  STARTED+=("$JOB")
  supervisor=$(<"$one.supervisor")
  kill -9 "$supervisor"
  until_true child_of "$outer" "$JOB"
  adopt two true
  kill -STOP "$outer"
  until_true state_is "$outer" T
  : >"$one.end"
  ended 7 "$ADOPTER"
  free job
  assert_fact last-status job 7
  assert_fact failures job 1
  assert_fact lost job 0
  [ ! -s "$BATS_TEST_TMPDIR/two.err" ]
  kill -CONT "$outer"
  kill "$outer"
}
child_of() {
  local stat
  read -r stat 2>/dev/null <"/proc/$2/stat" || return
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- "$1" $stat
  [ "$3" = "$1" ]
}

@test "an end that nobody could see is a lost run, and 75" {
  orphan one job
  adopt two true
  kill -STOP "$ADOPTER"
  until_true state_is "$ADOPTER" T
  kill "$JOB"
  until_true gone "$JOB"
  kill -CONT "$ADOPTER"
  told 143 "$ADOPTER" "$BATS_TEST_TMPDIR/two.err"
  free job
  local lost failures
  lost=$(fact lost job) failures=$(fact failures job)
  # Kernels that tell the end of a process to others than its parent do so here.
  [ "$((lost + failures))" = 1 ]
  shm run job true
  assert_done
  assert_fact lost job "$lost"
}

@test "the job is free when the adopted command has ended, though it has left a process that inherited the lock" {
  local one=$BATS_TEST_TMPDIR/one
  "$SHMCTL" run job bash -c '(setsid sleep 60 & echo $! >"$1.left"); echo $$ >"$1.new"; mv "$1.new" "$1.pid"
    until [ -e "$1.end" ]; do sleep 0.02; done' bash "$one" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$one.pid")
  STARTED+=("$JOB" "$(pid_in "$one.left")")
  kill_and_wait "$SUPERVISOR"
  adopt two true
  : >"$one.end"
  told 0 "$ADOPTER" "$BATS_TEST_TMPDIR/two.err"
  lives "$(<"$one.left")"
  shm run job true
  assert_done
}

@test "TERM to the new supervisor ends the whole tree; USR1 is for the command alone" {
  local one=$BATS_TEST_TMPDIR/one
  "$SHMCTL" run job bash -c 'trap "echo heard >\"$1.heard\"" USR1; sleep 60 & echo $! >"$1.child"
    echo $$ >"$1.new"; mv "$1.new" "$1.pid"; wait; wait' bash "$one" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$one.pid")
  local child
  child=$(pid_in "$one.child")
  STARTED+=("$JOB" "$child")
  kill_and_wait "$SUPERVISOR"
  adopt two true
  kill -USR1 "$ADOPTER"
  until_true test -s "$one.heard"
  lives "$child"
  kill "$ADOPTER"
  told 143 "$ADOPTER" "$BATS_TEST_TMPDIR/two.err"
  until_true gone "$child"
  free job
}

@test "--timeout is counted from the start of the run, and what ignores TERM is killed with all that it started" {
  local one=$BATS_TEST_TMPDIR/one
  "$SHMCTL" run job bash -c 'trap "" TERM; (trap "" TERM; echo $BASHPID >"$1.child"; exec sleep 60) &
    echo $$ >"$1.new"; mv "$1.new" "$1.pid"; wait' bash "$one" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$one.pid")
  local child
  child=$(pid_in "$one.child")
  STARTED+=("$JOB" "$child")
  kill_and_wait "$SUPERVISOR"
  shm run --adopt --timeout 1ms --kill-after 50ms job true
  assert_status 124
  gone "$JOB"
  gone "$child"
  free job
  assert_fact last-status job 124
}

@test "the new supervisor answers: signal and stop reach the command" {
  orphan one job
  adopt two true
  shm stop job
  assert_status 0
  gone "$JOB"
  told 143 "$ADOPTER" "$BATS_TEST_TMPDIR/two.err"
  free job
}

@test "killed as well, the new supervisor can be followed by another" {
  orphan one job
  adopt two true
  kill_and_wait "$ADOPTER"
  shm run job true
  assert_busy "pid $JOB"
  adopt three true
  kill "$JOB"
  told 143 "$ADOPTER" "$BATS_TEST_TMPDIR/three.err"
  free job
  assert_fact runs job 1
}

@test "a command that closed every descriptor is adopted too, and what it gave up is held for it" {
  "$SHMCTL" run job bash -c "$CLOSING" bash "$BATS_TEST_TMPDIR/pid" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$BATS_TEST_TMPDIR/pid")
  STARTED+=("$JOB")
  kill_and_wait "$SUPERVISOR"
  adopt two true
  shm run job true
  assert_busy "pid $JOB"
  rm "$STORE/job,job"
  # The record is gone, the lock is not.
  shm run job true
  assert_status 75
  kill "$JOB"
  until_true gone "$ADOPTER"
  shm run job true
  assert_done
}

@test "an ordinary user adopts its own run" {
  private_mounts
  package_layout
  unset SHMCTL_STORE
  "${INSIDE[@]}" "${ALICE[@]}" "$SHMCTL" run job sleep 60 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true alice_sees "(sleep 60)"
  JOB=$(as alice inside "$SHMCTL" who job | sed 's/^pid \([0-9]*\).*/\1/')
  STARTED+=("$JOB")
  kill_and_wait "$SUPERVISOR"
  "${INSIDE[@]}" "${ALICE[@]}" "$SHMCTL" run --adopt job true 2>"$BATS_TEST_TMPDIR/two.err" 3>&- &
  ADOPTER=$!
  STARTED+=("$ADOPTER")
  until_true alice_sees "supervisor $ADOPTER"
  kill "$JOB"
  told 143 "$ADOPTER" "$BATS_TEST_TMPDIR/two.err"
  as alice shm run job echo free
  assert_done free
}
alice_sees() { [[ $(as alice inside "$SHMCTL" who job 2>/dev/null) == *"$1"* ]]; }

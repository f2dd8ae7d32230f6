#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# stop and signal: ending a run that somebody else has started, by its supervisor's socket or without it.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

socket() { [ -S "$STORE/$1,job.socket.0" ]; }
no_socket() { ! [ -e "$STORE/$1,job.socket.0" ]; }

# A command with a child and a grandchild; the pids of the three go to the file $1.tree, one a line, once all run.
TREE='echo $$ >"$1.new"
  bash -c "echo \$\$ >>\"$1.new\"; bash -c \"echo \\\$\\\$ >>\\\"$1.new\\\"; mv \\\"$1.new\\\" \\\"$1.tree\\\"; sleep 60\"; wait"
  wait'
# start_tree TAG WORDS...: `shmctl run WORDS... ` with that command
start_tree() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" run "$@" bash -c "$TREE" tree "$tag" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true test -s "$tag.tree"
  mapfile -t PIDS <"$tag.tree"
  STARTED+=("${PIDS[@]}")
}
tree_gone() {
  local pid
  for pid in "${PIDS[@]}"; do gone "$pid" || return; done
}

# --- stop ------------------------------------------------------------------------------------------------------------

@test "stop ends a run and all that came of it, and the job is free when it returns" {
  start_tree one job
  shm stop job
  assert_done
  tree_gone
  shm run job --wait 0 true
  assert_status 0
  ended 143 "$SUPERVISOR"
  shm history job --json
  [[ $out == *'"outcome":"stopped"'* ]] || fail "not told: stopped"
}

@test "stop of a job that nobody holds is status 1, and one line unless -q" {
  shm stop job
  assert_refused 1 "nobody holds it"
  shm run job true
  shm stop job
  assert_refused 1 "nobody holds it"
  shm -q stop job
  assert_status 1
  assert_no_stderr
}

@test "stop: what ignores TERM is killed after --kill-after" {
  # shellcheck disable=SC2016 # the inner shell expands it
  "$SHMCTL" run job bash -c 'trap "" TERM; echo $$ >"$1.new"; mv "$1.new" "$1"; while :; do sleep 0.05; done' deaf \
    "$BATS_TEST_TMPDIR/deaf" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$BATS_TEST_TMPDIR/deaf")
  shm stop job --kill-after 0.05
  assert_done
  gone "$JOB"
  ended 137 "$SUPERVISOR"
}

@test "stop --timeout gives up with 124; who is in more of a hurry ends it" {
  # shellcheck disable=SC2016
  "$SHMCTL" run job bash -c 'trap "" TERM; echo $$ >"$1.new"; mv "$1.new" "$1"; while :; do sleep 0.05; done' deaf \
    "$BATS_TEST_TMPDIR/deaf" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$BATS_TEST_TMPDIR/deaf")
  shm stop job --kill-after 1h --timeout 0.1
  assert_refused 124 "still runs" "$JOB"
  lives "$JOB"
  shm stop job --kill-after 0
  assert_done
  ended 137 "$SUPERVISOR"
}

@test "stop waits for the socket of a run that has just begun" {
  "$SHMCTL" run job sleep 60 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true held job
  shm stop job
  assert_done
  ended 143 "$SUPERVISOR"
}

@test "stop ends a run between two tries, and one that is only held for its time" {
  # shellcheck disable=SC2016 # the inner shell expands it
  "$SHMCTL" run job --retries 9 --backoff 1h sh -c 'echo $$ >"$0"; exit 1' "$BATS_TEST_TMPDIR/tried" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true gone "$(pid_in "$BATS_TEST_TMPDIR/tried")"
  shm stop job
  assert_done
  ended 1 "$SUPERVISOR"
  # shellcheck disable=SC2016
  "$SHMCTL" run job --min-hold 1h sh -c 'echo $$ >"$0"' "$BATS_TEST_TMPDIR/held" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true gone "$(pid_in "$BATS_TEST_TMPDIR/held")"
  shm stop job
  assert_done
  ended 0 "$SUPERVISOR"
}

@test "stop ends all runs that are beside each other, and no one who waits" {
  start one job --slots 2
  local first=$SUPERVISOR
  start two job --slots 2
  local second=$SUPERVISOR
  run_in_background waiter job --slots 2 --wait 1h echo "I ran"
  until_true waiting job 1
  shm stop job
  assert_done
  ended 143 "$first"
  ended 143 "$second"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/waiter.out")" = "I ran" ]
}

@test "stop lets a stopped supervisor go on, and ends its run" {
  start_tree one job
  kill -STOP "$SUPERVISOR"
  until_true state_is "$SUPERVISOR" T
  shm stop job
  assert_done
  tree_gone
  ended 143 "$SUPERVISOR"
}

@test "stop ends what a killed supervisor left behind" {
  start_tree one job
  kill_and_wait "$SUPERVISOR"
  held job
  shm stop job
  assert_done
  tree_gone
  shm run job --wait 0 true
  assert_status 0
}

@test "stop ends a child that has the lock of a command that is gone, with its supervisor" {
  # shellcheck disable=SC2016
  "$SHMCTL" run job bash -c 'setsid bash -c "echo \$\$ >\"$1.new\"; mv \"$1.new\" \"$1\"; exec sleep 60" &
    until [ -s "$1" ]; do sleep 0.02; done; wait' parent "$BATS_TEST_TMPDIR/child" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  local child command
  child=$(pid_in "$BATS_TEST_TMPDIR/child")
  STARTED+=("$child")
  shm who job --json
  command=${out#*\"pid\":}
  command=${command%%,*}
  kill_and_wait "$SUPERVISOR"
  kill_and_wait "$command"
  lives "$child"
  held job
  shm stop job
  assert_done
  gone "$child"
  free job
}

@test "stop never ends who only waits for the job of a killed supervisor" {
  start one job
  run_in_background waiter job --wait 1h echo "I ran"
  until_true waiting job 1
  kill_and_wait "$SUPERVISOR"
  shm stop job
  assert_done
  gone "$JOB"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/waiter.out")" = "I ran" ]
}

@test "a command may stop its own job" {
  # shellcheck disable=SC2016
  shm run job bash -c '"$SHMCTL" stop job; echo not reached'
  assert_status 143
  assert_no_stdout
}

@test "stop: another user may not, in a group's store; root may" {
  need_root
  STORE=$BATS_TEST_TMPDIR/team
  export SHMCTL_STORE=$STORE
  mkdir -m 2770 "$STORE"
  chgrp "$TEAM_GID" "$STORE"
  chmod 2770 "$STORE"
  chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/.." "$BATS_TEST_TMPDIR/../.." 2>/dev/null || true
  setpriv --reuid=4003 --regid=4003 --groups="$TEAM_GID" test -x "$SHMCTL" -a -w "$STORE" ||
    skip "another user can't get there"
  "${CAROL[@]}" "$SHMCTL" run job sleep 60 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true socket job
  as dave shm stop job
  assert_refused 4 "stop" "another user"
  as dave shm signal job TERM
  assert_refused 4 "signal" "another user"
  as dave shm run job --on-busy replace true
  assert_refused 4 "another user"
  as dave shm who job
  assert_status 0
  lives "$SUPERVISOR"
  shm stop job
  assert_done
  ended 143 "$SUPERVISOR"
}

# --- signal ----------------------------------------------------------------------------------------------------------

# A command that ends with a status of its own at each signal.
SIGNALLED='for n in 1 2 10 12 15 34; do trap "kill \$child; exit $((n + 20))" $n; done
  sleep 60 & child=$!
  echo $$ >"$1.new"; mv "$1.new" "$1"
  while :; do wait; done'
start_signalled() {
  rm -f "$BATS_TEST_TMPDIR/signalled"
  env --default-signal "$SHMCTL" run job "$@" bash -c "$SIGNALLED" bash "$BATS_TEST_TMPDIR/signalled" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$BATS_TEST_TMPDIR/signalled")
}

@test "signal takes names and numbers, in any case" {
  local each
  for each in USR1:30 sigusr2:32 RTMIN:54 10:30; do
    start_signalled
    shm signal job "${each%:*}"
    assert_done
    ended "${each#*:}" "$SUPERVISOR"
  done
  for each in NOSUCH SIG 0 65 RTMIN+99 -1 ""; do
    shm signal job -- "$each"
    assert_refused 2 "no signal"
  done
}

@test "signal of a job that nobody holds is status 1" {
  shm signal job TERM
  assert_refused 1 "nobody holds it"
}

@test "signal TERM ends the tries too" {
  start_signalled --retries 9 --backoff 10ms
  shm signal job TERM
  assert_done
  ended 35 "$SUPERVISOR"
  shm run job true
  assert_status 0
}

@test "signal reaches the command of a supervisor that was killed, or is stopped" {
  start_signalled
  kill -STOP "$SUPERVISOR"
  until_true state_is "$SUPERVISOR" T
  shm signal job USR1
  assert_done
  until_true gone "$JOB"
  shm signal job CONT
  assert_done
  ended 30 "$SUPERVISOR"
  start_signalled
  kill_and_wait "$SUPERVISOR"
  shm signal job USR2
  assert_done
  until_true gone "$JOB"
}

@test "signal TSTP stops supervisor and command, CONT lets both go on" {
  start one job
  shm signal job TSTP
  assert_done
  until_true state_is "$SUPERVISOR" T
  until_true state_is "$JOB" T
  shm signal job CONT
  assert_done
  until_true state_is "$JOB" S
  shm stop job
  assert_done
}

# --- the socket ------------------------------------------------------------------------------------------------------

@test "the socket is for its owner alone, is gone after the run, and leaves nothing behind" {
  start one job
  until_true socket job
  [ "$(stat -c %a "$STORE/job,job.socket.0")" = 600 ]
  shm doctor
  [[ $out != *socket* ]] || fail "doctor complains of a socket in use"
  shm stop job
  assert_done
  no_socket job
  run ls -A "$STORE"
  [[ $output != *,new,* ]]
}

@test "what a killed supervisor leaves is no obstacle, and goes with doctor --fix or rm" {
  start one job
  until_true socket job
  kill_and_wait "$SUPERVISOR"
  kill_and_wait "$JOB"
  socket job
  shm run job true
  assert_status 0
  shm doctor
  [[ $out == *"sockets that killed runs left behind: 1"* ]] || fail "doctor does not tell"
  shm doctor --fix
  no_socket job
  start two job
  until_true socket job
  kill_and_wait "$SUPERVISOR"
  kill_and_wait "$JOB"
  shm rm --job job
  assert_status 0
  no_socket job
}

@test "a name as long as there can be has a socket too, in a directory deep down" {
  STORE=$BATS_TEST_TMPDIR/$(printf 'd%.0s' {1..200})/store
  mkdir -p "$STORE"
  chmod 700 "$STORE"
  export SHMCTL_STORE=$STORE
  local name
  name=$(printf 'j%.0s' {1..128})
  start one "$name"
  until_true socket "$name"
  shm stop "$name"
  assert_done
  ended 143 "$SUPERVISOR"
}

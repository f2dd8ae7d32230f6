#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # other shells expand it; a subshell a test; what `call` sets
# run: when a run may begin. One waiter, once a period, a deadline for the start, a sleep by chance, a time to hold at
# least, and what --explain says of it all.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

# --- queue -----------------------------------------------------------------------------------------------------------

@test "queue: a newer caller takes the place of the one that waits, who ends with 75 and is told" {
  start one job
  run_in_background two job --on-busy queue echo second
  local second=$BACKGROUND
  until_true waiting job 1
  run_in_background three job --on-busy queue echo third
  ended 75 "$second"
  [ ! -s "$BATS_TEST_TMPDIR/two.out" ]
  [[ $(<"$BATS_TEST_TMPDIR/two.err") == "shmctl: run job: displaced: "*"pid $JOB "* ]]
  until_true waiting job 1
  kill "$JOB"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/three.out")" = third ]
  assert_fact runs job 2
  assert_fact skips job 1
}

@test "queue: --keep oldest leaves the place to who has it; --busy-status and -q are as ever" {
  start one job
  run_in_background two job --on-busy queue --keep oldest echo second
  local second=$BACKGROUND
  until_true waiting job 1
  shm run job --on-busy queue --keep oldest true
  assert_busy "an older call waits for it already" "pid $JOB"
  shm -q run job --on-busy queue --keep oldest --busy-status 3 true
  assert_status 3
  assert_no_stderr
  kill "$JOB"
  ended 0 "$second"
  [ "$(<"$BATS_TEST_TMPDIR/two.out")" = second ]
}

@test "queue: a killed waiter's place is free; --wait says how long to wait" {
  start one job
  run_in_background two job --on-busy queue true
  until_true waiting job 1
  kill_and_wait "$BACKGROUND"
  shm run job --on-busy queue --keep oldest --wait 50ms true
  assert_busy "pid $JOB" "holds it since"
  shm run job --on-busy queue --wait 0 true
  assert_busy
  kill "$JOB"
  until_true free job
  shm run job --on-busy queue echo free
  assert_done free
}

@test "queue: who just waits is not displaced" {
  start one job
  run_in_background two job --on-busy wait echo plain
  local plain=$BACKGROUND
  until_true waiting job 1
  run_in_background three job --on-busy queue true
  local displaced=$BACKGROUND
  until_true waiting job 2
  run_in_background four job --on-busy queue echo newest
  ended 75 "$displaced"
  until_true waiting job 2
  kill "$JOB"
  ended 0 "$plain"
  ended 0 "$BACKGROUND"
}

@test "queue: a signal ends the waiter, and nothing of it stays" {
  start one job
  local signal
  for signal in TERM INT; do
    env --default-signal="$signal" "$SHMCTL" run job --on-busy queue true 3>&- &
    STARTED+=($!)
    until_true waiting job 1
    kill "-$signal" $!
    ended $((128 + $(kill -l "$signal"))) $!
  done
  kill "$JOB"
  until_true free job
  shm run job --on-busy queue echo mine
  assert_done mine
}

# --- times -----------------------------------------------------------------------------------------------------------

@test "once-per: a second run within the time is refused with 75, and not after it" {
  shm run job --once-per 1h echo first
  assert_done first
  shm run job --once-per 1h echo second
  assert_refused 75 "too soon" "the next run begin at 20"
  shm run job --once-per 1h --busy-status 0 true
  assert_status 0
  assert_no_stdout
  local start=$EPOCHREALTIME
  shm run job echo by hand
  assert_done "by hand"
  shm run job --once-per 1ns true
  assert_refused 2
  shm run job --once-per 300ms true
  until_true "$SHMCTL" -q run job --once-per 300ms true
  [ $(((${EPOCHREALTIME/./} - ${start/./}) / 1000)) -ge 250 ]
}

@test "once-per: who waited for a run that began lately is refused as well; what was meant is no skip in a row" {
  start one job
  run_in_background two job --wait 30 --once-per 1h true
  until_true waiting job 1
  kill "$JOB"
  ended 75 "$BACKGROUND"
  [[ $(<"$BATS_TEST_TMPDIR/two.err") == *"too soon"* ]]
  assert_fact skips job 1
  assert_fact skips-in-a-row job 0
}

@test "start-deadline: it counts the wait, and what could not begin does not begin" {
  shm run job --start-deadline 1m echo in time
  assert_done "in time"
  start one job
  shm run job --on-busy wait --start-deadline 100ms touch "$BATS_TEST_TMPDIR/ran"
  assert_refused 75 "too late" "pid $JOB"
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
  shm run job --start-deadline 1m true
  assert_busy
}

@test "jitter: the job is not held meanwhile, and a signal ends the sleep" {
  shm run job --jitter 20ms echo soon
  assert_done soon
  run_in_background late job --jitter 1000d touch "$BATS_TEST_TMPDIR/ran"
  shm run job echo free
  assert_done free
  kill -TERM "$BACKGROUND"
  ended 143 "$BACKGROUND"
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "min-hold: the job is held for its time though the command has ended, and who and run say until when" {
  "$SHMCTL" run job --min-hold 1h sh -c ': >"$0"' "$BATS_TEST_TMPDIR/ran" 3>&- &
  local supervisor=$!
  STARTED+=("$supervisor")
  until_true test -e "$BATS_TEST_TMPDIR/ran"
  until_true held job
  shm who job
  assert_status 0
  [[ $out =~ until\ 20[0-9-]+\ [0-9:]+\ at\ least ]]
  shm who job --json
  [[ $out =~ \"until\":[0-9]+ ]]
  shm run job true
  assert_busy "until 20" "at least"
  # Somebody wants it to end: then it ends.
  kill -TERM "$supervisor"
  ended 0 "$supervisor"
  until_true free job
  shm run job --min-hold 50ms echo mine
  assert_done mine
}

@test "usage: what makes no sense is refused before anything is opened" {
  local -a wrong=(
    "run job --keep oldest true" "run job --on-busy wait --keep newest true" "run job --on-busy queue --keep all true"
    "run job --once-per soon true" "run job --once-per 0 true" "run job --jitter -1 true" "run job --min-hold 0 true"
    "run job --start-deadline 1m --jitter 1m true" "run job --start-deadline 0 true"
  )
  local words
  for words in "${wrong[@]}"; do
    # shellcheck disable=SC2086
    shm $words
    assert_refused 2 || fail "$words"
  done
  [ ! -e "$STORE" ]
}

# --- explain ---------------------------------------------------------------------------------------------------------

# would STATUS WORDS...: `shmctl run --explain job WORDS... true` ends with that status; its first line is in $would
would() {
  shm run --explain job "${@:2}" true
  assert_status "$1" && assert_no_stderr || return
  would=${out%%$'\n'*}
}
says() { [[ $would == *"$1"* ]] || fail "'$would' does not say: $1"; }

@test "explain: it says what would happen, and does nothing" {
  would 0 --once-per 1h
  says "would run now"
  [[ $out == *"not there yet"*"command: true"*"--once-per 1h"* ]]
  [ ! -e "$STORE" ]
  shm run job true
  would 0
  says "would run now"
  would 75 --once-per 1h
  says "status 75: too soon: "
  would 3 --once-per 1h --busy-status 3
  says "status 3: too soon: "
  start one job
  would 75
  says "busy: pid $JOB"
  would 0 --on-busy wait
  says "would wait: busy: pid $JOB"
  would 0 --on-busy queue
  says "would wait: "
  run_in_background two job --on-busy queue true
  until_true waiting job 1
  would 0 --on-busy queue
  says "in place of the call that waits now"
  would 75 --on-busy queue --keep oldest
  says "an older call waits"
  would 0 --on-busy wait
  says "1 waits already"
  would 0 --on-busy join
  says "would join"
  would 0 --on-busy replace
  says "would end what runs, then run: busy: pid $JOB"
  would 75 --kill-older 1h
  would 0 --kill-older 0
  says "would end what runs"
  would 75 --shared
  would 75 --slots 2
  assert_fact runs job 2
  assert_fact skips job 0
  until_true waiting job 1
  kill "$JOB"
  ended 0 "$BACKGROUND"
}

@test "explain: a pause, slots, a job inside itself, and JSON" {
  shm pause job --reason upgrade
  would 75 --on-busy wait
  says "paused since"
  says upgrade
  shm resume job
  start one job --slots 2
  would 0 --slots 2
  start two job --slots 2
  would 75 --slots 2
  says "all 2 slots are taken"
  shm run --explain job --slots 2 --json true
  assert_status 75
  [[ $out == '{"would":"refuse","status":75,"why":"busy",'*'"name":"job",'*'"holders":['*','*'],"waiters":[]'* ]]
  shm run other "$SHMCTL" run --explain other --on-busy wait true
  assert_status 75
  [[ $out == *"it would wait for itself"* ]]
}

# --- the order of those who wait -------------------------------------------------------------------------------------

@test "wait: they get the job one after another, in the order in which they came" {
  start one job
  local i
  local -a pids=()
  for ((i = 1; i <= 20; i++)); do
    run_in_background "wait$i" job --on-busy wait sh -c "echo $i >>'$BATS_TEST_TMPDIR/order'"
    pids+=("$BACKGROUND")
    until_true waiting job "$i"
    until_true state_is "$BACKGROUND" S
  done
  kill "$JOB"
  for i in "${pids[@]}"; do ended 0 "$i"; done
  cmp "$BATS_TEST_TMPDIR/order" <(seq 20)
}

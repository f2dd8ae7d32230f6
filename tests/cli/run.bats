#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# run: what the command gets, what comes back, and who may run when.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

# --- the command -----------------------------------------------------------------------------------------------------

@test "the command's output and status are its own; nothing is added" {
  shm run job sh -c 'echo out; echo err >&2; exit 3'
  assert_status 3
  assert_stdout out
  [ "$err" = err ]
  local code
  for code in 0 1 75 124 127 254 255; do
    shm run job sh -c "exit $code"
    assert_status "$code"
    assert_no_stderr
  done
}

@test "a command that a signal ended is 128+N" {
  shm run job sh -c 'kill -TERM $$'
  assert_status 143
  shm run job sh -c 'kill -9 $$'
  assert_status 137
  assert_no_stderr
}

@test "a command that is not there is 127, one that can't be run 126; the job is free again" {
  shm run job no-such-command-here
  assert_refused 127 no-such-command-here
  shm run job ./no/such/file
  assert_refused 127 no/such/file
  shm run job ''
  assert_status 127
  echo text >"$BATS_TEST_TMPDIR/file"
  shm run job "$BATS_TEST_TMPDIR/file"
  assert_refused 126 file
  shm run job "$BATS_TEST_TMPDIR"
  assert_refused 126
  shm run job true
  assert_done
  assert_fact runs job 6
  assert_fact failures job 5
  assert_fact last-status job 0
}

@test "a script without #! is run by sh; PATH is searched as a shell does" {
  mkdir "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
  echo 'echo "$0 $*"' >"$BATS_TEST_TMPDIR/two/tool"
  echo no >"$BATS_TEST_TMPDIR/one/tool"
  chmod 755 "$BATS_TEST_TMPDIR/two/tool"
  PATH=/nowhere:$BATS_TEST_TMPDIR/one:$BATS_TEST_TMPDIR/two:$PATH shm run job tool a 'b c'
  assert_done "$BATS_TEST_TMPDIR/two/tool a b c"
  PATH=$BATS_TEST_TMPDIR/one:$PATH shm run job tool
  assert_refused 126 tool "Permission denied"
}

@test "the command begins at the first word after NAME; its options are its own" {
  shm run job printf '%s.%s.%s.%s\n' --timeout -q -- --help
  assert_done --timeout.-q.--.--help
  shm run job -- echo -q
  assert_done -q
  shm run --timeout 5s job --hold main echo --json
  assert_done --json
}

@test "the command learns the job's name and a token that only grows" {
  local say='echo "$SHMCTL_JOB $SHMCTL_TOKEN ${SHMCTL_SLOT-none}"'
  export SHMCTL_JOB=other SHMCTL_TOKEN=7 SHMCTL_SLOT=9
  shm run job sh -c "$say"
  assert_status 0
  [[ $out =~ ^job\ ([0-9]+)\ none$ ]]
  local first=${BASH_REMATCH[1]}
  shm run job sh -c "$say"
  assert_done "job $((first + 1)) none"
  shm rm --job job
  shm run job sh -c "$say"
  [[ $out =~ ^job\ ([0-9]+)\ none$ ]]
  [ "${BASH_REMATCH[1]}" -gt $((first + 1)) ]
}

@test "the command gets the locks for reading only, away from the numbers that scripts use, and nothing else" {
  shm run job bash -c 'for fd in /proc/$$/fd/*; do
    number=${fd##*/} file=$(readlink "$fd")
    if [[ $file == "$SHMCTL_STORE"* ]]; then
      mode=$(sed -n "s/^flags:.*\(.\)$/\1/p" "/proc/$$/fdinfo/$number")
      echo "${file##*/} $mode $((number >= 50))"
    fi
  done'
  assert_done $'job,job 0 1\njob,job.lock 0 1'
}

@test "the command inherits what its caller has: ignored signals, mask, closed streams, limits" {
  shm run job true
  # SigBlk and SigIgn as the command sees them, with and without shmctl between
  local -a caller=(env "--default-signal=INT,QUIT" "--ignore-signal=HUP,CHLD,USR1,RTMAX-4" "--block-signal=USR2,INT,WINCH")
  local -a show=(sed -n '/^Sig\(Blk\|Ign\)/p' /proc/self/status)
  local plain guarded
  plain=$("${caller[@]}" "${show[@]}")
  guarded=$("${caller[@]}" "$SHMCTL" run job "${show[@]}")
  [ "$plain" = "$guarded" ]
  start one other
  guarded=$("${caller[@]}" "$SHMCTL" run job --wait 5 --timeout 5 "${show[@]}")
  [ "$plain" = "$guarded" ]
  "${caller[@]}" "$SHMCTL" run other --wait 30 "${show[@]}" >"$BATS_TEST_TMPDIR/waited" 3>&- &
  local waiter=$!
  until_true waiting other 1
  kill "$JOB"
  ended 0 "$waiter"
  [ "$plain" = "$(<"$BATS_TEST_TMPDIR/waited")" ]
  [ "$("${show[@]}")" = "$("$SHMCTL" run job "${show[@]}")" ]
  # A status is passed on even where SIGCHLD is ignored.
  call "${caller[@]}" "$SHMCTL" run job sh -c 'exit 9'
  assert_status 9
  # Without stdin, stdout and stderr no lock file takes their numbers.
  "$SHMCTL" run job sh -c 'readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2; true' <&- 2>&- 3>&- \
    >"$BATS_TEST_TMPDIR/streams"
  not grep -v "$BATS_TEST_TMPDIR/streams" "$BATS_TEST_TMPDIR/streams"
}

@test "usage: what makes no sense is refused before anything is opened" {
  local -a wrong=(
    "run" "run job" "run --bad job true" "run job/x true" "run job --busy-status 255 true" "run job --busy-status -1 true"
    "run job --busy-status x true" "run job --wait -1 true" "run job --wait 5x true" "run job --timeout soon true"
    "run job --slots 0 true" "run job --slots x true" "run job --slots 2 --shared true" "run job --hold all true"
    "run job --on-busy nothing true" "run job --on-busy skip --wait 1 true" "run job --on-bus skip true"
  )
  local words
  for words in "${wrong[@]}"; do
    # shellcheck disable=SC2086
    shm $words
    assert_refused 2 || fail "$words"
  done
  [ ! -e "$STORE" ]
}

# --- busy ------------------------------------------------------------------------------------------------------------

@test "busy: the second run is refused at once with 75, and told who holds it since when" {
  start one backup
  shm run backup true
  assert_busy "run backup" "pid $JOB ($HOLD" "holds it since 20"
  [[ $err =~ since\ [0-9]{4}-[0-9]{2}-[0-9]{2}\ [0-9]{2}:[0-9]{2}:[0-9]{2}\ \([0-9]+\ s\)$ ]]
  shm -q run backup true
  assert_status 75
  assert_no_stderr
  shm run backup --on-busy skip true
  assert_busy
  shm run other true
  assert_done
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  shm run backup true
  assert_done
}

@test "busy: --busy-status says which status instead" {
  start one job
  local code
  for code in 0 1 254; do
    shm run job --busy-status "$code" true
    assert_refused "$code" busy
  done
}

@test "busy: a command line is shown cut to fit, and can't steer the terminal" {
  holding
  local long
  long=$(printf 'x%.0s' {1..300})
  "$SHMCTL" run job sh -c ': >"$1"; exec sleep 60' $'\e[31m\xc2\x9b' "$BATS_TEST_TMPDIR/runs" "$long" 3>&- &
  STARTED+=($!)
  until_true test -e "$BATS_TEST_TMPDIR/runs"
  shm run job true
  assert_busy "..."
  [ "${#err}" -lt 200 ]
  shm who job
  assert_status 0
  not grep '[[:cntrl:]]' "$OUT"
  shm who job --json
  assert_status 0
  not grep '[[:cntrl:]]' "$OUT"
  kill $!
}

@test "skips are counted, in all and in a row" {
  start one job
  shm run job true
  shm run job true
  assert_fact skips job 2
  assert_fact skips-in-a-row job 2
  kill_and_wait "$JOB"
  until_true free job
  shm run job true
  assert_fact skips job 2
  assert_fact skips-in-a-row job 0
}

@test "eight at once: one runs, the others are told so" {
  local i got=0 busy=0 status
  local -a pids=()
  for i in 1 2 3 4 5 6 7 8; do
    run_in_background "try$i" job sh -c "echo >>'$BATS_TEST_TMPDIR/ran'; until [ -e '$BATS_TEST_TMPDIR/go' ]; do sleep 0.02; done"
    pids+=("$BACKGROUND")
  done
  until_true bash -c 'set -- "$0"/try*.err; n=0; for f; do [ ! -s "$f" ] || n=$((n + 1)); done; [ $n = 7 ]' "$BATS_TEST_TMPDIR"
  : >"$BATS_TEST_TMPDIR/go"
  for i in "${pids[@]}"; do
    status=0
    wait "$i" || status=$?
    case $status in 0) got=$((got + 1)) ;; 75) busy=$((busy + 1)) ;; esac
  done
  [ "$got $busy" = "1 7" ]
  [ "$(wc -l <"$BATS_TEST_TMPDIR/ran")" = 1 ]
}

# --- waiting ---------------------------------------------------------------------------------------------------------

@test "wait: the waiter gets the job when it ends" {
  start one job
  run_in_background two job --on-busy wait echo mine
  until_true waiting job 1
  kill "$JOB"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/two.out")" = mine ]
  assert_fact skips job 0
}

@test "wait: it gives up at its time with 75, not before; 0 is one try" {
  start one job
  local before=$SECONDS
  shm run job --wait 1200ms true
  assert_busy "pid $JOB" "holds it since"
  [ $((SECONDS - before)) -ge 1 ]
  shm run job --wait 0 true
  assert_busy
  shm run job --wait 50ms --busy-status 7 true
  assert_status 7
  shm -q run job --wait 50ms true
  assert_status 75
  assert_no_stderr
  assert_fact skips job 4
  kill "$JOB"
  until_true free job
  shm run job --wait 50ms echo free
  assert_done free
}

@test "wait: who came first is first" {
  start one job
  local i
  local -a pids=()
  for i in 1 2 3 4 5; do
    run_in_background "wait$i" job --wait 30 sh -c "echo $i >>'$BATS_TEST_TMPDIR/order'"
    pids+=("$BACKGROUND")
    until_true waiting job "$i"
  done
  kill "$JOB"
  for i in "${pids[@]}"; do ended 0 "$i"; done
  [ "$(tr '\n' ' ' <"$BATS_TEST_TMPDIR/order")" = "1 2 3 4 5 " ]
}

@test "wait: a signal ends a waiter as it ends any program, and it leaves no trace" {
  start one job
  local signal
  for signal in TERM INT HUP; do
    # In the background of a script, INT is ignored unless said otherwise.
    env --default-signal="$signal" "$SHMCTL" run job --wait 30 true 3>&- &
    STARTED+=($!)
    until_true waiting job 1
    kill "-$signal" $!
    ended $((128 + $(kill -l "$signal"))) $!
    shm who job
    [[ $out != *waiting* ]]
  done
  # What is ignored stays ignored.
  (trap '' HUP; exec "$SHMCTL" run job --wait 30 true 3>&-) &
  local waiter=$!
  STARTED+=("$waiter")
  until_true waiting job 1
  kill -HUP "$waiter"
  kill "$JOB"
  ended 0 "$waiter"
}

@test "wait: a killed waiter holds up nobody" {
  start one job
  run_in_background two job --wait 30 true
  local first=$BACKGROUND
  until_true waiting job 1
  run_in_background three job --wait 30 true
  until_true waiting job 2
  kill -9 "$first"
  kill "$JOB"
  ended 0 "$BACKGROUND"
}

# --- shared and slots ------------------------------------------------------------------------------------------------

@test "--shared: with others that say so, not with one that does not" {
  start one job --shared
  shm run job --shared echo beside
  assert_done beside
  shm run job true
  assert_busy "pid $JOB"
  shm run job --wait 50ms true
  assert_busy
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  start two job
  shm run job --shared true
  assert_busy "pid $JOB"
}

@test "--slots: as many at once as there are, each with its number" {
  shm run job --slots 2 sh -c 'echo "slot $SHMCTL_SLOT"'
  assert_done "slot 0"
  start one job --slots 2
  local first=$JOB first_supervisor=$SUPERVISOR
  shm run job --slots 2 sh -c 'echo "slot $SHMCTL_SLOT"'
  assert_done "slot 1"
  start two job --slots 2
  shm run job --slots 2 true
  assert_busy "all 2 slots are taken" "pid $first" "holds slot 0" "1 more"
  shm run job true
  assert_busy
  shm run job --shared true
  assert_status 0
  kill "$first"
  ended 143 "$first_supervisor"
  shm run job --slots 2 sh -c 'echo "slot $SHMCTL_SLOT"'
  assert_done "slot 0"
  shm run job true
  assert_busy "pid $JOB"
}

@test "--slots: a waiter gets the slot that comes free first, whichever it is, even from a killed holder" {
  start one job --slots 2
  local first=$JOB
  start two job --slots 2
  local second=$JOB second_supervisor=$SUPERVISOR
  run_in_background three job --slots 2 --wait 30 sh -c 'echo "slot $SHMCTL_SLOT"'
  until_true waiting job 1
  kill -9 "$second" "$second_supervisor"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/three.out")" = "slot 1" ]
  start four job --slots 2
  run_in_background five job --slots 2 --wait 30 sh -c 'echo "slot $SHMCTL_SLOT"'
  until_true waiting job 1
  kill "$first"
  ended 0 "$BACKGROUND"
  [ "$(<"$BATS_TEST_TMPDIR/five.out")" = "slot 0" ]
  shm run job --slots 1 --wait 50ms true
  assert_status 0
}

@test "--slots: a waiter gives up at its time; more than a page of holders is recorded" {
  start one job --slots 1
  shm run job --slots 1 --wait 60ms true
  assert_busy "its slot is taken" "pid $JOB"
  local i
  for i in {1..20}; do start "more$i" job --slots 30; done
  [ "$("$SHMCTL" who job | wc -l)" = 21 ]
  shm who job
  [[ $out == *"slot 20"* ]]
}

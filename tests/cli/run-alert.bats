#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# run: whom it tells when things go wrong again and again.

load ../helpers
load jobs

setup() {
  own_store
  holding
  TOLD=$BATS_TEST_TMPDIR/told
  : >"$TOLD"
  # What an alert says; appended in one piece.
  SAY="echo \"\$SHMCTL_JOB \$SHMCTL_OUTCOME \$SHMCTL_STATUS \$SHMCTL_FAILURES \$SHMCTL_SKIPS\" >>'$TOLD'"
}
teardown() { end_what_was_started; }

# alerting WORDS...: `shmctl run WORDS...` as a unit's main process, so that it ends after its alert
alerting() { call bash -c 'export SYSTEMD_EXEC_PID=$$; exec "$0" run "$@"' "$SHMCTL" "$@"; }
# told LINE...: all that alerts have said so far
told() {
  local wanted=''
  [ $# = 0 ] || wanted=$(printf '%s\n' "$@")
  [ "$(<"$TOLD")" = "$wanted" ] || fail "told: $(<"$TOLD")"
}

@test "--alert-after: at the Nth failure in a row and each further N, not before and not in between" {
  alerting --alert-after 3 --alert "$SAY" job sh -c 'exit 4'
  alerting --alert-after 3 --alert "$SAY" job sh -c 'exit 4'
  assert_status 4
  told
  alerting --alert-after 3 --alert "$SAY" job sh -c 'exit 4'
  assert_status 4
  assert_no_stderr
  told "job failed 4 3 0"
  alerting --alert-after 3 --alert "$SAY" job false
  alerting --alert-after 3 --alert "$SAY" job false
  told "job failed 4 3 0"
  alerting --alert-after 3 --alert "$SAY" --timeout 20ms job sleep 60
  assert_status 124
  told "job failed 4 3 0" "job timeout 124 6 0"
}

@test "--alert-after: a success begins the count anew; failures of calls that ask for no alert count too" {
  alerting --alert-after 2 --alert "$SAY" job false
  alerting --alert-after 2 --alert "$SAY" job true
  alerting --alert-after 2 --alert "$SAY" job false
  told
  alerting job false
  alerting job false
  alerting --alert-after 2 --alert "$SAY" job no-such-command-here
  assert_status 127
  told "job not-runnable 127 4 0"
}

@test "--alert alone: each failure" {
  alerting --alert "$SAY" job false
  alerting --alert "$SAY" job true
  alerting --alert "$SAY" job false
  told "job failed 1 1 0" "job failed 1 1 0"
}

@test "--alert-after: refusals in a row" {
  start one job
  alerting --alert-after 2 --alert "$SAY" job true
  assert_status 75
  told
  alerting --alert-after 2 --alert "$SAY" --busy-status 7 job true
  assert_status 7
  told "job busy 7 0 2"
  alerting --alert-after 2 --alert "$SAY" job true
  told "job busy 7 0 2"
  kill_and_wait "$JOB"
  until_true free job
  alerting --alert-after 2 --alert "$SAY" job true
  assert_done
  told "job busy 7 0 2"
}

@test "--alert: what is refused on purpose is none" {
  "$SHMCTL" pause job
  alerting --alert "$SAY" job true
  assert_status 75
  "$SHMCTL" resume job
  alerting --alert "$SAY" job true
  alerting --once-per 1d --alert "$SAY" job true
  assert_status 75
  told
}

@test "--alert: nothing waits for it, and it keeps no lock" {
  local pid
  shm run --alert "echo \$\$ >'$TOLD.new'; mv '$TOLD.new' '$TOLD.pid'; echo out; exec sleep 60" job sh -c 'exit 3'
  assert_status 3
  assert_no_stdout
  pid=$(pid_in "$TOLD.pid")
  STARTED+=("$pid")
  lives "$pid" || fail "the alert has ended"
  shm run job true
  assert_done
  not grep -q "$STORE" <(readlink "/proc/$pid/fd/"*)
  [ "$(readlink "/proc/$pid/fd/0" "/proc/$pid/fd/1" | sort -u)" = /dev/null ]
  local session
  read -r _ _ _ _ _ session _ <"/proc/$pid/stat"
  [ "$session" = "$pid" ]
  # Who reads the output of the call reads to its end.
  [ "$(timeout 20 "$SHMCTL" run --alert "echo \$\$ >'$TOLD.2.new'; mv '$TOLD.2.new' '$TOLD.2'; exec sleep 60" \
    job sh -c 'echo out; exit 1' 3>&-)" = out ]
  STARTED+=("$(pid_in "$TOLD.2")")
}

@test "--alert: its errors are seen; it is no part of the run" {
  alerting --alert 'echo "oops ${SHMCTL_TOKEN-none} ${SHMCTL_SLOT-none}" >&2' --slots 2 job false
  assert_status 1
  [ "$err" = "oops none none" ]
  alerting --alert '"$SHMCTL" run job sh -c "exit 0" && echo again >&2' job false
  assert_status 1
  [ "$err" = again ]
}

@test "--alert: it comes after the line of --status-file" {
  alerting --status-file "$BATS_TEST_TMPDIR/line" --alert "cat '$BATS_TEST_TMPDIR/line' >>'$TOLD'" job sh -c 'exit 9'
  assert_status 9
  [[ $(<"$TOLD") == *'"status":9'* ]]
}

@test "usage: an alert needs a command and a number of times" {
  local -a wrong=("--alert-after 2" "--alert-after 0 --alert true" "--alert-after x --alert true" "--alert=")
  local words
  for words in "${wrong[@]}"; do
    # shellcheck disable=SC2086
    shm run $words job true
    assert_refused 2 || fail "$words"
  done
  [ ! -e "$STORE" ]
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # an inner shell expands it; a subshell a test; what `call` sets
# run: what users of guards complain about and ask for. Each row below is one such thing, with the test that shows what
# shmctl does about it; what has no test elsewhere has it here.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

# row | file below tests/ | test there
ROWS='
a background child inherits the lock and blocks every later run|cli/run-traps.bats|a daemon that the command leaves behind does not keep the job
the wrapper is killed, the job lives on, a second copy starts|cli/run-traps.bats|kill -9 of the supervisor: the job goes on, the lock stays with it, the next run says so, then it is free
TERM reaches the wrapper, not the job|cli/run-signals.bats|INT, TERM, HUP, QUIT, USR1, USR2, ALRM and CONT reach the command, each once
only sh is killed, its children stay|cli/run-signals.bats|TERM to the supervisor ends the whole tree, not its shell alone; so does HUP
a timeout frees the lock while the task runs on|cli/run-signals.bats|--timeout: the whole tree is ended, daemons too, before the job is free
who holds it, since when|cli/who.bats|who: pid, command, since when, supervisor
replace the running one|cli/run-anchors.bats|replace: the running one is ended, all of it, then the new one runs
polite waiters starve|cli/run-policy.bats|wait: they get the job one after another, in the order in which they came
at most one waiter|cli/run-policy.bats|queue: a newer caller takes the place of the one that waits, who ends with 75 and is told
silently skipped for weeks|cli/run-alert.bats|--alert-after: refusals in a row
nobody knows what was skipped|cli/history.bats|--skips: who was refused, why, and by whom
already running is not told apart from failed|cli/run-status.bats|--status-file: a refusal says why, and who holds the job
hold at least so long|cli/run-policy.bats|min-hold: the job is held for its time though the command has ended, and who and run say until when
at most once a period|cli/run-policy.bats|once-per: a second run within the time is refused with 75, and not after it
a restart leaves the job running for ever|cli/run-traps.bats|the machine was started anew: what ran then is lost, not running
a crash leaves it blocked|cli/run-traps.bats|supervisor and command both killed: the job is free at once, and the run is counted as lost
a forced run by hand bypasses the guard; a pause must hold for it too|cli/pause.bats|a paused job is not run: 75, and who paused it, until when, why
return the status of the child|cli/run.bats|the command'\''s output and status are its own; nothing is added
exit code 600 wrapped to 88|cli/run-anchors.bats|a status that no process can end with is refused
rm of the lock file lets a second run in|cli/run-traps.bats|the lock file is deleted while the job runs: it is busy all the same
any reader can take the lock|cli/run-places.bats|nobody else can lock the job'\''s files
protected_regular gives root EACCES|security/settings.bats|all on: stores work
the kernel names the wrong process after a fork|cli/run-anchors.bats|who names the process that runs, where the kernel'\''s list names one that has ended
a pid in a container is always alive|cli/run-places.bats|pid namespaces: a whole one is killed, and the job is free
nested scripts take the same lock and hang|cli/run-places.bats|the same job inside itself: a clear error at once, also where it would wait
what has the same words is killed by mistake|cli/run-anchors.bats|nothing is ended by its name: a process of the same words lives on
sd_notify from a child is refused|cli/run-anchors.bats|the command can talk to its service manager
ExecCondition: 255 fails the unit|cli/run-anchors.bats|255 is never shmctl'\''s own
two copies after a kill at random|cli/run-places.bats|kill -9 at random: never two copies, and never a job that stays busy
a killed supervisor leaves nobody to watch|cli/run-adopt.bats|the command runs on; the new supervisor is on record, the job busy, and nothing else runs'

@test "each of the rows has a test" {
  local row file name missing=
  while IFS='|' read -r row file name; do
    if [ -z "$row" ]; then continue; fi
    grep -qF "@test \"$name\"" "$BATS_TEST_DIRNAME/../$file" || missing+="$row: no test '$name' in $file"$'\n'
  done <<<"$ROWS"
  [ -z "$missing" ] || fail "$missing"
}

@test "replace: the running one is ended, all of it, then the new one runs" {
  local one=$BATS_TEST_TMPDIR/one
  "$SHMCTL" run job bash -c 'trap "" TERM; (trap "" TERM; echo $BASHPID >"$1.child"; exec sleep 60) &
    echo $$ >"$1.new"; mv "$1.new" "$1.pid"; wait' bash "$one" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$one.pid")
  local child
  child=$(pid_in "$one.child")
  STARTED+=("$JOB" "$child")
  shm run --on-busy replace --kill-after 100ms job bash -c 'kill -0 "$1" 2>/dev/null || kill -0 "$2" 2>/dev/null || echo mine' \
    bash "$JOB" "$child"
  assert_done mine
  until_true gone "$SUPERVISOR"
}

@test "nothing is ended by its name: a process of the same words lives on" {
  local words=(sleep 54.321)
  "${words[@]}" 3>&- &
  local stranger=$!
  "$SHMCTL" run other "${words[@]}" 3>&- &
  local other=$!
  STARTED+=("$stranger" "$other")
  until_true held other
  "$SHMCTL" run job "${words[@]}" 3>&- &
  local first=$!
  STARTED+=("$first")
  until_true held job
  shm run --on-busy replace job echo mine
  assert_done mine
  "$SHMCTL" run job "${words[@]}" 3>&- &
  STARTED+=("$!")
  until_true held job
  shm stop job
  assert_status 0
  lives "$stranger"
  held other
  shm stop other
}

@test "a status that no process can end with is refused" {
  local status_wanted
  for status_wanted in 255 256 300 600 -1 x ''; do
    shm run --busy-status "$status_wanted" job true
    assert_refused 2 busy-status
  done
  [ ! -e "$STORE" ]
}

@test "who names the process that runs, where the kernel's list names one that has ended" {
  start one job
  kill_and_wait "$SUPERVISOR"
  shm who job
  assert_status 0
  [[ $out == "pid $JOB "* ]]
  shm run job true
  assert_busy "pid $JOB"
}

@test "the command can talk to its service manager" {
  NOTIFY_SOCKET=/run/somewhere WATCHDOG_USEC=1000 INVOCATION_ID=abc shm run job sh -c \
    'echo "$NOTIFY_SOCKET $WATCHDOG_USEC $INVOCATION_ID"'
  assert_done "/run/somewhere 1000 abc"
}

@test "255 is never shmctl's own" {
  start one job
  echo text >"$BATS_TEST_TMPDIR/file"
  local words
  for words in 'job true' 'job --wait 1ms true' '--no-such-option job true' 'bad/name true' 'free /no/such/file' \
    "free $BATS_TEST_TMPDIR/file" "free --timeout 1ms sleep 60" '--store /no/such/dir/at/all job true' '' \
    "--status-file /no/such/dir/file free true" 'free --cd /no/such/dir true'; do
    # shellcheck disable=SC2086 # it is a list of words
    shm run $words
    [ "$status" != 255 ] || fail "255: run $words"
    [ "$status" != 0 ] || fail "it succeeded: run $words"
  done
  shm run free sh -c 'exit 255'
  assert_status 255
}

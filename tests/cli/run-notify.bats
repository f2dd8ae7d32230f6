#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# run in a unit: what the service manager hears (NOTIFY_SOCKET), and what the command gets of what it has said.

load ../helpers
load jobs
load manager

setup() {
  own_store
  holding
  make_tell
}
teardown() { end_what_was_started; }

# full_is_there: the full program stands beside this one
full_is_there() {
  [ -x "$BESIDE/libexec/shmctl/shmctl" ] || skip "built without libsystemd"
}
manager() {
  full_is_there
  manager_at "${1-$BATS_TEST_TMPDIR/manager}"
}

@test "ready when the command runs, then how it has ended; all from the one process that the manager knows" {
  manager
  shm run job true
  assert_done
  assert_messages "0 READY=1|MAINPID=N|STATUS=runs true (pid N)" "0 STOPPING=1|STATUS=has ended: exited, status 0"
  local pid
  pid=$(sed -n '2s/ .*//p' "$MESSAGES")
  has_heard "|MAINPID=$pid|"
  has_heard "$pid 0 STOPPING=1"
}

@test "a manager without a file" {
  manager "@shmctl-test-$$-$BATS_TEST_NUMBER"
  shm run job false
  assert_status 1
  assert_messages "0 READY=1|MAINPID=N|STATUS=runs false (pid N)" "0 STOPPING=1|STATUS=has ended: exited, status 1"
}

@test "the command's messages come from the supervisor; ready is what was said to be" {
  manager
  shm run job "$TELL" $'READY=1\nMAINPID=1\nSTATUS=up'
  assert_done
  assert_messages "0 READY=1|MAINPID=N|STATUS=runs $TELL READY=1?MAINPID=1?STATUS=up (pid N)" "0 STATUS=up" \
    "0 STOPPING=1|STATUS=has ended: exited, status 0"
  : >"$MESSAGES"
  shm run job --notify command "$TELL" $'READY=1\nMAINPID=1'
  assert_done
  assert_messages "0 MAINPID=N|STATUS=runs $TELL READY=1?MAINPID=1 (pid N)" "0 READY=1" \
    "0 STOPPING=1|STATUS=has ended: exited, status 0"
}

@test "--notify none: nothing is said, and the command has the manager's own socket" {
  manager
  shm run job --notify none sh -c 'echo "$NOTIFY_SOCKET"'
  assert_done "$NOTIFY_SOCKET"
  assert_messages ""
}

@test "not for this process: what a unit's command runs does not speak for the unit, unless it is told to" {
  manager
  call env SYSTEMD_EXEC_PID=1 "$SHMCTL" run job sh -c 'echo "$NOTIFY_SOCKET"'
  assert_done "$NOTIFY_SOCKET"
  call env MAINPID=1 "$SHMCTL" run job true
  assert_done
  assert_messages ""
  call env SYSTEMD_EXEC_PID=1 "$SHMCTL" run --notify started job true
  assert_done
  assert_messages "0 READY=1|STATUS=runs true (pid N)" "0 STOPPING=1|STATUS=has ended: exited, status 0"
}

@test "a run inside the command does not speak for the unit" {
  manager
  shm run --notify command outer "$SHMCTL" run inner true
  assert_done
  assert_messages "0 MAINPID=N|STATUS=runs $SHMCTL run inner true (pid N)" \
    "0 STOPPING=1|STATUS=has ended: exited, status 0"
}

@test "who waits says so, with who has the job; ready comes when it runs" {
  manager
  NOTIFY_SOCKET='' start holder job
  run_in_background waiter --on-busy wait job true
  until_true heard "STATUS=waits for job job: pid $JOB ("
  heard "EXTEND_TIMEOUT_USEC="
  not_heard "READY=1"
  until_true waiting job 1
  kill "$JOB"
  ended 0 "$BACKGROUND"
  heard "READY=1|"
}

@test "refused: why, and not ready; with --busy-status 0 ready and done" {
  manager
  NOTIFY_SOCKET='' start holder job
  shm run job true
  assert_busy
  heard "0 STOPPING=1|STATUS=not run: busy: "
  not_heard "READY=1"
  shm run --busy-status 0 job true
  assert_status 0
  heard "0 READY=1"
}

@test "joined and forwarded: the job runs, so the unit is ready" {
  manager
  NOTIFY_SOCKET='' start holder job
  run_in_background joiner --on-busy join job true
  until_true heard "READY=1|STATUS=waits for the end of the run that it has joined"
  kill "$JOB"
  ended 143 "$BACKGROUND"
  NOTIFY_SOCKET='' start other job
  shm run --on-busy forward job word </dev/null
  assert_status 0
  heard "READY=1|STATUS=forwarded to the run that has the job"
}

@test "several tries: ready once, and the unit does not stop in between" {
  manager
  shm run --retries 2 --backoff 1ms job sh -c "'$TELL' STOPPING=1; exit 3"
  assert_status 3
  [ "$(count_messages READY=1)" = 1 ]
  [ "$(count_messages STATUS=runs)" = 3 ]
  [ "$(count_messages 0\ STOPPING=1)" = 1 ]
}

@test "an end that takes its time asks for it" {
  manager
  shm run --timeout 50ms --kill-after 3s job sleep 60
  assert_status 124
  heard "0 STOPPING=1|EXTEND_TIMEOUT_USEC=13000000|STATUS=ends sleep 60"
  heard "STATUS=has ended: timeout, status 124"
}

@test "what can't be run is not ready" {
  manager
  shm run job no-such-command-here
  assert_refused 127
  assert_messages "0 STOPPING=1|STATUS=has ended: not-runnable, status 127"
}

@test "the watchdog and the sockets become the command's, others stay whose they are" {
  full_is_there
  # shellcheck disable=SC2016 # the inner shells expand it
  call bash -c 'export WATCHDOG_PID=$$ WATCHDOG_USEC=1000000 LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=x LISTEN_PIDFDID=7
    exec 3</dev/null "$0" run job sh -c "
      echo \$((WATCHDOG_PID == \$\$)) \$((LISTEN_PID == \$\$)) \$WATCHDOG_USEC \$LISTEN_FDS \$LISTEN_FDNAMES \${LISTEN_PIDFDID-}.
      readlink /proc/self/fd/3"' "$SHMCTL"
  assert_done $'1 1 1000000 1 x .\n/dev/null'
  call env WATCHDOG_PID=1 LISTEN_PID=1 "$SHMCTL" run job sh -c 'echo "$WATCHDOG_PID $LISTEN_PID"'
  assert_done "1 1"
}

@test "the supervisor keeps no copy of the sockets for others to inherit, and each try has them" {
  full_is_there
  # shellcheck disable=SC2016
  call bash -c 'export LISTEN_PID=$$ LISTEN_FDS=1
    exec 3</dev/null "$0" run --retries 1 --backoff 1ms job sh -c "readlink /proc/self/fd/3; exit 1"' "$SHMCTL"
  assert_status 1
  assert_stdout $'/dev/null\n/dev/null'
}

@test "--env and --unset-env have the last word" {
  manager
  shm run --unset-env NOTIFY_SOCKET job sh -c 'echo "${NOTIFY_SOCKET-none}"'
  assert_done none
  shm run --env NOTIFY_SOCKET=/mine job sh -c 'echo "$NOTIFY_SOCKET"'
  assert_done /mine
}

@test "a run that is taken over speaks, and hears the command that it has not started" {
  manager
  cat >"$HOLD" <<END
#!/bin/bash
echo \$BASHPID >"\$1.new" && mv "\$1.new" "\$1.pid"
until [ -e "\$1.tell" ]; do sleep 0.02; done
"$TELL" STATUS=still-here
until [ -e "\$1.end" ]; do sleep 0.02; done
END
  start first job
  local command=$JOB
  kill_and_wait "$SUPERVISOR"
  : >"$MESSAGES"
  run_in_background second --adopt job true
  until_true heard "READY=1|"
  : >"$BATS_TEST_TMPDIR/first.tell"
  until_true heard "$BACKGROUND 0 STATUS=still-here"
  : >"$BATS_TEST_TMPDIR/first.end"
  until_true gone "$command"
  until_true gone "$BACKGROUND"
  heard "$BACKGROUND 0 STOPPING=1|STATUS=has ended: "
}

@test "what a killed supervisor leaves, the next run takes the place of, and doctor removes" {
  manager
  start first job
  kill_and_wait "$SUPERVISOR"
  kill_and_wait "$JOB"
  [ -S "$STORE/job,job.notify.0" ]
  shm doctor
  [[ $out == *socket* ]]
  shm doctor --fix
  [ ! -e "$STORE/job,job.notify.0" ]
  start second job
  [ -S "$STORE/job,job.notify.0" ]
  kill_and_wait "$SUPERVISOR"
  kill_and_wait "$JOB"
  shm run job true
  assert_done
  [ ! -e "$STORE/job,job.notify.0" ]
}

@test "a manager that does not read holds up nothing" {
  manager
  kill -STOP "$MANAGER"
  # shellcheck disable=SC2016
  shm run --retries 1000 --backoff 0 job sh -c 'exit 1'
  assert_status 1
  kill -CONT "$MANAGER"
}

@test "a manager that is not there: the job runs; who asked by an option is told" {
  full_is_there
  local nobody=NOTIFY_SOCKET=$BATS_TEST_TMPDIR/nobody
  call env -u SYSTEMD_EXEC_PID "$nobody" "$SHMCTL" run job true
  assert_done
  call env "$nobody" "$SHMCTL" run --notify started job true
  assert_status 0
  assert_stderr_line "tell the service manager"
}

@test "without the full program the job runs, and one line says what is missing" {
  # The front door has at least the static program behind it.
  local program=$BATS_TEST_TMPDIR/${SHMCTL#"$BESIDE"/}
  mkdir -p "${program%/*}" "$BATS_TEST_TMPDIR/libexec/shmctl"
  if [ -e "$BESIDE/libexec/shmctl/static" ]; then
    cp -r "$BESIDE/libexec/shmctl/static" "$BATS_TEST_TMPDIR/libexec/shmctl/"
  fi
  cp "$SHMCTL" "$program"
  local unit=(env -u SYSTEMD_EXEC_PID -u MAINPID -u SHMCTL_JOB NOTIFY_SOCKET=/nowhere "$program")
  call "${unit[@]}" run job echo well
  assert_status 0
  assert_stdout well
  assert_stderr_line "start the full program"
  call "${unit[@]}" -q run job echo well
  assert_done well
}

@test "--notify WORD: nothing but those words; outside of a unit it says nothing" {
  shm run --notify soon job true
  assert_refused 2 notify
  call env -u NOTIFY_SOCKET "$SHMCTL" run --notify command job true
  assert_done
}

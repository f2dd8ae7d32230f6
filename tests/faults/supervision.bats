#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# System calls of what stands beside a run fail, each in turn: its socket, its output's pipes and spool, its log, its
# status file, its history and pause, the watching of an adopted command. The run itself goes on or is refused with a
# line; its command runs once or not at all, and the job is free afterwards.

load ../helpers
load faults

setup() {
  need strace
  own_store
  TRACE=$BATS_TEST_TMPDIR/trace
  RAN=$BATS_TEST_TMPDIR/ran
  strace -qq -o "$TRACE" true 2>/dev/null || skip "can't trace"
  PATIENCE=10 # `call` reads it
  export PATIENCE
}
teardown() {
  local pid
  for pid in ${ORPHAN-} ${HOLDER-}; do
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

# sound_beside: what stands beside the run may fail, and say so in as many lines as it likes; the rest is as sound_run
sound_beside() {
  assert_status_in 0 4 5 75 126 || return
  if [ "$status" = 0 ]; then
    [ -e "$RAN" ] || fail "it did not run" || return
  else
    [ -n "$err" ] || fail "nothing was said" || return
  fi
  if [ -e "$RAN" ]; then [ "$(<"$RAN")" = once ] || fail "it ran more than once" || return; fi
  job_is_free
  # One that could not be removed is replaced by the next one of its kind.
  [ "$(compgen -G "$STORE/*socket*" | wc -l)" -le 1 ] || fail "sockets are left"
}
ONCE='echo once >>"$0"; exec sleep 0.05'

@test "the socket of a run that lasts: it is run without one" {
  each_fault sound_beside idle_job 'EMFILE EADDRINUSE' 'socket bind listen fchmodat renameat2 signalfd4 getrandom' \
    run job sh -c "$ONCE" "$RAN"
}

@test "--via socket: no socket, no run" {
  each_fault sound_beside idle_job 'EMFILE ENOSPC' 'socket bind listen renameat2' \
    run --via socket job sh -c "$ONCE" "$RAN"
}

@test "the output's pipes and spool" {
  each_fault sound_beside idle_job EMFILE 'pipe2 openat pwrite64 fcntl' \
    run --attachable job sh -c "$ONCE" "$RAN"
  each_fault sound_beside idle_job EINTR 'read ppoll rt_sigtimedwait' run --quiet-unless-failed job sh -c "echo x; $ONCE" "$RAN"
}

@test "the log" {
  each_fault sound_beside idle_job ENOSPC 'openat write renameat2' \
    run --log "$BATS_TEST_TMPDIR/log" --log-size 1 job sh -c "echo x; $ONCE" "$RAN"
}

@test "the status file" {
  each_fault sound_beside idle_job 'ENOSPC EINTR' 'openat write fsync renameat2 rename' \
    run --status-file "$BATS_TEST_TMPDIR/status" job sh -c "$ONCE" "$RAN"
}

@test "history, pause and resume, token: no fault makes a job look damaged, or breaks it" {
  each_fault sound_asker idle_job 'EMFILE EINTR' 'openat2 statx mmap' history job
  each_fault sound_asker idle_job 'EMFILE ENOLCK' 'openat2 fcntl mmap pwrite64' pause job --for 1ms
  each_fault sound_asker idle_job 'EMFILE ENOLCK' 'openat2 fcntl mmap' resume job
  each_fault sound_asker idle_job 'EMFILE EINTR' 'openat2 mmap' token get job
  shm resume job
  job_is_free
}

# A run whose supervisor was killed; the command is ORPHAN.
orphaned_job() {
  local pid=$BATS_TEST_TMPDIR/pid
  rm -f "$pid" "$RAN"
  "$SHMCTL" run job sh -c 'echo $$ >"$0.new"; mv "$0.new" "$0"; exec sleep 60' "$pid" 3>&- &
  HOLDER=$!
  until_true test -s "$pid"
  ORPHAN=$(<"$pid")
  kill -9 "$HOLDER"
  wait "$HOLDER" 2>/dev/null || true
}

@test "--adopt: the command that was left behind stays the only one, whatever fails" {
  local name error
  for name in pidfd_open:when=1 pidfd_open:when=2 pidfd_getfd:when=1 pidfd_getfd:when=1+ fcntl:when=1 fcntl:when=2+ \
    openat:when=3+ signalfd4:when=1 flock:when=1+; do
    for error in EMFILE EPERM; do
      orphaned_job
      # It is over at once, or when its time is up.
      failing "${name%%:*}:error=$error:${name#*:}" run --adopt --timeout 1ms --kill-after 1ms job touch "$RAN"
      assert_status_in 4 5 75 124 || fail "with $name, $error"
      [ ! -e "$RAN" ] || fail "with $name, $error: a second one ran"
      kill -9 "$ORPHAN" 2>/dev/null || true
      shm run job --wait 20 true
      assert_done || fail "with $name, $error"
    done
  done
}

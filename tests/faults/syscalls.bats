#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# shellcheck disable=SC2030,SC2031 # each test is a subshell
# System calls of the guard and of the ways round what a kernel or a file system lacks fail, each in turn: a documented
# status, one line, no signal, no hang; afterwards the job is free, and no half file is there. (calls.bats does the same
# to objects.)

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
  if [ -n "${HOLDER-}" ]; then
    kill "$HOLDER" 2>/dev/null || true
    wait "$HOLDER" 2>/dev/null || true
  fi
}

@test "run: calls that make its files" {
  each_fault sound_run fresh_store 'ENOSPC EMFILE EINTR' 'openat openat2 linkat fallocate pwrite64 mmap' \
    run job touch "$RAN"
}

@test "run: calls that take the lock" {
  each_fault sound_run idle_job 'ENOLCK EINTR' 'flock fcntl' run job touch "$RAN"
  each_fault sound_run idle_job 'ENOLCK EINTR' 'flock fcntl' run job --slots 2 touch "$RAN"
}

@test "run: calls that start the command" {
  each_fault sound_run idle_job 'EAGAIN ENOMEM' clone run job touch "$RAN"
  each_fault sound_run idle_job 'EAGAIN ENOMEM' clone run job --timeout 5 --hold tree touch "$RAN"
}

@test "run: calls that wait for the command are interrupted" {
  each_fault sound_run idle_job EINTR 'wait4 rt_sigtimedwait' run job touch "$RAN"
  each_fault sound_run idle_job EINTR 'wait4 rt_sigtimedwait openat read getdents64' \
    run job --timeout 5 --hold kill-tree touch "$RAN"
}

@test "run: calls that look at /proc" {
  each_fault sound_run idle_job 'EMFILE EACCES' 'openat readlinkat' run job touch "$RAN"
  each_fault sound_run idle_job 'EMFILE EACCES' 'openat readlinkat' run job --timeout 5 touch "$RAN"
}

# A job that is held, for those who ask and those who lose.
held_job() {
  if [ -n "${HOLDER-}" ]; then return; fi
  "$SHMCTL" run job sleep 60 3>&- &
  HOLDER=$!
  until_true "$SHMCTL" -q who job
}
# sound_loser: it never got the job, and never broke it
sound_loser() {
  assert_status_in 4 5 75 && assert_stderr_line || return
  [ ! -e "$RAN" ] || fail "a second one ran" || return
  shm who job
  assert_status 0
}
@test "a run that loses never wins by a fault" {
  each_fault sound_loser held_job 'EMFILE EINTR' 'openat openat2 statx mmap flock fcntl readlinkat' \
    run job touch "$RAN"
  each_fault sound_loser held_job 'ENOLCK EINTR' 'flock fcntl timer_create' run job --wait 30ms touch "$RAN"
}

@test "who, ls, stat, rm of a running job: no fault makes it look damaged, or removes it" {
  each_fault sound_asker held_job 'EMFILE ENOMEM EINTR' 'openat openat2 statx mmap fcntl' who job
  each_fault sound_asker held_job 'EMFILE EINTR' 'openat openat2 mmap getdents64' ls
  each_fault sound_asker held_job 'ENOMEM EINTR' 'openat2 mmap' stat --job job
  each_fault sound_loser held_job 'EMFILE EINTR' 'openat openat2 statx mmap flock fcntl unlinkat' rm --job job
}

@test "write: what can't be told is no success, and is done all the same" {
  local n=1 error
  shm -q counter set x=1
  for error in ENOSPC EIO EPIPE; do
    failing "write:error=$error:when=1" counter incr x
    assert_status_in 4 5
    assert_stderr_line 'standard output'
    n=$((n + 1))
    assert_counter x "$n"
  done
  failing write:error=EINTR:when=1 counter incr x
  assert_done $((n + 1))
}

# --- without what a kernel or a file system may lack -----------------------------------------------------------------

# all_works FAULTS: everything works
all_works() {
  local words
  fresh_store
  for words in '1:counter incr x' '2:counter incr x' '2:counter get x' ':run job true' $'job\nx:ls --names' ':rm x'; do
    # shellcheck disable=SC2086 # words
    failing "$1" ${words#*:}
    assert_status 0
    assert_no_stderr
    [ "$out" = "${words%%:*}" ] || fail "it says something else"
  done
  failing "$1" run job sh -c 'exit 7'
  assert_status 7
  job_is_free
}

@test "no openat2: all works" {
  all_works openat2:error=ENOSYS
  all_works openat2:error=EPERM
}

@test "no linking by descriptor: all works" { all_works linkat:error=ENOENT:when=1; }

# The first openat of a creation is the one for a file without a name.
NO_TMPFILE=openat:error=EOPNOTSUPP:when=1

@test "no files without a name: objects are made by renaming, and no fault leaves one behind" {
  fresh_store
  failing "$NO_TMPFILE" counter incr x
  assert_done 1
  local name error
  for name in fchmod fallocate pwrite64 renameat2; do
    for error in ENOSPC EIO EROFS; do
      failing "$NO_TMPFILE $name:error=$error" counter incr y
      assert_status_in 4 5
      assert_stderr_line "'y'"
      [ "$(ls -A "$STORE")" = x ] || fail "something is left of $name failing: $(ls -A "$STORE")"
    done
    failing "$NO_TMPFILE $name:error=EINTR:when=1" counter incr y
    assert_done 1
    shm rm y
  done
}

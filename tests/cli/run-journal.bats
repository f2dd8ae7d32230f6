#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# run --journal where there is no journal, and what it costs. What is written into a real one is in tests/boot/journal.bats,
# the datagram itself in tests/os/journal_test.cpp and tests/systemd/journal_test.cpp.
load ../helpers

setup() { own_store; }
teardown() { end_private_mounts; }

# The system calls of a run that have to do with a socket, and what is done with it.
journal_calls() {
  need strace
  strace -o "$BATS_TEST_TMPDIR/calls" -e trace=socket,connect,sendmsg,sendto,setsockopt,ioctl,close \
    "$SHMCTL" run job true 3>&- || return 0
  sed -n '/^socket(AF_UNIX, SOCK_DGRAM/,$s/(.*//p' "$BATS_TEST_TMPDIR/calls" | grep -v '^+++' | tr '\n' ' '
}

@test "which outcomes are written: anything else is refused, and nothing runs" {
  shm run --journal some job touch "$BATS_TEST_TMPDIR/ran"
  assert_refused 2 journal some 'all|failures|none'
  SHMCTL_JOURNAL=some shm run job touch "$BATS_TEST_TMPDIR/ran"
  assert_refused 2 SHMCTL_JOURNAL some
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
  SHMCTL_JOURNAL='' shm run --journal none job true
  assert_done
  SHMCTL_JOURNAL=some shm run --journal none job true
  assert_done
}

@test "without a journal nothing is said, but to who has asked for it; the run is the same" {
  private_mounts
  SHMCTL_JOURNAL='' shm run job sh -c 'exit 3'
  assert_status 3 && assert_no_stderr
  shm run --journal all job sh -c 'exit 3'
  assert_status 3 && assert_stderr_line journal 'nobody listens there'
  SHMCTL_JOURNAL=failures shm run job sh -c 'exit 3'
  assert_status 3 && assert_stderr_line journal
  SHMCTL_JOURNAL=failures shm run job true
  assert_done
  shm run --journal all job /no/such/program
  assert_status 127 && assert_stderr_lines journal no/such/program
}

@test "JOURNAL_STREAM hides no line that the journal does not have" {
  private_mounts
  local stream
  stream=$(stat -Lc %d:%i "$BATS_TEST_TMPDIR")
  SHMCTL_JOURNAL='' JOURNAL_STREAM=$stream shm run job /no/such/program
  assert_status 127 && assert_stderr_line no/such/program
  # Even where stderr is what the variable says: nothing has taken the entry.
  : >"$BATS_TEST_TMPDIR/err"
  SHMCTL_JOURNAL='' JOURNAL_STREAM=$(stat -Lc %d:%i "$BATS_TEST_TMPDIR/err") shm run job /no/such/program
  assert_status 127 && assert_stderr_line no/such/program
}

@test "an entry costs three system calls, and none of them where there is no journal" {
  need strace
  [ ! -S /run/systemd/journal/socket ] || skip "this machine has a journal"
  export SHMCTL_JOURNAL=''
  shm run job true
  [ -z "$(journal_calls)" ] || fail "$(journal_calls)"
  # Who has asked for an entry is told why there is none.
  export SHMCTL_JOURNAL=all
  [ "$(journal_calls)" = "socket sendmsg close " ] || fail "$(journal_calls)"
  export SHMCTL_JOURNAL=none
  [ -z "$(journal_calls)" ] || fail "$(journal_calls)"
}

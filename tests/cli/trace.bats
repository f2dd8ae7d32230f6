#!/usr/bin/env bats
# shellcheck shell=bats
# SHMCTL_TRACE: what is told of the system calls of a call, and to whom.

load ../helpers

setup() { own_store; }

# traced WORDS...: as shm, with a trace, of which $TRACE gets the lines
traced() {
  SHMCTL_TRACE=1 shm "$@"
  TRACE=$(grep '^shmctl: trace: ' "$ERR") || fail "no trace"
}

# The lines of each program must be numbered from 1 by ones, failures and the count with the number of their call.
assert_in_order() {
  awk '$3 == "child" { next }
    $4 == "system" { if ($3 != last) exit 1; last = 0; next }
    $4 != "failed:" && $3 != last + 1 { exit 1 }
    $4 == "failed:" && $3 != last { exit 1 }
    { last = $3 }
    END { if (last != 0) exit 1 }' <<<"$TRACE" || fail "not numbered: $TRACE"
}

@test "each system call is a line with its purpose, then they are counted; the answer is the same" {
  shm counter incr hits
  traced counter incr hits
  assert_status 0
  assert_stdout 2
  grep -q '^shmctl: trace: [0-9]* openat2* .*: open the store$' "$ERR"
  grep -q '^shmctl: trace: [0-9]* openat2* hits: open the object$' "$ERR"
  grep -q '^shmctl: trace: [0-9]* write standard output: say the answer$' "$ERR"
  grep -q '^shmctl: trace: [0-9]* exit_group: end$' "$ERR"
  [[ ${TRACE##*$'\n'} =~ ^"shmctl: trace: "[0-9]+" system calls, "([0-9]+" allocations, ")?[0-9]+" page faults"$ ]]
  assert_in_order
}

@test "nothing is told where the variable is empty or 0" {
  local said
  for said in "" 0; do
    SHMCTL_TRACE=$said shm counter incr hits
    assert_no_stderr
  done
}

@test "a call that fails says what the kernel said, beside the error" {
  shm counter incr hits
  traced counter get nothing
  assert_status 1
  grep -q '^shmctl: trace: [0-9]* openat2* nothing: open the object$' "$ERR"
  grep -q '^shmctl: trace: [0-9]* failed: No such file or directory$' "$ERR"
  grep -q "^shmctl: [^t]*'nothing'" "$ERR"
}

@test "an increment of a counter that is there takes at most 8 system calls and no memory" {
  shm counter incr hits
  traced counter incr hits
  [[ ${TRACE##*$'\n'} =~ ^"shmctl: trace: "([0-9]+)" system calls, "([0-9]+)" allocations, " ]] ||
    skip "no front door here"
  [ "${BASH_REMATCH[1]}" -le 8 ] || fail "too many system calls: $TRACE"
  [ "${BASH_REMATCH[2]}" -eq 0 ] || fail "allocations: $TRACE"
}

@test "a command and what it calls don't trace; the child that becomes it is told apart" {
  # shellcheck disable=SC2016 # the command's own
  traced run job sh -c 'echo "trace=${SHMCTL_TRACE-none}"; exec "$SHMCTL" counter incr x'
  assert_status 0
  assert_stdout $'trace=none\n1'
  grep -q '^shmctl: trace: [0-9]* clone: start the command$' "$ERR"
  grep -q '^shmctl: trace: child [0-9]* execve /.*/sh: become another program$' "$ERR"
  [ "$(grep -c 'exit_group: end$' "$ERR")" = 1 ]
  assert_in_order
}

@test "a program that hands over to another one is counted before it does; the other goes on with its own" {
  traced counter incr hits 1 --json
  assert_status 0
  local programs
  programs=$(grep -c ' page faults$' <<<"$TRACE")
  [ "$(grep -c 'execve .*/libexec/shmctl/.*: become another program$' <<<"$TRACE")" -eq $((programs - 1)) ]
  [ "$(grep -c 'trace: 1 ' <<<"$TRACE")" -eq "$programs" ]
}

@test "a command that takes the place of the program has no trace either" {
  # shellcheck disable=SC2016 # the command's own
  traced flock --no-fork "$BATS_TEST_TMPDIR/file" sh -c 'echo "trace=${SHMCTL_TRACE-none}"'
  assert_status 0
  assert_stdout trace=none
}

@test "names can't steer the terminal by way of a trace" {
  SHMCTL_TRACE=1 shm --store "$BATS_TEST_TMPDIR"/$'no\e[31m' counter get x
  assert_status 1
  if grep -q $'\e' "$ERR"; then fail "an escape in the trace"; fi
}

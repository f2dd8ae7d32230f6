#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# Waiting for items and for room, and outputs that can't be written: nothing is lost, whoever goes away.

load ../helpers

setup() { own_store; }
teardown() {
  if [ -n "${WAITER-}" ]; then kill -9 "$WAITER" 2>/dev/null || true; fi
}

# background WORDS...: a call of shmctl, its pid in WAITER, its stdout in the file said, its stderr in another
background() {
  "$SHMCTL" "$@" </dev/null >"$BATS_TEST_TMPDIR/said" 2>"$BATS_TEST_TMPDIR/complained" 3>&- &
  WAITER=$!
}
# asleep: the one in the background has the queue open and sleeps
asleep() {
  local stat link
  read -r stat 2>/dev/null <"/proc/$WAITER/stat" || return 1
  [[ $stat == *") S "* ]] || return 1
  for link in "/proc/$WAITER/fd"/*; do
    if [ "$(readlink "$link")" = "$STORE/q" ]; then return 0; fi
  done
  return 1
}
# ended STATUS: waits for it
ended() {
  local code=0
  wait "$WAITER" || code=$?
  WAITER=
  [ "$code" = "$1" ] || fail "ended with $code, not $1: $(<"$BATS_TEST_TMPDIR/complained")"
}
said() { [ "$(<"$BATS_TEST_TMPDIR/said")" = "$1" ] || fail "said: $(<"$BATS_TEST_TMPDIR/said")"; }
# length: of queue q
length() { "$SHMCTL" queue len q; }

# --- waiting ---------------------------------------------------------------------------------------------------------

@test "pop --wait: what is there at once; 124 when the time is over; --wait 0 is not to wait" {
  shm queue pop q --wait 20ms
  assert_refused 124 q
  [ -e "$STORE/q" ]
  shm queue pop q --wait 0
  assert_refused 1 q
  "$SHMCTL" queue push q a b
  shm queue pop q --wait 1h
  assert_done a
  shm queue pop q -w forever
  assert_done b
  shm queue take q --owner $$ --wait 20ms
  assert_refused 124 q
  shm queue peek q --wait 1
  assert_refused 2 "'--wait'"
}

@test "pop --wait and take --wait: a push wakes them" {
  background queue pop q --wait forever
  until_true asleep
  "$SHMCTL" queue push q x
  ended 0
  said x
  background queue take q --owner $$ --wait 60
  until_true asleep
  "$SHMCTL" queue push q y
  ended 0
  said $'2\ty'
}

@test "push --wait: a pop makes room" {
  "$SHMCTL" queue create q --max-items 1
  "$SHMCTL" queue push q a
  background queue push q b --wait forever
  until_true asleep
  shm queue pop q
  assert_done a
  ended 0
  shm queue pop q
  assert_done b
}

@test "an item whose holder ends wakes one that waits" {
  "$SHMCTL" queue push q x
  sleep 600 3>&- &
  local holder=$!
  "$SHMCTL" -q queue take q --owner "$holder"
  background queue pop q --wait 60
  until_true asleep
  kill "$holder"
  wait "$holder" || true
  ended 0
  said x
}

@test "a signal ends one that waits, and nothing is lost" {
  local signal
  for signal in INT TERM HUP QUIT; do
    # An asynchronous command of a script ignores INT and QUIT; this one must not.
    setsid bash -c 'trap - INT QUIT; exec env --default-signal=INT,QUIT "$SHMCTL" queue pop q --wait forever' \
      </dev/null >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
    WAITER=$!
    until_true asleep
    kill -s "$signal" "$WAITER"
    ended $((128 + $(kill -l "$signal")))
    "$SHMCTL" queue push q "$signal"
    shm queue pop q
    assert_done "$signal"
  done
}

@test "removed while waiting: one of that name that is made again is waited for; none is status 124" {
  "$SHMCTL" queue create q --max-items 3
  background queue pop q --wait forever
  until_true asleep
  shm rm q
  assert_done
  "$SHMCTL" queue push q x
  ended 0
  said x
  background queue pop q --wait 3
  until_true asleep
  shm rm q
  ended 124
  [ ! -e "$STORE/q" ] || fail "made again"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/complained")" = 1 ]
}

@test "removed while a push waits for room: it goes into a new one, or with --existing nowhere" {
  "$SHMCTL" queue create q --max-items 1
  "$SHMCTL" queue push q a
  background queue push q b --wait forever
  until_true asleep
  shm rm q
  ended 0
  shm queue pop q
  assert_done b
  shm rm q
  "$SHMCTL" queue create q --max-items 1
  "$SHMCTL" queue push q a
  background queue push q b --wait forever --existing
  until_true asleep
  shm rm q
  ended 1
  [ ! -e "$STORE/q" ]
}

@test "another kind under the name while waiting is status 3" {
  background queue pop q --wait forever
  until_true asleep
  shm rm q
  "$SHMCTL" -q counter incr q
  ended 3
}

# --- outputs ---------------------------------------------------------------------------------------------------------

# writing_to REDIRECTION WORDS...: calls shmctl with stdout as the words of a shell say
# shellcheck disable=SC2016 # the inner shell expands it
writing_to() {
  local redirection=$1
  shift
  call bash -c "\"\$SHMCTL\" \"\$@\" $redirection" bash "$@"
}

@test "pop to an output that is closed, or that nobody reads, takes nothing" {
  "$SHMCTL" queue push q a b c
  writing_to '>&-' queue pop q --count 2
  assert_refused 4 'standard output'
  mkfifo "$BATS_TEST_TMPDIR/pipe"
  # shellcheck disable=SC2016 # the inner shell expands it
  call bash -c 'exec 9<>"$1" 8>"$1" 9>&-; "$SHMCTL" queue pop q >&8' bash "$BATS_TEST_TMPDIR/pipe"
  assert_refused 4 'standard output' 'Broken pipe'
  writing_to "1</dev/null" queue pop q
  assert_refused 4 'standard output'
  shm queue stats q
  [[ $out == *$'pushed: 3\npopped: 0\n'* ]] || fail "something was taken"
  writing_to '>&-' -q queue pop q
  assert_done
  shm queue pop q --count 9
  assert_done $'b\nc'
}

@test "pop to a full disk: what was popped is back, in its order, with priority and key; status 5" {
  [ -c /dev/full ] || skip "needs /dev/full"
  "$SHMCTL" queue push q a b c
  "$SHMCTL" queue push q high --priority 3 --unique k
  local words
  for words in '' --json -0 --raw --back '--back --json'; do
    # shellcheck disable=SC2086 # several words
    writing_to '>/dev/full' queue pop q --count 3 $words
    assert_refused 5 'standard output' 'back in the queue'
    shm queue peek q --count 9
    assert_done $'high\na\nb\nc'
  done
  shm queue push q other --unique k
  assert_refused 1
  shm queue peek q --json
  [[ $out == *'"priority":3,"key":"k"}' ]]
}

@test "pop to a reader that goes away: what was not written is back in its order" {
  seq 100000 | "$SHMCTL" queue push q -
  # shellcheck disable=SC2016 # the inner shell expands it
  call bash -c '"$SHMCTL" queue pop q --count 100000 | head -n 1; exit "${PIPESTATUS[0]}"'
  assert_status 4
  assert_stdout 1
  assert_stderr_line 'standard output' 'back in the queue'
  local first left
  first=$("$SHMCTL" queue peek q)
  left=$(length)
  [ "$left" -gt 0 ]
  [ $((first + left)) = 100001 ] || fail "$left are left, from $first on"
  shm queue pop q --count 100000
  assert_done "$(seq "$first" 100000)"
}

@test "pop killed by TERM while nobody reads: what was not written is back" {
  seq 100000 | "$SHMCTL" queue push q -
  mkfifo "$BATS_TEST_TMPDIR/pipe"
  exec 8<>"$BATS_TEST_TMPDIR/pipe"
  "$SHMCTL" queue pop q --count 100000 >"$BATS_TEST_TMPDIR/pipe" 2>"$BATS_TEST_TMPDIR/complained" 3>&- 8>&- &
  WAITER=$!
  until_true stuck
  kill -TERM "$WAITER"
  ended 143
  exec 8>&-
  local first
  first=$("$SHMCTL" queue peek q)
  [ $((first + $(length))) = 100001 ]
}
# stuck: it has taken the items and can't print them all
stuck() { [ "$(length)" = 0 ] && asleep; }

@test "take that can't be printed gives the item back, and counts no attempt" {
  [ -c /dev/full ] || skip "needs /dev/full"
  "$SHMCTL" queue push q a b c
  writing_to '>/dev/full' queue take q --owner $$ --count 2
  assert_refused 5 'standard output' 'back in the queue'
  writing_to '>&-' queue take q --owner $$
  assert_refused 4 'standard output'
  shm queue items q -0
  assert_bytes '1\0a\0002\0b\0003\0c\0'
  shm queue take q --owner $$ --json
  assert_done '{"name":"q","kind":"queue","id":1,"item":"a","attempts":1,"priority":0}'
}

@test "pop without the memory to print: the items are back" {
  head -c 50000000 /dev/zero | "$SHMCTL" queue push q --whole -
  # 64 GiB of addresses are for the file; what is left above that is less than two copies.
  # shellcheck disable=SC2016 # the inner shell expands it
  call bash -c 'ulimit -d 120000 && "$SHMCTL" queue pop q --json'
  if [ "$status" = 0 ]; then skip "the limit does not bite here"; fi
  assert_refused 5
  [ "$(length)" = 1 ]
}

@test "one that waits ends when nobody reads any more, or when the owner ends: it takes nothing" {
  "$SHMCTL" queue create q
  mkfifo "$BATS_TEST_TMPDIR/pipe"
  exec 8<>"$BATS_TEST_TMPDIR/pipe"
  "$SHMCTL" queue pop q --wait forever >"$BATS_TEST_TMPDIR/pipe" 2>"$BATS_TEST_TMPDIR/complained" 3>&- 8>&- &
  WAITER=$!
  until_true asleep
  exec 8>&-
  ended 4
  sleep 600 3>&- &
  local holder=$!
  background queue take q --owner "$holder" --wait forever
  until_true asleep
  kill "$holder"
  wait "$holder" || true
  ended 1
  grep -q "$holder.*has ended" "$BATS_TEST_TMPDIR/complained"
}

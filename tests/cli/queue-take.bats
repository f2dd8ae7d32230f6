#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # what inner shells expand; a subshell a test; `call` sets
# queue take and what follows: ack, release, bury, touch, kick; owners that end, times that are over, attempts.

load ../helpers

setup() {
  own_store
  HOLDERS=()
}
teardown() {
  local pid
  for pid in "${HOLDERS[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
}

# holder: a process to own items, its pid in HOLDER
holder() {
  sleep 600 3>&- &
  HOLDER=$!
  HOLDERS+=("$HOLDER")
}
# end_holder [SIGNAL]: ends the last one
end_holder() {
  kill -s "${1-KILL}" "$HOLDER"
  wait "$HOLDER" 2>/dev/null || true
}
# assert_state ID STATE: `none` if there is no such item
assert_state() {
  local found
  found=$("$SHMCTL" queue items q --json | sed -n 's/.*"id":'"$1"',.*"state":"\([a-z]*\)".*/\1/p')
  [ "${found:-none}" = "$2" ] || fail "item $1 is ${found:-none}, not $2"
}
is_state() { assert_state "$@" 2>/dev/null; }

@test "take prints id, tab and item; ack removes it" {
  "$SHMCTL" queue push q a 'b c'
  shm queue take q --owner $$
  assert_done $'1\ta'
  assert_state 1 held
  shm queue len q
  assert_done 1
  shm queue pop q
  assert_done 'b c'
  shm queue take q --owner $$
  assert_refused 1 q 'no item is ready'
  shm queue ack q 1
  assert_done
  assert_state 1 none
  shm queue ack q 1
  assert_refused 1 q 1
  shm -q queue ack q 1
  assert_status 1
  assert_no_stderr
}

@test "take: --count, -0, --raw, --json, -q" {
  "$SHMCTL" queue push q a b $'c\td\n' $'\xff' e
  shm queue take q --owner $$ --count 2
  assert_done $'1\ta\n2\tb'
  shm queue take q --owner $$ -0
  assert_bytes '3\0c\td\n\0'
  shm queue take q --owner $$ --json
  assert_done '{"name":"q","kind":"queue","id":4,"item_base64":"/w==","attempts":1,"priority":0}'
  shm -q queue take q --owner $$
  assert_done
  shm queue release q 5
  shm queue take q --owner $$ --raw
  assert_bytes '5\te'
  shm queue ack q 1 2 3 4 5 --json
  assert_done '{"name":"q","kind":"queue","acknowledged":[1,2,3,4,5]}'
}

@test "ack: all or none" {
  "$SHMCTL" queue push q a b c
  "$SHMCTL" -q queue take q --owner $$ --count 2
  shm queue ack q 1 2 3
  assert_refused 1 q 3
  assert_state 1 held
  assert_state 2 held
  shm queue ack q 2 1
  assert_done
  assert_state 2 none
}

@test "the owner is the calling shell, if not said" {
  "$SHMCTL" queue push q a b
  call bash -c '"$SHMCTL" queue take q >/dev/null && "$SHMCTL" queue items q --state held --json && echo $$'
  assert_status 0
  local pid=${out##*$'\n'}
  [[ $out == *"\"owner\":$pid}"* ]] || fail "another owner"
  # That shell has ended.
  assert_state 1 ready
  # In a process substitution and in $(...) it is the script as well.
  call bash -c 'IFS=$'"'\t'"' read -r id item < <("$SHMCTL" queue take q)
    taken=$("$SHMCTL" queue take q)
    "$SHMCTL" queue ack q "$id" "${taken%%$'"'\t'"'*}" && echo "$item ${taken#*$'"'\t'"'}"'
  assert_done 'a b'
}

@test "a subshell that goes on is an owner that ends: say --owner" {
  "$SHMCTL" queue push q a
  call bash -c 'x=$("$SHMCTL" queue take q; true); "$SHMCTL" queue ack q 1'
  assert_refused 1 q
  assert_state 1 ready
  call bash -c 'x=$("$SHMCTL" queue take q --owner $$; true); "$SHMCTL" queue ack q 1'
  assert_done
}

@test "an owner that is killed or ends: its items are ready at once, before the others" {
  local signal
  "$SHMCTL" queue push q a b c
  for signal in KILL TERM; do
    holder
    shm queue take q --owner "$HOLDER" --count 2
    assert_status 0
    assert_state 1 held
    end_holder "$signal"
    assert_state 1 ready
    shm queue peek q --count 9
    assert_done $'a\nb\nc'
  done
  shm queue take q --owner $$ --json
  assert_done '{"name":"q","kind":"queue","id":1,"item":"a","attempts":3,"priority":0}'
  shm queue stats q
  [[ $out == *$'returned: 4\n'* ]] || fail "not counted"
}

@test "a script that takes and is killed: what it held comes back" {
  "$SHMCTL" queue push q a
  # What it becomes by exec is the same process.
  bash -c 'x=$("$SHMCTL" queue take q) && echo "$x" >"$1" && exec sleep 600' bash "$BATS_TEST_TMPDIR/taken" 3>&- &
  HOLDER=$!
  HOLDERS+=("$HOLDER")
  until_true test -s "$BATS_TEST_TMPDIR/taken"
  assert_state 1 held
  end_holder
  assert_state 1 ready
  shm queue pop q
  assert_done a
}

@test "an owner that is stopped lives" {
  "$SHMCTL" queue push q a
  holder
  "$SHMCTL" -q queue take q --owner "$HOLDER"
  kill -STOP "$HOLDER"
  assert_state 1 held
  shm queue take q --owner $$
  assert_refused 1
  end_holder
  assert_state 1 ready
}

@test "--owner: a process that is not there is refused, and nothing is taken" {
  "$SHMCTL" queue push q a
  holder
  end_holder
  shm queue take q --owner "$HOLDER"
  assert_refused 1 "$HOLDER"
  shm queue take q --owner 2147483647
  assert_refused 1 2147483647
  shm queue take q --owner 99999999999
  assert_refused 2 99999999999
  shm queue peek q --json
  assert_done '{"name":"q","kind":"queue","id":1,"item":"a","attempts":0,"priority":0}'
}

@test "--owner none: only its time brings it back, so there must be one" {
  "$SHMCTL" queue push q a
  shm queue take q --owner none
  assert_refused 2 --owner --ttr
  shm queue take q --owner none --ttr 0
  assert_refused 2 --owner --ttr
  shm queue take q --owner none --ttr 50ms
  assert_done $'1\ta'
  until_true is_state 1 ready
  "$SHMCTL" queue create timed --ttr 1h
  "$SHMCTL" queue push timed b
  shm queue take timed --owner none
  assert_done $'1\tb'
  shm queue ack timed 1
  assert_done
}

@test "--ttr of take and of the queue: when it is over, the item is ready, and ack says so" {
  "$SHMCTL" queue create q --ttr 100ms
  "$SHMCTL" queue push q a b
  shm queue take q --owner $$ --ttr 1h
  assert_done $'1\ta'
  shm queue take q --owner $$
  assert_done $'2\tb'
  until_true is_state 2 ready
  assert_state 1 held
  shm queue ack q 2
  assert_refused 1 q 2
  shm queue stats q
  [[ $out == *$'expired: '[01]$'\n'* ]]
  shm queue take q --owner $$ --ttr 0
  assert_done $'2\tb'
  shm queue items q --state held --json
  [[ $out == *'"id":1,'*'"due_in"'*'"id":2,'* ]] || fail "the first has no time"
  [[ $out != *'"id":2,'*'"due_in"'* ]] || fail "the second has a time"
  shm queue ack q 1 2
  assert_done
}

@test "touch: its time begins anew, the same or another" {
  "$SHMCTL" queue push q a
  "$SHMCTL" -q queue take q --owner $$ --ttr 5m
  shm queue touch q 1 --ttr 1h
  assert_done
  shm queue items q --json
  [[ $out == *'"due_in":3'[56]* ]] || fail "another time"
  shm queue touch q 1 --json --ttr 50ms
  assert_done '{"name":"q","kind":"queue","id":1,"state":"held"}'
  until_true is_state 1 ready
  shm queue touch q 1
  assert_refused 1 q 1
}

@test "release: ready at once and first, or after --delay" {
  "$SHMCTL" queue push q a b
  "$SHMCTL" -q queue take q --owner $$
  shm queue release q 1
  assert_done
  shm queue peek q --count 2
  assert_done $'a\nb'
  "$SHMCTL" -q queue take q --owner $$
  shm queue pop q
  assert_done b
  shm queue release q 1 --delay 100ms --json
  assert_done '{"name":"q","kind":"queue","id":1,"state":"delayed"}'
  shm queue pop q --wait 20
  assert_done a
  "$SHMCTL" queue push q c
  "$SHMCTL" -q queue take q --owner $$
  shm queue release q 3 --delay 1h
  assert_state 3 delayed
  shm queue pop q
  assert_status 1
  shm queue release q 3
  assert_refused 1 q 3
  shm queue kick q 3
  assert_done 1
  assert_state 3 ready
}

@test "bury and kick: out of the way until somebody looks" {
  "$SHMCTL" queue push q a b c
  "$SHMCTL" -q queue take q --owner $$ --count 2
  shm queue bury q 1
  assert_done
  shm queue bury q 2 --json
  assert_done '{"name":"q","kind":"queue","id":2,"state":"buried"}'
  shm queue pop q --count 9
  assert_done c
  shm queue bury q 1
  assert_refused 1 q 1
  shm queue kick q 2 3
  assert_refused 1 q 3
  assert_state 2 buried
  shm queue kick q 2
  assert_done 1
  shm queue kick q
  assert_done 1
  shm queue kick q
  assert_done 0
  shm queue pop q --count 9
  assert_done $'b\na'
}

@test "--max-attempts: an item that comes back so often is buried, however it comes back" {
  "$SHMCTL" queue create q --max-attempts 2
  "$SHMCTL" queue push q a b
  "$SHMCTL" -q queue take q --owner $$
  shm queue release q 1 --json
  assert_done '{"name":"q","kind":"queue","id":1,"state":"ready"}'
  "$SHMCTL" -q queue take q --owner $$
  shm queue release q 1 --json
  assert_done '{"name":"q","kind":"queue","id":1,"state":"buried"}'
  local i
  for i in 1 2; do
    holder
    shm queue take q --owner "$HOLDER"
    assert_done $'2\tb'
    end_holder
  done
  assert_state 2 buried
  shm queue take q --owner $$
  assert_refused 1 q
  shm queue kick q
  assert_done 2
  shm queue take q --owner $$ --count 2 --json
  [[ $out == *'"attempts":1,'*'"attempts":1,'* ]] || fail "attempts count on"
}

@test "ids go by the number alone; one that was never there is status 1" {
  "$SHMCTL" queue push q a
  local verb
  for verb in ack release bury touch kick; do
    shm queue "$verb" q 99
    assert_refused 1 q 99
    shm queue "$verb" q 0
    assert_refused 1 q
    shm queue "$verb" q 18446744073709551615
    assert_refused 1 q
    shm queue "$verb" q 18446744073709551616
    assert_refused 2
  done
  assert_state 1 ready
}

# The loop that the manual page has, but for the end; it tells what it did before it acknowledges.
worker='while IFS=$'"'\t'"' read -r id item < <("$SHMCTL" queue take q --owner $$ --wait 100ms 2>/dev/null); do
    echo "$item" && "$SHMCTL" queue ack q "$id" || exit
  done'

@test "a worker loop in shell does all of it, once" {
  seq 50 | "$SHMCTL" queue push q -
  local i pids=()
  for i in 1 2 3; do
    bash -c "$worker" 3>&- >"$BATS_TEST_TMPDIR/done$i" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || true; done
  diff <(sort -n "$BATS_TEST_TMPDIR"/done?) <(seq 50)
  shm queue items q
  assert_done
}

@test "workers killed with KILL at any moment: nothing is lost, and what was acknowledged is not done again" {
  seq 100 | "$SHMCTL" queue push q -
  local round i pids
  for round in {1..6}; do
    pids=()
    for i in 1 2; do
      bash -c "$worker" 3>&- >>"$BATS_TEST_TMPDIR/done$i" &
      pids+=($!)
    done
    until_true more_done $((round * 4))
    for i in "${pids[@]}"; do kill -9 "$i" 2>/dev/null || true; done
    for i in "${pids[@]}"; do wait "$i" || true; done 2>/dev/null
  done
  # An acknowledgement of a killed worker may still be on its way, and come before the one of who has the item now.
  until_true bash -c "$worker" 3>&- >>"$BATS_TEST_TMPDIR/rest"
  # All have been done; twice at most what was at work in a worker that was killed.
  diff <(cat "$BATS_TEST_TMPDIR"/done? "$BATS_TEST_TMPDIR/rest" | sort -nu) <(seq 100)
  local all
  all=$(cat "$BATS_TEST_TMPDIR"/done? "$BATS_TEST_TMPDIR/rest" | wc -l)
  [ "$all" -le 112 ] || fail "done $all times"
  shm queue items q
  assert_done
}
more_done() { [ "$(cat "$BATS_TEST_TMPDIR"/done? | wc -l)" -ge "$1" ]; }

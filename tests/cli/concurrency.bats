#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031 # a subshell a test
# Many shells at one object: no change is lost, none is half, whoever is killed and whatever is removed meanwhile.

load ../helpers

setup() {
  own_store
  LOOPS=()
}
teardown() {
  local pid
  for pid in "${LOOPS[@]}"; do kill -9 -- "-$pid" 2>/dev/null || true; done
}

# background WORDS...: bash -c WORDS in a process group of its own, which teardown ends; its pid in LOOPS
background() {
  setsid bash -c "$@" </dev/null 3>&- 2>>"$BATS_TEST_TMPDIR/errors" &
  LOOPS+=($!)
}

# all_ended: each of them with status 0, and nothing said on stderr
all_ended() {
  local pid
  for pid in "${LOOPS[@]}"; do wait "$pid" || fail "a shell ended with status $?"; done
  LOOPS=()
  [ ! -s "$BATS_TEST_TMPDIR/errors" ] || fail "$(head "$BATS_TEST_TMPDIR/errors")"
}

@test "four shells, a thousand increments each, as the README has it" {
  shm counter incr hits
  for _ in 1 2 3 4; do (for _ in $(seq 1000); do "$SHMCTL" -q counter incr hits; done) 3>&- & done
  wait
  assert_counter hits 4001
}

@test "eight shells create, add and subtract: the sum is exact" {
  local i
  for i in {1..8}; do
    # shellcheck disable=SC2016 # the inner shell expands it
    background 'for _ in {1..100}; do "$SHMCTL" -q counter incr a=3 b c=-1 && "$SHMCTL" -q counter decr b=2 || exit; done'
  done
  all_ended
  assert_counter a 2400
  assert_counter b -800
  assert_counter c -800
}

@test "each of many increments prints another number" {
  local i
  for i in {1..4}; do
    # shellcheck disable=SC2016
    background 'for _ in {1..100}; do "$SHMCTL" counter incr ticket || exit; done >"$1"' bash "$BATS_TEST_TMPDIR/printed$i"
  done
  all_ended
  diff <(cat "$BATS_TEST_TMPDIR"/printed? | sort -n) <(seq 400)
}

@test "of many who create a name, one does; of many who compare and set, one does" {
  local i
  for i in {1..8}; do
    # shellcheck disable=SC2016
    background 'for n in {1..20}; do "$SHMCTL" counter create "n$n" && echo created; done >"$1" 2>/dev/null; exit 0' \
      bash "$BATS_TEST_TMPDIR/won$i"
  done
  all_ended
  [ "$(cat "$BATS_TEST_TMPDIR"/won? | grep -c created)" = 20 ]
  for i in {1..8}; do
    # shellcheck disable=SC2016
    background 'for n in {0..19}; do "$SHMCTL" -q counter cas n1 $n $((n + 1)) && echo set; done >"$1"; exit 0' \
      bash "$BATS_TEST_TMPDIR/set$i"
  done
  all_ended
  local winners number
  winners=$(cat "$BATS_TEST_TMPDIR"/set? | grep -c set)
  number=$("$SHMCTL" counter get n1)
  [ "$winners" = "$number" ]
}

@test "float additions of many shells: none is lost" {
  shm -q value create v --type float
  local i
  for i in {1..4}; do
    # shellcheck disable=SC2016
    background 'for _ in {1..100}; do "$SHMCTL" -q value add v 0.25 || exit; done'
  done
  all_ended
  shm value get v
  assert_done 100
}

# told_more_than N: whether the shells have written more than N lines by now
told_more_than() { [ "$(cat "$BATS_TEST_TMPDIR"/told? 2>/dev/null | wc -l)" -gt "$1" ]; }

@test "shells killed with KILL at any moment: every increment that was told is counted" {
  local round i pid
  touch "$BATS_TEST_TMPDIR"/told{1..4}
  for round in {1..8}; do
    for i in 1 2 3 4; do
      # shellcheck disable=SC2016
      background 'while "$SHMCTL" counter incr hits fresh=2; do :; done >>"$1"' bash "$BATS_TEST_TMPDIR/told$i"
    done
    # Some of them have something to tell before they go; how far the others are is chance.
    until_true told_more_than $((round * 10))
    for pid in "${LOOPS[@]}"; do
      until_true kill -9 -- "-$pid" # what has just begun has no group of its own yet
      wait "$pid" || true
    done 2>/dev/null
    LOOPS=()
  done
  # A line that its shell had no time to end was not told. Lines come in pairs, hits and fresh.
  local told=0 value
  for i in 1 2 3 4; do told=$((told + $(wc -l <"$BATS_TEST_TMPDIR/told$i") / 2)); done
  value=$("$SHMCTL" counter get hits)
  [ "$told" -gt 0 ]
  [ "$told" -le "$value" ] || fail "told $told, counted $value"
  [ "$value" -le $((told + 8 * 4)) ] || fail "counted $value, told only $told: more than one each for whom was killed"
  shm doctor
  assert_status 0
  shm counter incr hits
  assert_done $((value + 1))
}

@test "removed while others increment: no error but a fresh start, and nothing comes back" {
  local i
  for i in 1 2 3; do
    # shellcheck disable=SC2016
    background 'for _ in {1..200}; do "$SHMCTL" counter incr x || exit; done >"$1"' bash "$BATS_TEST_TMPDIR/told$i"
  done
  local removed=0
  while kill -0 "${LOOPS[0]}" 2>/dev/null; do
    shm -q rm x
    assert_status_in 0 1
    assert_no_stderr
    if [ "$status" = 0 ]; then removed=$((removed + 1)); fi
  done
  all_ended
  [ "$removed" -gt 0 ]
  [ "$(cat "$BATS_TEST_TMPDIR"/told? | wc -l)" = 600 ]
  # Each life of the counter began at 1: there are as many 1s as lives, and lives as removals, or one more.
  local lives
  lives=$(cat "$BATS_TEST_TMPDIR"/told? | grep -cx 1)
  [ "$lives" = "$removed" ] || [ "$lives" = $((removed + 1)) ] || fail "$removed removals, $lives lives"
  shm rm -f x
  shm counter get x
  assert_refused 1 x
}

@test "what is added to a counter that was open when it was removed is not lost with it: it goes into a new one" {
  need strace
  shm -q counter set x=5
  # Stopped when it has opened the store and the object.
  setsid strace -o /dev/null -e trace=openat2 -e inject=openat2:signal=STOP:when=2 "$SHMCTL" counter incr x \
    >"$BATS_TEST_TMPDIR/late" 2>&1 3>&- &
  local late=$!
  until_true has_open "$late" "$STORE/x"
  shm rm x
  assert_done
  until_true goes_on "$late"
  wait "$late"
  [ "$(<"$BATS_TEST_TMPDIR/late")" = 1 ]
  shm counter get x
  assert_done 1
}

# goes_on STRACE: continues the process that STRACE runs, until it has ended
goes_on() {
  local -a children
  read -ra children 2>/dev/null <"/proc/$1/task/$1/children" || true
  kill -CONT "${children[@]}" 2>/dev/null || true
  ! kill -0 "$1" 2>/dev/null
}

# has_open STRACE FILE: whether the process that STRACE runs has FILE open
has_open() {
  local -a children
  local child link
  read -ra children 2>/dev/null <"/proc/$1/task/$1/children" || true
  for child in "${children[@]}"; do
    for link in "/proc/$child/fd"/*; do
      if [ "$(readlink "$link")" = "$2" ]; then return 0; fi
    done
  done
  return 1
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154,SC2016 # what `call` sets; quotes that are not the shell's
# exec --atomic: all lines are one change, for who looks, for who is in the way, and when it is killed.

load ../helpers

setup() { own_store; }

# atomic LINE...: as the standard input of exec --atomic
atomic() {
  printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/lines"
  shm exec --atomic <"$BATS_TEST_TMPDIR/lines"
}

# holds NAME NUMBER: what a counter holds
holds() {
  local found
  found=$("$SHMCTL" counter get "$1" --default 0 2>&1) || true
  [ "$found" = "$2" ] || fail "$1 holds $found, not $2"
}

@test "all lines happen; each sees what those before it did; answers are in their order" {
  atomic 'counter incr a 5' 'counter incr a' 'queue push q x y' 'queue pop q' 'queue len q' 'value set v 2.5 --type float' \
    'value set t "some text" --type text' 'value append t !' 'value get t' 'counter get a'
  assert_done $'5\n6\nx\n1\n2.5\nsome text\n10\nsome text!\n6'
  holds a 6
  shm queue pop q
  assert_done y
  shm value get v t
  assert_done $'2.5\nsome text!'
}

@test "a line that fails: nothing happens, what was made included, and nothing is printed" {
  "$SHMCTL" counter set a 1 >/dev/null
  "$SHMCTL" queue push q x
  atomic 'counter incr a' 'counter set b 1' 'queue pop q' 'queue push r y' 'value set t text --type text' \
    'counter get none' 'counter incr a'
  assert_refused 1 "line 6: open 'none'" 'nothing was changed'
  holds a 1
  shm queue len q
  assert_done 1
  for name in b r t; do
    shm stat "$name"
    assert_refused 1
  done
  shm ls --names
  assert_done $'a\nq'
  shm exec -q --atomic <"$BATS_TEST_TMPDIR/lines"
  assert_status 1
  assert_no_stdout
  assert_no_stderr
}

@test "a compare that is lost, an empty queue, an overflow: each makes nothing happen" {
  "$SHMCTL" counter set a 1 >/dev/null
  "$SHMCTL" counter create small --max 3 >/dev/null
  atomic 'counter set b 7' 'counter cas a 2 3'
  assert_refused 1 'line 2' 'nothing was changed'
  atomic 'counter set b 7' 'queue push q x' 'queue pop q --count 2' 'queue pop q'
  assert_refused 1 'line 4' 'nothing was changed'
  atomic 'counter set b 7' 'counter incr small 4'
  assert_refused 3 'line 2' 'nothing was changed'
  atomic 'counter set b 7' 'value get a'
  assert_refused 3 'line 2' 'nothing was changed'
  holds b 0
  atomic 'counter cas a 1 2' 'counter set b 7'
  assert_done $'2\n7'
}

@test "what is wrong with any line is told before the first is done" {
  atomic 'counter incr a' 'counter icnr a' 'rm a' 'ls' 'queue pop q --wait 1' "queue push q 'x" 'run job true'
  assert_status 2
  assert_no_stdout
  assert_stderr_lines 'line 2: ' 'line 3: rm: ' 'line 4: ls: ' 'line 5: queue pop: ' 'line 6: ' 'line 7: run: '
  holds a 0
  atomic 'counter incr a' 'queue push q -'
  assert_refused 2 'line 2: ' 'nothing was changed'
  holds a 0
  atomic 'counter incr a' "--store $BATS_TEST_TMPDIR/other counter incr b"
  assert_refused 2 'line 2' 'nothing was changed'
  holds a 0
}

@test "no lines are no change; a file, -0, --json and --status do what they do" {
  shm exec --atomic </dev/null
  assert_done
  printf 'counter incr a\n\n# nothing\ncounter incr a' >"$BATS_TEST_TMPDIR/file"
  shm exec --atomic "$BATS_TEST_TMPDIR/file"
  assert_done $'1\n2'
  printf "queue push q 'a\nb'\0queue pop q" >"$BATS_TEST_TMPDIR/lines"
  shm exec --atomic -0 <"$BATS_TEST_TMPDIR/lines"
  assert_bytes 'a\nb\0'
  shm exec --atomic --status --json "$BATS_TEST_TMPDIR/file"
  assert_done '{"line":1,"status":0,"bytes":40}
{"name":"a","kind":"counter","value":3}
{"line":4,"status":0,"bytes":40}
{"name":"a","kind":"counter","value":4}'
}

@test "where the answers can't be written" {
  [ -w /dev/full ] || skip "no /dev/full"
  printf '%s\n' 'counter incr a' >"$BATS_TEST_TMPDIR/lines"
  call bash -c '"$SHMCTL" exec --atomic >&-' <"$BATS_TEST_TMPDIR/lines"
  assert_status 4
  holds a 0
  call bash -c '"$SHMCTL" exec --atomic >/dev/full' <"$BATS_TEST_TMPDIR/lines"
  assert_status 5
  assert_stderr_line 'has been changed'
  holds a 1
}

@test "whoever takes the same objects in another order is in nobody's way, and sees all of it or nothing" {
  local i pids=() status=0
  printf '%s\n' 'counter incr a' 'value append t x' 'counter decr b' 'queue push q x' >"$BATS_TEST_TMPDIR/forth"
  printf '%s\n' 'queue push q x' 'counter decr b' 'value append t x' 'counter incr a' >"$BATS_TEST_TMPDIR/back"
  printf '%s\n' 'queue len q' 'counter get b' 'counter get a' >"$BATS_TEST_TMPDIR/look"
  "$SHMCTL" exec --atomic -q "$BATS_TEST_TMPDIR/forth"
  for file in forth back; do
    for _ in 1 2; do
      (for _ in {1..50}; do "$SHMCTL" exec --atomic -q "$BATS_TEST_TMPDIR/$file" 3>&- || exit; done) &
      pids+=($!)
    done
  done
  while [ "$("$SHMCTL" counter get a)" -lt 201 ]; do
    mapfile -t seen < <("$SHMCTL" exec --atomic "$BATS_TEST_TMPDIR/look")
    if [ "${seen[0]}" != "${seen[2]}" ] || [ "${seen[1]}" != "-${seen[2]}" ]; then
      status=1
      break
    fi
    kill -0 "${pids[@]}" 2>/dev/null || [ "$("$SHMCTL" counter get a)" = 201 ] || break
  done
  for i in "${pids[@]}"; do wait "$i" || status=2; done
  [ "$status" = 0 ] || fail "$status: seen ${seen[*]}"
  holds a 201
  holds b -201
  shm queue len q
  assert_done 201
}

@test "killed at any moment: all of it happened or nothing, and the next goes on at once" {
  local i pid
  for i in {1..300}; do printf '%s\n' 'counter incr a' 'counter decr b' 'queue push q x' 'value append t x'; done \
    >"$BATS_TEST_TMPDIR/lines"
  "$SHMCTL" exec --atomic -q "$BATS_TEST_TMPDIR/lines"
  for i in {1..40}; do
    "$SHMCTL" exec --atomic -q "$BATS_TEST_TMPDIR/lines" 3>&- &
    pid=$!
    # Some thousandths of a second: anywhere, from before its first line to after its last.
    read -r -t "0.00$((RANDOM % 10))" _ <> <(:) || true
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    printf '%s\n' 'counter get a' 'counter get b' 'queue len q' >"$BATS_TEST_TMPDIR/look"
    shm exec --atomic "$BATS_TEST_TMPDIR/look"
    assert_status 0
    mapfile -t seen <"$OUT"
    if ((seen[0] % 300 != 0 || seen[0] + seen[1] != 0 || seen[0] != seen[2])); then fail "half: ${seen[*]}"; fi
    [ "$("$SHMCTL" value get t | tr -d '\n' | wc -c)" = "${seen[0]}" ] || fail "the text is half"
  done
}

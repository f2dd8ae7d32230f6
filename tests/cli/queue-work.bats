#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # what inner shells expand; what `call` sets
# queue work: commands for items, what becomes of items that fail, and what is shown meanwhile.

load ../helpers
load jobs
load work

setup() { working; }
teardown() {
  end_what_was_started
  end_private_mounts
}

# --- the command and its item ----------------------------------------------------------------------------------------

@test "each item's command runs, in order; nothing is said, the status is 0, and nothing is left" {
  push a 'b c' ''
  shm queue work q sh -c 'echo "<$1>" >>"$0"' "$T/seen" {}
  assert_done
  [ "$(<"$T/seen")" = $'<a>\n<b c>\n<>' ]
  shm queue len q
  assert_done 0
  count acknowledged 3
  shm queue work q false
  assert_done
}

@test "the item is in several words and several times in one; the command's options are its own" {
  push x
  shm queue work q printf '%s|' -- '{}{}' --json 'a{}b' '{' -j
  assert_status 0
  [ "$STDOUT" = '--|xx|--json|axb|{|-j|' ]
}

@test "without {} the item is standard input: all byte values, nothing, a long one" {
  local byte
  for byte in {0..255}; do printf '%b' "$(printf '\\0%o' "$byte")"; done >"$T/1"
  [ "$(wc -c <"$T/1")" = 256 ]
  : >"$T/2"
  head -c 1000000 /dev/urandom >"$T/3"
  local i
  for i in 1 2 3; do "$SHMCTL" queue push q --whole - <"$T/$i"; done
  shm queue work q sh -c 'cat >"$0/got.$SHMCTL_ITEM_ID"' "$T"
  assert_done
  for i in 1 2 3; do cmp "$T/$i" "$T/got.$i"; done
}

@test "with {} the input is empty, and that of the call is let alone" {
  push a b
  printf 'one\ntwo\n' >"$T/input"
  {
    call_status=0
    "$SHMCTL" queue work q sh -c 'cat; : {}' >"$T/out" || call_status=$?
    cat >"$T/rest"
  } <"$T/input"
  [ "$call_status" = 0 ] && [ ! -s "$T/out" ]
  cmp "$T/input" "$T/rest"
}

@test "the environment has the queue, the id and the attempt" {
  push a
  SHMCTL_ITEM_ID=77 shm queue work q --retries 1 sh -c 'echo $SHMCTL_QUEUE $SHMCTL_ITEM_ID $SHMCTL_ATTEMPT; [ $SHMCTL_ATTEMPT = 2 ]'
  assert_status 0
  assert_stdout $'q 1 1\nq 1 2'
}

@test "an item with NUL can't be a word: one line, and it is buried; the others are done" {
  printf 'a\0b' | "$SHMCTL" queue push q --whole -
  push c
  shm queue work q echo {}
  assert_status 1
  assert_stdout c
  assert_stderr_line 'item 1' NUL buried
  count buried 1
}

# --- failures --------------------------------------------------------------------------------------------------------

@test "an item that fails is tried again --retries times, then buried: a line each, and status 1" {
  push a
  shm queue work q --retries 2 sh -c 'echo $SHMCTL_ATTEMPT; exit 3'
  assert_status 1
  assert_stdout $'1\n2\n3'
  assert_stderr_lines 'item 1: attempt 1 ended with status 3' 'item 1: attempt 2 ended with status 3' 'item 1: attempt 3'
  [[ $err == *buried* ]]
  count buried 1
  "$SHMCTL" queue kick q
  shm -q queue work q false
  assert_status 1
  assert_no_stderr
  count buried 1
}

@test "what fails first and succeeds at last is done: status 0" {
  push bad good
  shm -q queue work q --retries 3 sh -c 'echo $1; [ $1 = good ] || [ $SHMCTL_ATTEMPT = 3 ]' sh {}
  assert_status 0
  assert_stdout $'bad\ngood\nbad\nbad'
  count acknowledged 2
}

@test "without --retries the queue's --max-attempts holds" {
  "$SHMCTL" queue create q --max-attempts 2
  push a
  shm queue work q sh -c 'echo $SHMCTL_ATTEMPT; exit 1'
  assert_status 1
  assert_stdout $'1\n2'
  count buried 1
}

@test "a command killed by KILL has failed: status 137" {
  push a
  shm queue work q --retries 1 sh -c '[ $SHMCTL_ATTEMPT = 2 ] || kill -KILL $$'
  assert_status 0
  assert_stderr_line 'item 1: attempt 1 ended with status 137'
  count acknowledged 1
}

@test "a command that can't be run: 127 or 126, and the item has lost nothing" {
  push a b
  shm queue work q -j 2 no-such-command {}
  assert_refused 127 no-such-command 'No such file'
  count ready 2
  attempts 1 0
  attempts 2 0
  : >"$T/plain"
  shm queue work q "$T/plain"
  assert_refused 126 "$T/plain"
  count ready 2
  attempts 1 0
}

# --- several at once -------------------------------------------------------------------------------------------------

@test "-j 4: four run at once, and never five" {
  push {1..12}
  # Each waits until four are there, or have been; who sees five of them says so.
  cat >"$T/meet" <<'END'
#!/bin/bash
cd "$1" || exit
: >"in.$2"
for ((i = 0; i < 1500; i++)); do
  here=(in.*)
  if [ ${#here[@]} -gt 4 ]; then : >crowd; fi
  if [ ${#here[@]} = 4 ]; then : >met; fi
  if [ -e met ]; then break; fi
  sleep 0.02
done
here=(in.*)
if [ ${#here[@]} -gt 4 ]; then : >crowd; fi
rm "in.$2"
END
  mkdir "$T/room"
  shm queue work q -j 4 bash "$T/meet" "$T/room" {}
  assert_done
  [ -e "$T/room/met" ]
  [ ! -e "$T/room/crowd" ]
  count acknowledged 12
}

@test "-j auto and -j 0 are the number of processors" {
  local jobs
  for jobs in auto 0; do
    push {1..20}
    shm queue work q -j "$jobs" true
    assert_done
  done
  count acknowledged 40
  # On one processor, one at a time. It can't move to another where that one is busy with much else: more patience.
  push a b
  PATIENCE=120 call taskset -c "$(taskset -cp $$ | sed 's/.*[: ]\([0-9]*\).*/\1/')" "$SHMCTL" queue work q -j auto bash -c '
    mkdir "$0/alone" && sleep 0.1 && rmdir "$0/alone"' "$T" {}
  assert_done
}

@test "two at one queue share the items, and none is done twice" {
  push {1..200}
  work -j 2 sh -c 'echo $1 >>"$0"' "$T/seen" {}
  local first=$POOL
  work -j 2 sh -c 'echo $1 >>"$0"' "$T/seen" {}
  ended 0 "$first"
  ended 0 "$POOL"
  [ "$(sort -n "$T/seen")" = "$(seq 200)" ]
  count acknowledged 200
  count returned 0
}

# --- what is shown ---------------------------------------------------------------------------------------------------

@test "--json: one object at the end" {
  push a b c
  shm --json queue work q --retries 1 sh -c '[ $1 != b ]' sh {}
  assert_status 1
  assert_stdout '{"name":"q","kind":"queue","done":2,"failed":2,"buried":1,"given_back":0,"ready":0}'
}

@test "on a terminal: one line that is drawn anew, none with -q" {
  need_terminal
  push a b c
  call "$TERMINAL" /dev/null "$SHMCTL" queue work q -j 2 sh -c '[ $1 != b ] || exit 7' sh {}
  assert_status 1
  local lines
  lines=$(tr '\r' '\n' <"$OUT" | sed 's/\x1b\[K//')
  [[ $lines == *"q: 2 done, 1 failed, 1 buried, 0 running, 0 ready"* ]] || fail "no last line: $lines"
  [[ $lines == *"shmctl: queue work q: item 2: attempt 1 ended with status 7"* ]] || fail "no line of the failure"
  push a
  call "$TERMINAL" /dev/null "$SHMCTL" -q queue work q true
  assert_status 0
  assert_no_stdout
}

@test "on a terminal: the line tells what is running and ready" {
  push a b c
  on_terminal "$SHMCTL" queue work q "$GATE" {}
  runs a
  until_true grep -qF 'q: 0 done, 0 failed, 1 running, 2 ready' "$SCREEN"
  push d
  until_true grep -qF '1 running, 3 ready' "$SCREEN"
  local item
  for item in a b c d; do go "$item"; done
  ended 0 "$SESSION"
  grep -qF 'q: 4 done, 0 failed, 0 running, 0 ready' "$SCREEN"
}

# --- whose, and what is refused --------------------------------------------------------------------------------------

@test "words that make no sense, names that are not there, other kinds" {
  push a
  shm queue work q
  assert_refused 2 COMMAND
  shm queue work q -j x true
  assert_refused 2 jobs x
  shm queue work q -j -1 true
  assert_refused 2 jobs
  shm queue work q --retries x true
  assert_refused 2 retries
  shm queue work q --wait 1 --follow true
  assert_refused 2 wait follow
  shm queue work nowhere true
  assert_refused 1 nowhere
  "$SHMCTL" -q counter create c
  shm queue work c true
  assert_refused 3 c
  count ready 1
}

@test "any user may, in a store of their own" {
  private_mounts
  unset SHMCTL_STORE
  as alice shm queue push q a b
  assert_done
  as alice shm queue work q -j 2 sh -c '[ "$(id -u)" = 4001 ]'
  assert_done
  as alice shm queue len q
  assert_done 0
}

@test "who may only read a queue can't work on it" {
  need_root
  need setpriv
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
  push a
  as bob shm queue work q true
  assert_status 4
  count ready 1
}

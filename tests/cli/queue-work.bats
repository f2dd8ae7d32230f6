#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # what inner shells expand; what `call` sets
# queue work: commands for items, what becomes of items that fail, signals, kills, and what is shown meanwhile.

load ../helpers
load jobs

setup() {
  own_store
  T=$BATS_TEST_TMPDIR
  # A command that says it runs, with its pid in ITEM.pid, and ends when ITEM.go is there, with the status in it.
  GATE=$T/gate
  cat >"$GATE" <<'END'
#!/bin/bash
cd "${0%/*}" || exit
echo "$1" >>began
echo $$ >"$1.new" && mv "$1.new" "$1.pid"
for ((i = 0; i < 3000; i++)); do
  if [ -e "$1.go" ]; then exit "$(<"$1.go")"; fi
  sleep 0.02
done
exit 99
END
  chmod 755 "$GATE"
}
teardown() {
  end_what_was_started
  end_private_mounts
}

# work WORDS...: `shmctl queue work q WORDS...` in the background; its pid in POOL, what it says in $T/out and $T/err
work() {
  env --default-signal "$SHMCTL" "${GLOBAL[@]}" queue work q "$@" >"$T/out" 2>"$T/err" 3>&- &
  POOL=$!
  STARTED+=("$POOL")
}
GLOBAL=()
push() { "$SHMCTL" queue push q "$@"; }
# runs ITEM: waits until its gate runs; its pid in COMMAND
runs() {
  until_true test -s "$T/$1.pid"
  COMMAND=$(<"$T/$1.pid")
  STARTED+=("$COMMAND")
}
go() { echo "${2-0}" >"$T/go.new" && mv "$T/go.new" "$T/$1.go"; }
# count STATE N: as many items are in it
count() { [ "$("$SHMCTL" queue stats q | sed -n "s/^$1: //p")" = "$2" ] || fail "not $2 $1"; }
counts() { count "$@" 2>/dev/null; }
# said TEXT...: each is in what the work has said on stderr
said() {
  local text
  for text in "$@"; do grep -qF -- "$text" "$T/err" || fail "it has not said '$text': $(<"$T/err")"; done
}
nothing_said() { [ ! -s "$T/err" ] || fail "it said: $(<"$T/err")"; }
# attempts ID N
attempts() {
  local found
  found=$("$SHMCTL" queue items q --json | sed -n 's/.*"id":'"$1"',.*"attempts":\([0-9]*\).*/\1/p')
  [ "$found" = "$2" ] || fail "item $1 has $found attempts, not $2"
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
  # On one processor, one at a time.
  push a b
  call taskset -c "$(taskset -cp $$ | sed 's/.*[: ]\([0-9]*\).*/\1/')" "$SHMCTL" queue work q -j auto bash -c '
    : >"$0/$1"; sleep 0.1; [ ! -e "$0/$2" ] || [ -e "$0/$1.done" ]; s=$?; : >"$0/$1.done"; rm "$0/$1"; exit $s' "$T" {} x
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

# --- waiting ---------------------------------------------------------------------------------------------------------

@test "--follow: an item that is pushed is begun while it waits, and while others run; a missing queue is made" {
  work --follow -j 2 "$GATE" {}
  until_true counts ready 0
  push a
  runs a
  push b
  runs b
  go a
  go b
  until_true counts acknowledged 2
  lives "$POOL"
  kill "$POOL"
  ended 143 "$POOL"
}

@test "--wait: ends when nothing has come for that long" {
  shm queue work q --wait 100ms true
  assert_done
  work --wait 5m "$GATE" {}
  push a
  runs a
  go a
  until_true counts acknowledged 1
  push b
  runs b
  kill "$POOL"
  go b
  ended 143 "$POOL"
  count acknowledged 2
}

# --- signals and kills -----------------------------------------------------------------------------------------------

@test "TERM, INT, HUP: what runs comes to its end and is acknowledged, and no more is begun" {
  local signal
  for signal in TERM INT HUP; do
    push "$signal-1" "$signal-2" "$signal-3"
    work -j 2 "$GATE" {}
    runs "$signal-1"
    runs "$signal-2"
    kill "-$signal" "$POOL"
    go "$signal-1"
    until_true gone "$COMMAND" || lives "$COMMAND"
    until_true counts held 1
    lives "$POOL"
    go "$signal-2"
    ended $((128 + $(kill -l "$signal"))) "$POOL"
    nothing_said
    shm queue pop q
    assert_done "$signal-3"
  done
  count acknowledged 6
}

@test "a second TERM ends what runs and what came of it; the items are ready, and no attempt is counted" {
  push a b
  work -j 2 bash -c 'sleep 60 & echo $! >"$0/$1.new"; mv "$0/$1.new" "$0/$1.child"; wait' "$T" {}
  until_true test -s "$T/a.child"
  until_true test -s "$T/b.child"
  STARTED+=("$(<"$T/a.child")" "$(<"$T/b.child")")
  kill "$POOL"
  # It has taken the first when it has slept again: two at once would be one.
  until_true pending_none "$POOL"
  kill "$POOL"
  ended 143 "$POOL"
  until_true gone "$(<"$T/a.child")"
  until_true gone "$(<"$T/b.child")"
  count ready 2
  attempts 1 0
  attempts 2 0
  nothing_said
}
# No signal waits for that process.
pending_none() { grep -q '^ShdPnd:[[:space:]]*0*$' "/proc/$1/status"; }

@test "--kill-after: what ignores TERM is killed after the second" {
  push a
  work --kill-after 100ms bash -c 'trap "" TERM; echo $$ >"$0/new"; mv "$0/new" "$0/pid"; while :; do sleep 0.1; done' "$T"
  until_true test -s "$T/pid"
  STARTED+=("$(<"$T/pid")")
  kill "$POOL"
  until_true pending_none "$POOL"
  kill "$POOL"
  ended 143 "$POOL"
  gone "$(<"$T/pid")"
  count ready 1
  attempts 1 0
}

@test "TERM for all of the group: what it ended is ready again, and has not failed" {
  push a b
  mkdir "$T/tmp"
  env --default-signal setsid "$SHMCTL" queue work q -j 2 "$GATE" {} 2>"$T/err" 3>&- &
  STARTED+=("$!")
  local session=$!
  runs a
  runs b
  kill -TERM -- "-$session"
  ended 143 "$session"
  count ready 2
  attempts 1 0
  attempts 2 0
  nothing_said
}

@test "KILL for the pool: the items stay held while their commands live, and are ready when those have ended" {
  push a b c
  work -j 2 "$GATE" {}
  runs a
  local first=$COMMAND
  runs b
  kill_and_wait "$POOL"
  count held 2
  shm queue pop q
  assert_done c
  shm queue pop q
  assert_status 1
  go a
  until_true gone "$first"
  count held 1
  count ready 1
  kill_and_wait "$COMMAND"
  count held 0
  count ready 2
  # Done at last by another.
  shm queue work q --retries 1 true
  assert_done
}

@test "KILL again and again: every item is done at last, and the queue is sound" {
  push {1..40}
  local i
  for ((i = 0; i < 12; i++)); do
    work -j 3 --retries 100 sh -c 'echo $1 >>"$0"' "$T/seen" {}
    sleep "0.0$((i * 7 % 9 + 1))"
    kill -9 "$POOL" 2>/dev/null || true
    wait "$POOL" 2>/dev/null || true
  done
  until_true counts held 0
  shm queue work q --retries 100 sh -c 'echo $1 >>"$0"' "$T/seen" {}
  assert_done
  [ "$(sort -nu "$T/seen")" = "$(seq 40)" ]
  count acknowledged 40
}

@test "TSTP and CONT: the pool stops and goes on like any program" {
  push a
  work "$GATE" {}
  runs a
  kill -TSTP "$POOL"
  until_true state_is "$POOL" T
  go a
  until_true state_is "$COMMAND" Z
  # Its end has not been judged yet: nobody else may have the item.
  count held 1
  kill -CONT "$POOL"
  ended 0 "$POOL"
  count acknowledged 1
}

@test "a queue that is removed under it: what runs comes to its end, the status is 1, and one line says so" {
  push a b
  work "$GATE" {}
  runs a
  "$SHMCTL" rm q
  go a
  ended 1 "$POOL"
  said "q"
  [ "$(wc -l <"$T/err")" = 1 ]
  work --follow true
  until_true counts ready 0
  "$SHMCTL" rm q
  ended 1 "$POOL"
}

# --- what is shown ---------------------------------------------------------------------------------------------------

@test "--json: one object at the end" {
  push a b c
  shm --json queue work q --retries 1 sh -c '[ $1 != b ]' sh {}
  assert_status 1
  assert_stdout '{"name":"q","kind":"queue","done":2,"failed":2,"buried":1,"given_back":0,"ready":0}'
}

@test "on a terminal: one line that is drawn anew, none with -q" {
  need script
  push a b c
  call script -qec "'$SHMCTL' queue work q -j 2 sh -c '[ \$1 != b ] || exit 7' sh {}" /dev/null
  assert_status 1
  local lines
  lines=$(tr '\r' '\n' <"$OUT" | sed 's/\x1b\[K//')
  [[ $lines == *"q: 2 done, 1 failed, 1 buried, 0 running, 0 ready"* ]] || fail "no last line: $lines"
  [[ $lines == *"shmctl: queue work q: item 2: attempt 1 ended with status 7"* ]] || fail "no line of the failure"
  push a
  call script -qec "'$SHMCTL' -q queue work q true" /dev/null
  assert_status 0
  assert_no_stdout
}

# on_terminal WORDS...: `shmctl queue work q WORDS...` behind script(1), whose pid is in TERMINAL; keys go to 4
on_terminal() {
  need script
  mkfifo "$T/keys"
  env --default-signal script -qefc "'$SHMCTL' queue work q $*; echo \$? >'$T/status'" /dev/null <"$T/keys" >"$T/screen" 2>&1 3>&- &
  TERMINAL=$!
  STARTED+=("$TERMINAL")
  exec 4>"$T/keys"
}

@test "on a terminal: the line tells what is running and ready" {
  push a b c
  on_terminal "'$GATE' {}"
  runs a
  until_true grep -qF 'q: 0 done, 0 failed, 1 running, 2 ready' "$T/screen"
  push d
  until_true grep -qF '1 running, 3 ready' "$T/screen"
  local item
  for item in a b c d; do go "$item"; done
  until_true test -s "$T/status"
  [ "$(<"$T/status")" = 0 ]
  grep -qF 'q: 4 done, 0 failed, 0 running, 0 ready' "$T/screen"
  exec 4>&-
  wait "$TERMINAL"
}

@test "Ctrl-C at the terminal reaches the commands: what it ended is ready again, and has not failed" {
  push a b c
  on_terminal "-j 2 '$GATE' {}"
  runs a
  runs b
  for _ in 1 2 3; do
    printf '\003' >&4
    if soon test -s "$T/status"; then break; fi
  done
  [ "$(<"$T/status")" = 130 ] || fail "status $(<"$T/status")"
  exec 4>&-
  wait "$TERMINAL" || true
  count ready 3
  attempts 1 0
  attempts 2 0
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
  chmod 755 "$BATS_TEST_TMPDIR"
  push a
  as bob shm queue work q true
  assert_status 4
  count ready 1
}

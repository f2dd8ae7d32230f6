#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # what inner shells expand; what `call` sets
# queue work: waiting for items, signals, kills, and a queue that is removed.

load ../helpers
load jobs
load work

setup() { working; }
teardown() { end_what_was_started; }

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
    until_true counts held 1
    lives "$COMMAND"
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
  local leader=$!
  runs a
  runs b
  kill -TERM -- "-$leader"
  ended 143 "$leader"
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

@test "Ctrl-C at the terminal reaches the commands: what it ended is ready again, and has not failed" {
  push a b c
  on_terminal "$SHMCTL" queue work q -j 2 "$GATE" {}
  runs a
  runs b
  press '\003'
  ended 130 "$SESSION"
  count ready 3
  attempts 1 0
  attempts 2 0
}

#!/usr/bin/env bats
# shellcheck shell=bats
# The verbs of counter, one after the other: what they print, what they change, with which status they refuse.

load ../helpers

setup() { own_store; }

@test "incr: a counter that is not there begins at 0; each call prints the new value" {
  shm counter incr hits
  assert_done 1
  shm counter incr hits
  assert_done 2
  assert_counter hits 2
}

@test "incr and decr: by 1, or by the amount after the name, whatever its sign" {
  shm counter incr x 5
  assert_done 5
  shm counter incr x -7
  assert_done -2
  shm counter incr x +3
  assert_done 1
  shm counter decr x
  assert_done 0
  shm counter decr x 4
  assert_done -4
  shm counter decr x -10
  assert_done 6
  shm counter incr x 0
  assert_done 6
}

@test "decr: a counter that is not there begins at 0" {
  shm counter decr down
  assert_done -1
  shm counter decr deep=5
  assert_done -5
}

@test "incr: many names in one call, each with its own amount or 1" {
  shm counter incr a=5 b c=-2
  assert_done $'5\n1\n-2'
  shm counter decr a=1 b c
  assert_done $'4\n0\n-3'
  shm counter incr a a a
  assert_done $'5\n6\n7'
  shm counter incr only=3
  assert_done 3
}

@test "incr: a second word that begins as a number is an amount, and a slip in it makes no counter" {
  shm counter incr x 5x
  assert_refused 2 5x
  shm counter incr x 0x10
  assert_refused 2 0x10
  shm counter incr x 1.5
  assert_refused 2 1.5
  shm counter incr x ''
  assert_refused 2
  shm ls
  assert_done
  shm counter incr x 7up 8
  assert_done $'1\n1\n1'
}

@test "incr: all words are read before the first counter is changed" {
  local words
  for words in 'a=1 b=zwei' 'a=1 b=' 'a b=1=2' 'a=1 =5' 'a=1 ../b=2' 'a=1 b=99999999999999999999'; do
    # shellcheck disable=SC2086 # several words
    shm counter incr $words
    assert_status_in 2 3
    assert_no_stdout
    assert_stderr_line
  done
  shm ls
  assert_done
}

@test "incr: where one name is refused, the others are done, and the worst status is told" {
  shm -q value create v --type bool
  shm -q counter create full 9 --max 9
  shm counter incr a full v b
  assert_status 3
  assert_stdout $'1\n1'
  assert_stderr_lines full v
}

@test "get: many names, one value a line, in their order" {
  shm -q counter incr a=1 b=2 c=3
  shm counter get c a b a
  assert_done $'3\n1\n2\n1'
}

@test "get: a name that is not there is status 1; the others are printed" {
  shm -q counter incr a
  shm counter get none
  assert_refused 1 none
  shm counter get none a
  assert_status 1
  assert_stdout 1
  assert_stderr_line none
  shm -q counter get none
  assert_status 1
  assert_no_stderr
}

@test "get: no store at all is status 1, and get makes none" {
  shm counter get x
  assert_refused 1 "$STORE"
  [ ! -e "$STORE" ]
}

@test "get --default: for a name that is not there, and for a store that is not" {
  shm counter get x --default 7
  assert_done 7
  [ ! -e "$STORE" ]
  shm -q counter incr a
  shm counter get --default -1 a x
  assert_done $'1\n-1'
  shm counter get x --default seven
  assert_refused 2 seven
  shm -q value create v 5 --type int
  shm counter get v --default 7
  assert_refused 3 v
}

@test "set: to a number, one or many" {
  shm counter set x 41
  assert_done 41
  shm counter set x -3
  assert_done -3
  shm counter set x=1 y=-2 z=0
  assert_done $'1\n-2\n0'
  shm counter get x y z
  assert_done $'1\n-2\n0'
}

@test "set: a number is needed" {
  shm counter set x
  assert_refused 2 x
  shm counter set x y
  assert_refused 2 y
  shm counter set x=1 y
  assert_refused 2 y
  shm counter set
  assert_refused 2
}

@test "swap: prints what was there, 0 for a new counter" {
  shm counter swap x 5
  assert_done 0
  shm counter swap x 9
  assert_done 5
  shm counter swap x=1 y=2
  assert_done $'9\n0'
  assert_counter y 2
}

@test "cas: sets it if it holds OLD, else status 1 and nothing changed" {
  shm -q counter set x 5
  shm counter cas x 5 -6
  assert_done -6
  unchanged x -6 1 counter cas x 5 7
  shm -q counter cas x 5 7
  assert_status 1
  assert_no_stderr
  shm counter cas x -6 -6
  assert_done -6
}

@test "cas: a counter that is not there is status 1, and none is made" {
  shm -q counter incr other
  shm counter cas x 0 1
  assert_refused 1 x
  shm counter get x
  assert_refused 1 x
}

@test "cas: three words, two of them numbers" {
  shm counter cas x 1
  assert_refused 2
  shm counter cas x 1 2 3
  assert_refused 2
  shm counter cas x one 2
  assert_refused 2 one
}

@test "reset: back to the start that the counter was created with" {
  shm -q counter create x 5
  shm -q counter incr x=10 y=10
  shm counter reset x y
  assert_done $'5\n0'
  shm counter reset none x
  assert_status 1
  assert_stdout 5
  assert_stderr_line none
}

@test "max and min: raise and lower, never the other way; a new counter begins at the number" {
  shm counter max high 5
  assert_done 5
  shm counter max high 3
  assert_done 5
  shm counter max high 8
  assert_done 8
  shm counter min low -5
  assert_done -5
  shm counter min low 3
  assert_done -5
  shm counter min low -8
  assert_done -8
  shm counter max high=9 other=-4
  assert_done $'9\n-4'
}

@test "--existing never creates, --new never uses what is there; both together make no sense" {
  local verb
  for verb in incr decr set swap max min; do
    shm counter "$verb" --existing x=1
    assert_refused 1
    [ ! -e "$STORE" ]
  done
  for verb in incr decr set swap max min; do
    shm counter "$verb" --new "$verb=1"
    assert_status 0
    shm counter "$verb" --new "$verb=1"
    assert_refused 1 "$verb" exists
    shm counter "$verb" --existing "$verb=1"
    assert_status 0
    shm counter "$verb" --existing "none=1"
    assert_refused 1 none
    shm counter "$verb" --existing --new "$verb=1"
    assert_refused 2 --existing --new
  done
}

@test "create: at 0, or at its number; a name that is taken is status 1" {
  shm counter create x
  assert_done 0
  shm counter create y -12
  assert_done -12
  unchanged x 0 1 counter create x 5
  shm -q value create v --type int
  shm counter create v
  assert_refused 1 v
}

@test "create: without a number it starts at 0, or as near to it as its limits allow" {
  shm counter create a --min 3
  assert_done 3
  shm counter create b --max -3
  assert_done -3
  shm counter create c --min -1 --max 1
  assert_done 0
}

@test "create: limits that hold no number are status 2, a start outside them is status 3" {
  shm counter create x --min 2 --max 1
  assert_refused 2 x
  shm counter create x 5 --max 4
  assert_refused 3 x
  shm counter create x -5 --min -4
  assert_refused 3 x
  shm counter create x --min low
  assert_refused 2 low
  shm counter create x --on-limit stop
  assert_refused 2 stop fail saturate wrap
  shm counter create x 1 2
  assert_refused 2 2
  shm ls
  assert_done
}

@test "another kind of object is status 3 to every verb" {
  shm -q value create v 5 --type int
  local words
  for words in 'incr v' 'decr v' 'get v' 'set v 1' 'swap v 1' 'cas v 5 6' 'reset v' 'max v 9' 'min v 1'; do
    # shellcheck disable=SC2086 # several words
    shm counter $words
    assert_refused 3 v value
  done
  shm value get v
  assert_done 5
}

@test "a removed counter begins anew" {
  shm -q counter create x 5 --max 5
  shm rm x
  shm counter incr x
  assert_done 1
  shm counter incr x 10
  assert_done 11
}

#!/usr/bin/env bats
# shellcheck shell=bats
# The verbs of value: each type kept, its numbers read and printed exactly, the wrong type refused.

load ../helpers

setup() { own_store; }

# kept NAME VALUE STATUS WORDS...: the call is refused with one line, and NAME still holds VALUE
kept() {
  local name=$1 value=$2 status_wanted=$3
  shift 3
  shm "$@"
  assert_refused "$status_wanted"
  shm value get "$name"
  assert_done "$value"
}

@test "create: of each type, at 0 or false, or at its value" {
  shm value create i --type int
  assert_done 0
  shm value create u --type uint
  assert_done 0
  shm value create f --type float
  assert_done 0
  shm value create b --type bool
  assert_done false
  shm value create i2 -7 --type int
  assert_done -7
  shm value create f2 --type float 1.5
  assert_done 1.5
  shm value create b2 yes --type bool
  assert_done true
  shm value get i u f b i2 f2 b2
  assert_done $'0\n0\n0\nfalse\n-7\n1.5\ntrue'
}

@test "create: needs a type that is one, and a value of it; a name that is taken is status 1" {
  shm value create v
  assert_refused 2 --type
  shm value create v --type number
  assert_refused 2 number int uint float bool
  shm value create v --type
  assert_refused 2 --type
  shm value create v 1.5 --type int
  assert_refused 2 1.5
  shm value create v -1 --type uint
  assert_refused 3 -1
  shm value create v maybe --type bool
  assert_refused 2 maybe
  shm value create v 1,5 --type float
  assert_refused 2 1,5
  shm ls
  assert_done
  shm -q value create v 1 --type int
  kept v 1 1 value create v 2 --type int
  kept v 1 1 value create v 2 --type float
}

@test "set: keeps the type; --type makes a value that is not there" {
  shm value set v 5
  assert_refused 1 "$STORE"
  shm value set v 5 --type uint
  assert_done 5
  shm value set w 5
  assert_refused 1 w --type
  shm value set v 6
  assert_done 6
  shm value set v --type uint 7
  assert_done 7
  kept v 7 3 value set v 8 --type int
  kept v 7 3 value set v -8
  kept v 7 2 value set v 8.5
}

@test "set: --existing never creates, --new never uses what is there" {
  shm value set v 5 --type int --existing
  assert_refused 1
  [ ! -e "$STORE" ]
  shm value set v 5 --new
  assert_refused 2 --type
  shm value set v 5 --new --type int
  assert_done 5
  kept v 5 1 value set v 6 --new --type int
  shm value set v 6 --existing
  assert_done 6
  shm value set v 7 --existing --new
  assert_refused 2 --existing --new
}

@test "int: the whole of 64 bits, and no further" {
  shm value create v 9223372036854775807 --type int
  assert_done 9223372036854775807
  kept v 9223372036854775807 3 value add v 1
  kept v 9223372036854775807 3 value set v 9223372036854775808
  shm value set v -9223372036854775808
  assert_done -9223372036854775808
  kept v -9223372036854775808 3 value add v -1
  shm value add v 9223372036854775807
  assert_done -1
}

@test "uint: the whole of 64 bits, never below 0" {
  shm value create v 18446744073709551615 --type uint
  assert_done 18446744073709551615
  kept v 18446744073709551615 3 value add v 1
  kept v 18446744073709551615 3 value set v 18446744073709551616
  shm value add v -15
  assert_done 18446744073709551600
  shm value set v 5
  assert_done 5
  kept v 5 3 value add v -6
  kept v 5 3 value set v -1
  shm value add v -5
  assert_done 0
}

@test "float: printed as the shortest text that reads back the same" {
  shm value create v 0.1 --type float
  assert_done 0.1
  shm value add v 0.2
  assert_done 0.30000000000000004
  shm value set v -1e-5
  assert_done -1e-05
  shm value set v -.5
  assert_done -0.5
  shm value set v 1e308
  assert_done 1e+308
  kept v 1e+308 3 value add v 1e308
  kept v 1e+308 3 value set v 1e309
  kept v 1e+308 3 value set v inf
  kept v 1e+308 3 value set v nan
  kept v 1e+308 2 value set v 1.5.2
  shm value set v -- -0.0
  assert_done -0
  shm value cas v 0 1
  assert_done 1
}

@test "float: no locale has a say" {
  LC_ALL=de_DE.UTF-8 LC_NUMERIC=de_DE.UTF-8 LANG=de_DE.UTF-8 shm value create v 1.5 --type float
  assert_done 1.5
}

@test "bool: its words, and nothing that is half one" {
  shm -q value create v --type bool
  local pair
  for pair in true:true false:false 1:true 0:false yes:true no:false on:true off:false; do
    shm value set v "${pair%:*}"
    assert_done "${pair#*:}"
  done
  kept v false 2 value set v 2
  kept v false 2 value set v True
  kept v false 2 value set v ''
  kept v false 3 value add v 1
}

@test "swap: prints what was there; cas: sets it if it holds OLD" {
  shm -q value create v 1.5 --type float
  shm value swap v -2
  assert_done 1.5
  shm value cas v -2.0 3
  assert_done 3
  kept v 3 1 value cas v 4 5
  kept v 3 2 value cas v 3 five
  shm -q value create b true --type bool
  shm value swap b no
  assert_done true
  shm value cas b off on
  assert_done true
}

@test "swap, cas, add: a value that is not there is status 1, and none is made" {
  shm -q counter incr other
  shm value swap v 1
  assert_refused 1 v
  shm value cas v 0 1
  assert_refused 1 v
  shm value add v 1
  assert_refused 1 v
  shm ls --names
  assert_done other
}

@test "get: a name that is not there is status 1, or what --default says" {
  shm -q value create v 1 --type int
  shm value get v none v
  assert_status 1
  assert_stdout $'1\n1'
  assert_stderr_line none
  shm value get none v --default unknown
  assert_done $'unknown\n1'
  SHMCTL_STORE=$STORE-none shm value get v --default ''
  assert_done ''
  [ ! -e "$STORE-none" ]
  shm value get none --default -2.5 --json
  assert_done '{"name":"none","kind":"value","value":-2.5}'
  shm value get none --default true --json
  assert_done '{"name":"none","kind":"value","value":true}'
  shm value get none --default 1x --json
  assert_done '{"name":"none","kind":"value","value":"1x"}'
}

@test "get: of several names each is said once, a float among them too" {
  shm value create i --type int 5
  shm value create f --type float 2.5
  shm value get none i f gone b
  assert_status 1
  assert_stdout $'5\n2.5'
  assert_stderr_lines "'none'" "'gone'" "'b'"
}

@test "another kind of object is status 3 to every verb" {
  shm -q counter incr c
  local words
  for words in 'get c' 'set c 1' 'set c 1 --type int' 'swap c 1' 'cas c 1 2' 'add c 1'; do
    # shellcheck disable=SC2086 # several words
    shm value $words
    assert_refused 3 c counter
  done
  assert_counter c 1
}

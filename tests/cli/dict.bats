#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# dict: all verbs, with their words, options, formats and refusals.
load ../helpers

setup() { own_store; }

@test "what is set is got back, several keys in the order they are asked for" {
  shm dict set conf host=db1 port=5432 empty= eq=a=b
  assert_status 0
  assert_no_stdout
  shm dict get conf port host eq empty
  assert_status 0
  assert_stdout "5432
db1
a=b
"
  shm dict len conf
  assert_stdout 4
}

@test "a key that is not there is status 1, said once, and the others are printed" {
  shm dict set conf a=1
  shm dict get conf a nope
  assert_status 1
  assert_stdout 1
  assert_stderr_line "get from dict 'conf[nope]'"
  shm dict get conf nope -q
  assert_status 1
  assert_no_stdout
  shm dict get conf nope --default x
  assert_status 0
  assert_stdout x
  shm dict get nothing nope --default x
  assert_stdout x
  shm dict get nothing nope
  assert_status 1
}

@test "several values are one change, or none" {
  shm dict set conf a=1
  shm dict set conf b=2 a=3 --new
  assert_status 1
  shm dict set conf a=3 b=2 --existing
  assert_status 1
  shm dict items conf
  assert_stdout "a=1"
  shm dict set conf b=2 --new
  assert_status 0
  shm dict set conf a=3 --existing
  assert_status 0
  shm dict set other a=1 --existing
  assert_status 1
  shm dict set conf a=5 nonsense
  assert_status 2
  shm dict set conf =5
  assert_status 2
  shm dict items conf
  assert_stdout "a=3
b=2"
}

@test "any bytes go in and come out" {
  printf 'a\0b\n\377' | "$SHMCTL" dict set d 'odd=key' -
  "$SHMCTL" dict get d 'odd=key' --raw | cmp - <(printf 'a\0b\n\377')
  "$SHMCTL" dict clear d
  "$SHMCTL" dict update d -0 < <(printf 'k\n1\0v\n1\0\377\0\0')
  "$SHMCTL" dict items d -0 | cmp - <(printf 'k\n1\0v\n1\0\377\0\0')
}

@test "standard input is lines, or a JSON object" {
  printf 'b=2\na=x=y\nb=3\n' | "$SHMCTL" dict update d
  shm dict items d
  assert_stdout "a=x=y
b=3"
  echo ' {"s":"text","n":-7,"big":18446744073709551616,"r":1.50,"t":true,"u":"\u00e4","x":{"base64":"/w=="}}' |
    "$SHMCTL" dict update d -
  shm dict get d s n big r t u
  assert_stdout "text
-7
18446744073709551616
1.50
true
ä"
  "$SHMCTL" dict get d x --raw | cmp - <(printf '\377')
  printf '{"a":1,"b":null}' | { shm dict update d; assert_status 2; }
  printf '{"a":1' | { shm dict update d; assert_status 2; }
  printf '[1]' | { shm dict update d --json-input; assert_status 2; }
  printf 'no equals\n' | { shm dict update d; assert_status 2; }
  shm dict get d a
  assert_stdout "x=y"
}

@test "numbers are counted with, and made where they are not there" {
  shm dict incr hits home
  assert_stdout 1
  shm dict incr hits home 5
  assert_stdout 6
  shm dict incr hits home=-2 about=3 other
  assert_stdout "4
3
1"
  shm dict decr hits home
  assert_stdout 3
  shm dict decr hits home about=2
  assert_stdout "2
1"
  shm dict set hits text=007 large=9223372036854775807
  shm dict incr hits home text
  assert_status 3
  shm dict incr hits home large
  assert_status 3
  shm dict get hits home text
  assert_stdout "2
007"
  shm dict incr hits home nonsense=x
  assert_status 2
  shm dict incr nothing home --existing
  assert_status 1
}

@test "cas, swap and setdefault look at what is there" {
  shm dict setdefault d a first
  assert_stdout first
  shm dict setdefault d a second
  assert_stdout first
  shm dict swap d a third
  assert_stdout first
  shm dict cas d a first x
  assert_status 1
  shm dict cas d a third 4
  assert_status 0
  assert_no_stdout
  shm dict get d a
  assert_stdout 4
  shm dict swap d nope x
  assert_status 1
  shm dict cas d nope 1 2
  assert_status 1
}

@test "keys are removed, and taken with their values" {
  shm dict set d a=1 b=2 c=3
  shm dict del d a nope
  assert_status 0
  shm dict del d a nope
  assert_status 1
  shm dict getdel d b
  assert_stdout 2
  shm dict getdel d b
  assert_status 1
  shm dict contains d c
  assert_status 0
  shm dict contains d c a
  assert_status 1
  shm dict clear d
  assert_stdout 1
  shm dict len d
  assert_stdout 0
}

@test "what can't be written by getdel goes back" {
  shm dict set d a=1
  call bash -c "exec '$SHMCTL' dict getdel d a >/dev/full"
  assert_status 5
  shm dict get d a
  assert_stdout 1
}

@test "keys, values and items are sorted by the bytes of the keys" {
  shm dict set d b=2 a=x B=3 ab=4
  shm dict keys d
  assert_stdout "B
a
ab
b"
  shm dict values d
  assert_stdout "3
x
4
2"
  shm dict items d --prefix a
  assert_stdout "a=x
ab=4"
}

@test "in JSON, whole numbers are numbers and any bytes have a form" {
  shm dict set d n=-5 s=1.0 t=a
  shm dict items d --json
  assert_stdout '{"name":"d","kind":"dict","items":{"n":-5,"s":"1.0","t":"a"}}'
  shm dict keys d --json
  assert_stdout '{"name":"d","kind":"dict","keys":["n","s","t"]}'
  shm dict values d --json
  assert_stdout '{"name":"d","kind":"dict","values":[-5,"1.0","a"]}'
  shm dict get d n t --json
  assert_stdout '{"name":"d","kind":"dict","key":"n","value":-5}
{"name":"d","kind":"dict","key":"t","value":"a"}'
  "$SHMCTL" dict clear d -q
  printf '\377\0\377\0' | "$SHMCTL" dict update d -0
  shm dict items d --json
  assert_stdout '{"name":"d","kind":"dict","items":{},"others":[{"key_base64":"/w==","value":{"base64":"/w=="}}]}'
  shm dict incr d a --json
  assert_stdout '{"name":"d","kind":"dict","key":"a","value":1}'
}

@test "a key ends by itself" {
  shm dict set d a=1 --ttl 1h
  shm dict set d b=2
  shm dict ttl d b
  assert_stdout never
  shm dict ttl d a
  [[ $(cat "$OUT") == 3[56]??.* ]]
  shm dict expire d a never
  shm dict ttl d a
  assert_stdout never
  shm dict expire d a 1ms
  ended() { [ "$("$SHMCTL" dict len d)" = 1 ]; }
  until_true ended
  shm dict get d a
  assert_status 1
  shm dict expire d a 1h
  assert_status 1
  shm dict set d a=1 --ttl 0
  assert_status 2
}

@test "who waits for a key gets it when it is there" {
  "$SHMCTL" dict get d ready --wait 30s >"$BATS_TEST_TMPDIR/got" &
  local waiting=$!
  shm dict set d ready=yes
  wait "$waiting"
  [ "$(cat "$BATS_TEST_TMPDIR/got")" = yes ]
  shm dict get d never --wait 10ms
  assert_status 124
  shm dict getdel d never --wait 10ms
  assert_status 124
  shm dict del d never --wait 10ms
  assert_status 124
  "$SHMCTL" dict getdel d other --wait 30s >"$BATS_TEST_TMPDIR/got" &
  waiting=$!
  shm dict set d other=too
  wait "$waiting"
  [ "$(cat "$BATS_TEST_TMPDIR/got")" = too ]
}

@test "limits are status 5, and nothing is changed then" {
  shm dict create d --max-items 2 --max-bytes 1K
  shm dict set d a=1 b=2
  shm dict set d a=3 c=3
  assert_status 5
  shm dict incr d c
  assert_status 5
  printf '%2000s' x | { shm dict set d a -; assert_status 5; }
  shm dict items d
  assert_stdout "a=1
b=2"
  shm dict create d
  assert_status 1
  shm stat d
  [[ $out == *"max-items: 2"* && $out == *"max-bytes: 1024"* ]]
}

@test "a dict is one of the kinds" {
  shm dict set d a=1
  shm queue len d
  assert_status 3
  shm counter incr c
  shm dict get c a
  assert_status 3
  shm ls
  [[ $out == *dict*"1 key"* ]]
  shm dict set d b=text n=5 --ttl 1h
  printf '\377\0\0' | "$SHMCTL" dict update d -0
  "$SHMCTL" dump d >"$BATS_TEST_TMPDIR/dump"
  shm rm d
  "$SHMCTL" load <"$BATS_TEST_TMPDIR/dump"
  "$SHMCTL" dump d | cmp - "$BATS_TEST_TMPDIR/dump"
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Writing objects down and making them again.

load ../helpers

setup() {
  own_store
  OTHER=$BATS_TEST_TMPDIR/other
}

# again: what dump says is loaded into another store, and what dump says there is the same
again() {
  inside "$SHMCTL" dump >"$BATS_TEST_TMPDIR/dump" || fail "dump failed"
  shm --store "$OTHER" load "$BATS_TEST_TMPDIR/dump"
  assert_done
  shm --store "$OTHER" dump
  assert_status 0
  cmp "$OUT" "$BATS_TEST_TMPDIR/dump" || fail "what was loaded is something else"
  shm --store "$OTHER" doctor
  assert_status 0
}

# loads LINE...: on standard input
loads() {
  printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/lines"
  call "$SHMCTL" load "$BATS_TEST_TMPDIR/lines"
}
counter_line() { printf '{"shmctl":1,"name":"%s","kind":"counter","value":%s}' "$1" "$2"; }

# --- there and back --------------------------------------------------------------------------------------------------

@test "dump | load: numbers to their last bit" {
  local number
  for number in 0 1 -1 9223372036854775807 -9223372036854775808 9007199254740993; do
    shm -q counter create "c$number" -- "$number"
    shm -q value create "i$number" --type int -- "$number"
  done
  shm -q value create u --type uint 18446744073709551615
  for number in 0.1 -0.0 1 1e300 5e-324 1.7976931348623157e308 -2.2250738585072014e-308 123456789.123456789; do
    shm -q value create "f$number" --type float -- "$number"
  done
  shm -q value create yes --type bool true
  shm -q value create no --type bool false
  shm -q counter create limited --min -5 --max 9223372036854775806 --on-limit wrap 7
  again
  shm --store "$OTHER" value get f-0.0
  assert_done -0
  shm --store "$OTHER" counter decr limited 13
  assert_done 9223372036854775806
}

@test "dump | load: texts, bytes of all values, nothing, and a MiB" {
  local i
  for ((i = 0; i < 256; i++)); do printf '%b' "\\x$(printf '%02x' "$i")"; done >"$BATS_TEST_TMPDIR/all"
  inside "$SHMCTL" -q value create all --type bytes - <"$BATS_TEST_TMPDIR/all"
  head -c 1048576 /dev/urandom | inside "$SHMCTL" -q value create large --type bytes -
  shm -q value create none --type bytes ''
  shm -q value create empty --type text ''
  shm -q value create text --type text $'a "quoted"\\ line\n\ttwo \001 \177 h\303\244 \360\237\230\200'
  shm -q value create ending --type text x --ttl 1h
  again
  inside "$SHMCTL" --store "$OTHER" value get all | cmp - "$BATS_TEST_TMPDIR/all"
}

@test "dump | load: queues with all states, keys, limits and counts" {
  shm -q queue create jobs --max-items 50 --max-bytes 1M --ttr 30s --max-attempts 2 --mode 644
  shm -q queue push jobs a b c d e
  shm -q queue push --priority -9223372036854775808 jobs last
  shm -q queue push --priority 9223372036854775807 --unique 'the key' jobs first
  printf 'x\377\0y' | inside "$SHMCTL" -q queue push --whole jobs -
  head -c 100000 /dev/urandom | inside "$SHMCTL" -q queue push --whole jobs -
  shm -q queue pop jobs
  shm -q queue push --unique 'the key' jobs again
  inside "$SHMCTL" -q queue take jobs --owner $$ --count 3
  shm -q queue bury jobs 2
  shm -q queue release jobs 1 --delay 1h
  shm -q queue create empty
  again
  inside "$SHMCTL" queue release jobs 3 2>/dev/null || true
  shm --store "$OTHER" queue push --unique 'the key' jobs more
  assert_refused 1
  shm --store "$OTHER" queue stats jobs
  [[ $out == *"delayed: 1"*"buried: 1"*"max-attempts: 2"* ]] || fail "lost: $out"
}

@test "dump | load: lists" {
  shm -q list create limited --max-items 9 --max-bytes 1000
  shm -q list append limited '' x $'line\nbreak'
  printf 'a\377\0' | inside "$SHMCTL" -q list append limited --whole -
  seq 5000 | inside "$SHMCTL" -q list append many -
  shm -q list create empty
  again
}

@test "dump | load: dicts" {
  shm -q dict create limited --max-items 9 --max-bytes 1000
  shm -q dict set limited '' 2>/dev/null || true
  shm -q dict set limited a= b=x c=-9223372036854775808 d=9223372036854775808 e=007 f=-0
  shm -q dict set limited --ttl 1h ending=soon
  seq -f 'key%g=%g' 3000 | inside "$SHMCTL" -q dict update many -
  shm -q dict create empty
  again
  shm --store "$OTHER" dict incr limited c
  assert_done -9223372036854775807
}

@test "dump | load: arrays of all types" {
  local type
  for type in int8 uint8 int16 uint16 int32 uint32 int64 uint64 float double; do
    shm -q array create "$type" "$type" 20
  done
  shm -q array set int8 0 -128
  shm -q array set uint8 1 255
  shm -q array set int64 2 -9223372036854775808
  shm -q array set uint64 3 18446744073709551615
  shm -q array set float 4 0.1
  shm -q array set float 5 3.4028235e38
  shm -q array set double -1 -- -0.0
  shm -q array set double 1 5e-324
  shm -q array create none int8 0
  again
}

@test "dump | load: blocks" {
  shm -q block create zeros 100000
  shm -q block create block 5000
  head -c 3000 /dev/urandom | inside "$SHMCTL" -q block write block 1000
  again
  inside "$SHMCTL" block read block | cmp - <(inside "$SHMCTL" --store "$OTHER" block read block)
}

@test "dump | load: random content of every kind" {
  local i
  for ((i = 0; i < 12; i++)); do
    shm -q counter set "counter$i" "$((RANDOM * RANDOM - RANDOM * RANDOM))"
    head -c $((RANDOM % 3000)) /dev/urandom | inside "$SHMCTL" -q value create "bytes$i" --type bytes -
    head -c $((RANDOM % 3000)) /dev/urandom | tr -d '\0' | inside "$SHMCTL" -q queue push "queue$i" -
    head -c $((RANDOM % 3000)) /dev/urandom | inside "$SHMCTL" -q list append "list$i" -
  done
  again
}

@test "dump | load: mode and group" {
  need_root
  shm -q counter create open --mode 664 --group "$TEAM"
  shm -q queue create jobs --mode 640 --group "$TEAM"
  shm -q list create own --mode 600
  again
  [ "$(stat -c '%a %g' "$OTHER/open" "$OTHER/jobs" "$OTHER/own" | xargs)" = "664 $TEAM_GID 640 $TEAM_GID 600 $(id -g)" ]
}

# --- dump ------------------------------------------------------------------------------------------------------------

@test "dump: by name, some of them, and of one kind" {
  shm dump
  assert_done
  shm -q counter set web2 2
  shm -q counter set web1 1
  shm -q list append web3 x
  shm dump 'web[12]'
  assert_done '{"shmctl":1,"name":"web1","kind":"counter","mode":"0600","min":-9223372036854775808,"max":9223372036854775807,"on_limit":"fail","start":0,"value":1}
{"shmctl":1,"name":"web2","kind":"counter","mode":"0600","min":-9223372036854775808,"max":9223372036854775807,"on_limit":"fail","start":0,"value":2}'
  shm dump --kind list
  assert_done '{"shmctl":1,"name":"web3","kind":"list","mode":"0600","max_items":null,"max_bytes":null,"items":["x"]}'
  shm dump --kind nothing
  assert_refused 2
}

@test "dump: what can't be read is reported, the rest is written" {
  shm -q counter set hits 1
  printf noise >"$STORE/broken"
  shm dump
  assert_status 4
  assert_stderr_line broken
  [[ $out == *'"name":"hits"'* ]]
}

@test "dump: a text whose time is over is not there" {
  shm -q value create old --type text x --ttl 1ms
  until_true gone old
  shm dump
  assert_done
}
gone() { ! inside "$SHMCTL" -q value get "$1" >/dev/null 2>&1; }

# --- load ------------------------------------------------------------------------------------------------------------

@test "load: from standard input, with fields left out, and with other names" {
  counter_line hits 5 >"$BATS_TEST_TMPDIR/line"
  call bash -c '"$SHMCTL" load <"$1" && "$SHMCTL" load --prefix old. - <"$1"' load "$BATS_TEST_TMPDIR/line"
  assert_done
  assert_counter hits 5
  assert_counter old.hits 5
  loads '' '  ' "$(counter_line blank 1)"
  assert_done
}

@test "load: a name that is taken is refused, left, or replaced" {
  shm -q queue push hits item
  loads "$(counter_line hits 5)" "$(counter_line other 6)"
  assert_refused 1 hits exists
  assert_counter other 6
  shm load --skip-existing "$BATS_TEST_TMPDIR/lines"
  assert_done
  shm queue len hits
  assert_done 1
  shm load --force "$BATS_TEST_TMPDIR/lines"
  assert_done
  assert_counter hits 5
  shm load --force --skip-existing "$BATS_TEST_TMPDIR/lines"
  assert_refused 2
  shm rm hits other
  [ -z "$(ls -A "$STORE")" ] || fail "something is left: $(ls -A "$STORE")"
}

@test "load: a line that makes no sense is named, and nothing is made" {
  local bad
  for bad in 'x' '{' '[]' '1' '{}' '{"shmctl":2,"name":"a","kind":"counter","value":1}' \
    '{"shmctl":1,"name":"a b","kind":"counter","value":1}' '{"shmctl":1,"name":",new,0123456789abcdef","kind":"counter","value":1}' \
    '{"shmctl":1,"name":"a","kind":"nothing","value":1}' '{"shmctl":1,"name":"a","kind":"counter"}' \
    '{"shmctl":1,"name":"a","kind":"counter","value":1.5}' '{"shmctl":1,"name":"a","kind":"counter","value":9223372036854775808}' \
    '{"shmctl":1,"name":"a","kind":"counter","value":"1"}' '{"shmctl":1,"name":"a","kind":"counter","value":1,"other":2}' \
    '{"shmctl":1,"name":"a","kind":"counter","value":1,"value":2}' '{"shmctl":1,"name":"a","kind":"counter","value":11,"max":10}' \
    '{"shmctl":1,"name":"a","kind":"counter","value":1,"mode":"666"}' '{"shmctl":1,"name":"a","kind":"counter","value":1,"on_limit":"x"}' \
    '{"shmctl":1,"name":"a","kind":"value","type":"int","value":true}' '{"shmctl":1,"name":"a","kind":"value","type":"int","value":1.5}' \
    '{"shmctl":1,"name":"a","kind":"value","type":"text","value_base64":"/w=="}' '{"shmctl":1,"name":"a","kind":"value","type":"bytes","value_base64":"?"}' \
    '{"shmctl":1,"name":"a","kind":"value","type":"none","value":1}' '{"shmctl":1,"name":"a","kind":"queue","items":[{"id":1,"state":"held","item":"x"}]}' \
    '{"shmctl":1,"name":"a","kind":"queue","items":[{"id":0,"state":"ready","item":"x"}]}' \
    '{"shmctl":1,"name":"a","kind":"queue","items":[{"id":1,"state":"ready","item":"x"},{"id":1,"state":"ready","item":"x"}]}' \
    '{"shmctl":1,"name":"a","kind":"queue","max_items":1,"items":[{"id":1,"state":"ready","item":"x"},{"id":2,"state":"ready","item":"x"}]}' \
    '{"shmctl":1,"name":"a","kind":"queue","last_id":1,"items":[{"id":2,"state":"ready","item":"x"}]}' \
    '{"shmctl":1,"name":"a","kind":"list","items":[1]}' '{"shmctl":1,"name":"a","kind":"list","items":{}}' \
    '{"shmctl":1,"name":"a","kind":"list","max_items":0,"items":[]}' "$(counter_line first 1)"; do
    loads "$(counter_line first 1)" "$bad"
    assert_refused 2 "line 2"
  done
  [ ! -e "$STORE" ] || fail "something was made"
  shm load "$BATS_TEST_TMPDIR/nothing"
  assert_refused 1 nothing
}

@test "load: killed at any moment, each object is whole or not there, and doctor removes the rest" {
  local i name
  for ((i = 0; i < 6; i++)); do seq 4000 | inside "$SHMCTL" -q queue push "queue$i" -; done
  shm dump
  cp "$OUT" "$BATS_TEST_TMPDIR/dump"
  for i in 01 02 03 04 05 06 08 10 12 15 20 30; do
    timeout -s KILL "0.0$i" "$SHMCTL" --store "$OTHER" load --skip-existing "$BATS_TEST_TMPDIR/dump" 2>/dev/null 3>&- || true
    timeout -s KILL "0.0$i" "$SHMCTL" --store "$OTHER" load --force "$BATS_TEST_TMPDIR/dump" 2>/dev/null 3>&- || true
    if [ -e "$OTHER" ]; then
      for name in $(inside "$SHMCTL" --store "$OTHER" ls --names); do
        shm --store "$OTHER" queue len "$name"
        assert_done 4000
      done
    fi
  done
  shm --store "$OTHER" load --force "$BATS_TEST_TMPDIR/dump"
  assert_done
  find "$OTHER" -type f -exec touch -d '1 hour ago' {} +
  shm --store "$OTHER" doctor --fix
  assert_status 0
  [ "$(find "$OTHER" -mindepth 1 | wc -l)" = 12 ] || fail "something is left: $(ls -A "$OTHER")"
  shm --store "$OTHER" dump
  cmp "$OUT" "$BATS_TEST_TMPDIR/dump"
}

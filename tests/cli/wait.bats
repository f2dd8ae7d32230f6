#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Waiting for what happens to objects, and watching them.

load ../helpers

setup() { own_store; }

# now CONDITION NAME STATUS: what a single look says
now() {
  shm -q wait "$2" "$1" --timeout 0
  [ "$status" = "$3" ] || fail "$2 $1: not $3"
}

# in_background WORDS...: shmctl, its output in $BATS_TEST_TMPDIR/seen
in_background() {
  "$SHMCTL" "$@" >"$BATS_TEST_TMPDIR/seen" 2>"$BATS_TEST_TMPDIR/said" 3>&- &
  BACKGROUND=$!
}
# ended STATUS: it ends with that
ended() {
  local found=0
  wait "$BACKGROUND" || found=$?
  [ "$found" = "$1" ] || fail "status $found, not $1: $(cat "$BATS_TEST_TMPDIR/said")"
}
seen() { [ "$(cat "$BATS_TEST_TMPDIR/seen")" = "$1" ]; }
# It has looked and waits: nothing else makes it sleep. (Before it is the program, it is a shell.)
asleep() {
  local status
  status=$(<"/proc/$BACKGROUND/status")
  [[ $status =~ Name:[[:space:]]+"${SHMCTL##*/}" && $status =~ State:[[:space:]]+S ]]
}

# --- wait ------------------------------------------------------------------------------------------------------------

@test "wait: numbers" {
  shm -q counter set hits -5
  local yes
  for yes in '>=-5' '<=-5' '==-5' '!=5' '<-4' '>-6' '<0.5' '>-5.5' '<18446744073709551615' exists; do now "$yes" hits 0; done
  for no in '>-5' '<-5' '!=-5' '==5' '<=-6' '>=-4' absent changed; do now "$no" hits 1; done
  shm -q value create big --type uint 18446744073709551615
  now '==18446744073709551615' big 0
  now '>18446744073709551614' big 0
  now '==18446744073709551614' big 1
  shm -q value create ratio --type float 0.1
  now '==0.1' ratio 0
  now '<0.1' ratio 1
  shm -q value create flag --type bool true
  now '==true' flag 0
  now '!=true' flag 1
}

@test "wait: what an object can't be is refused" {
  shm -q counter set hits 1
  shm wait hits empty
  assert_refused 3 hits
  shm wait hits '==many'
  assert_refused 2 many
  shm -q value create text --type text x
  shm wait text '>5'
  assert_refused 3 text
  shm -q value create flag --type bool true
  shm wait flag '<true'
  assert_refused 2
  for words in '' '=5' '=>5' 'full' '>' '>x' '5'; do
    shm wait hits "$words"
    assert_refused 2
  done
  shm wait 'no name' exists
  assert_refused 2
}

@test "wait: texts and bytes" {
  shm -q value create text --type text 'two words'
  now '==two words' text 0
  now '!=two words' text 1
  now '==two' text 1
  now empty text 1
  shm -q value set text ''
  now empty text 0
  now '==' text 0
}

@test "wait: how many items there are" {
  shm -q queue push jobs a b c
  shm -q list append list x
  now '>=3' jobs 0
  now '==1' list 0
  now empty jobs 1
  shm -q queue pop --count 3 jobs
  now empty jobs 0
  shm -q list clear list
  now empty list 0
}

@test "wait: the state is printed" {
  shm -q counter set hits 3
  shm wait hits '>2'
  assert_done 3
  shm -q wait hits '>2'
  assert_done
  shm wait --json hits '>2'
  assert_done '{"name":"hits","kind":"counter","value":3}'
  shm -q queue push jobs a b
  shm wait jobs exists
  assert_done '{"name":"jobs","kind":"queue","len":2,"other":0}'
  shm wait nobody absent
  assert_done
}

@test "wait: for a store, an object, and what it holds" {
  in_background wait hits --timeout 20 '>=2'
  until_true asleep
  shm -q counter incr hits
  until_true asleep
  shm -q counter incr hits
  ended 0
  seen 2
}

@test "wait: for changes of each kind" {
  shm -q counter set hits 1
  shm -q value create text --type text a
  shm -q queue push jobs a
  shm -q list append list a
  shm -q dict set dict a=1
  shm -q array create array uint8 9
  shm -q block create block 9
  local -A change=([hits]='counter incr hits' [text]='value set text b' [jobs]='queue push jobs b'
    [list]='list append list b' [dict]='dict set dict a=2' [array]='array add array 3 1'
    [block]='block write block 0' [new]='counter incr new')
  for name in "${!change[@]}"; do
    in_background -q wait "$name" changed --timeout 20
    until_true asleep
    # shellcheck disable=SC2086
    call "$SHMCTL" -q ${change[$name]} < <(printf x)
    ended 0
  done
}

@test "wait: until it is gone, by rm, by rename, and by its end" {
  for way in 'rm jobs' 'rename jobs other'; do
    shm -q queue push jobs a
    in_background wait jobs absent --timeout 20
    until_true asleep
    # shellcheck disable=SC2086
    shm $way
    ended 0
    seen ''
  done
  shm -q value create text --type text a --ttl 100ms
  shm wait text absent --timeout 10
  assert_done
}

@test "wait: the time to wait ends with 124" {
  shm -q counter set hits 1
  shm wait hits '>1' --timeout 50ms
  assert_refused 124 hits
  shm wait nobody exists --timeout 50ms
  assert_refused 124 nobody
  shm wait nobody exists --timeout 0
  assert_refused 1 nobody
  shm -q wait nobody exists --timeout 0
  assert_status 1
  assert_no_stderr
}

# --- watch -----------------------------------------------------------------------------------------------------------

@test "watch: a line at once, and one after each change" {
  shm -q counter set hits 1
  in_background watch hits --timeout 30
  until_true seen 1
  shm -q counter incr hits
  until_true seen $'1\n2'
  shm -q counter incr hits
  until_true seen $'1\n2\n3'
  shm rm hits
  ended 1
  grep -q "removed" "$BATS_TEST_TMPDIR/said"
}

@test "watch: goes on under another name" {
  shm -q queue push jobs a
  in_background watch jobs --timeout 30 --count 3
  until_true seen '{"name":"jobs","kind":"queue","len":1,"other":0}'
  shm rename jobs work
  shm -q queue push work b
  until_true grep -q '"len":2' "$BATS_TEST_TMPDIR/seen" # two changes that follow at once may be one line
  shm -q queue pop --count 2 work
  ended 0
  tail -n 1 "$BATS_TEST_TMPDIR/seen" | grep -q '"name":"work","kind":"queue","len":0'
}

@test "watch: texts, bytes and their JSON" {
  printf '\377' | inside "$SHMCTL" -q value create raw --type bytes -
  shm watch --count 1 --json raw
  assert_done '{"name":"raw","kind":"value","type":"bytes","value_base64":"/w=="}'
  shm -q value create text --type text a
  shm watch --count 1 text
  assert_done a
}

@test "watch: the last state is never missed" {
  shm -q counter set hits 0
  in_background watch hits --timeout 30
  until_true seen 0
  local i
  for ((i = 0; i < 200; i++)); do inside "$SHMCTL" -q counter incr hits; done
  until_true last_is 200
  shm rm hits
  ended 1
}
last_is() { [ "$(tail -n 1 "$BATS_TEST_TMPDIR/seen")" = "$1" ]; }

@test "watch: who is absent, and the end of its time" {
  shm -q counter set hits 1
  shm watch nobody
  assert_refused 1 nobody
  shm watch hits --timeout 50ms
  assert_status 124
  [ "$out" = 1 ]
  shm watch hits --count 0
  assert_refused 2
}

@test "watch: ends quietly when nobody reads" {
  shm -q counter set hits 1
  inside bash -c '"$SHMCTL" watch hits | head -n 1; echo "${PIPESTATUS[0]}"' >"$BATS_TEST_TMPDIR/seen" 3>&- &
  until_true seen $'1\n0'
  wait
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# queue: push, pop, peek, len, items, clear and stats, with their words, options, formats and refusals.

load ../helpers

setup() { own_store; }

# push WORDS...: pushes them to queue q
push() { "$SHMCTL" queue push q "$@" || fail "can't push $*"; }

# assert_len NAME N: read by another call
assert_len() {
  local found
  found=$("$SHMCTL" queue len "$1" 2>&1) || true
  [ "$found" = "$2" ] || fail "queue $1 has $found items, not $2"
}

# --- push and pop ----------------------------------------------------------------------------------------------------

@test "push is silent and makes the queue; pop gives what came first" {
  shm queue push q one
  assert_done
  shm queue push q 'two words' three
  assert_done
  shm queue pop q
  assert_done one
  shm queue pop q
  assert_done 'two words'
  shm queue pop q
  assert_done three
  shm queue pop q
  assert_refused 1 q 'no item is ready'
  shm -q queue pop q
  assert_status 1
  assert_no_stderr
}

@test "pop and peek: --count gives up to so many, --back from the other end" {
  push a b c d e
  shm queue peek q
  assert_done a
  shm queue peek q --back --count 2
  assert_done $'e\nd'
  shm queue pop q --count 2
  assert_done $'a\nb'
  shm queue pop --back q
  assert_done e
  shm queue peek q --count 9
  assert_done $'c\nd'
  shm queue pop q --count 9 --back
  assert_done $'d\nc'
  shm queue peek q
  assert_refused 1 q
  shm -q queue peek q
  assert_status 1
  assert_no_stderr
}

@test "formats: --raw, -0, --json and -q" {
  push a b c '' d
  shm queue pop q --raw
  assert_bytes a
  shm queue pop q -0 --count 3
  assert_bytes 'b\0c\0\0'
  shm -q queue pop q
  assert_done
  assert_len q 0
  push x y
  shm queue peek q --count 2 --json
  assert_done '{"name":"q","kind":"queue","id":6,"item":"x","attempts":0,"priority":0}
{"name":"q","kind":"queue","id":7,"item":"y","attempts":0,"priority":0}'
  shm queue pop q --json
  assert_done '{"name":"q","kind":"queue","id":6,"item":"x","attempts":0,"priority":0}'
}

@test "--json: what push, len, clear, create and kick say" {
  shm queue create c --max-items 5 --json
  assert_done '{"name":"c","kind":"queue","max-items":5,"max-bytes":null,"ttr":null,"max-attempts":null}'
  shm queue push q a b --json
  assert_done '{"name":"q","kind":"queue","ids":[1,2],"len":2}'
  shm queue push q --front c d --json
  assert_done '{"name":"q","kind":"queue","ids":[4,3],"len":4}'
  shm -q queue push q e --json
  assert_done
  shm queue len q --json
  assert_done '{"name":"q","kind":"queue","len":5}'
  shm queue kick q --json
  assert_done '{"name":"q","kind":"queue","kicked":0}'
  shm queue clear q --json
  assert_done '{"name":"q","kind":"queue","cleared":5}'
}

@test "--json: what every verb of queues prints is JSON, one object a line" {
  need jq
  local words
  for words in 'create c --ttr 90s --max-attempts 3 --max-bytes 1M' 'push q a b c d e f' 'len q c' 'peek q --count 9' \
    'take q --count 5 --owner 1' 'touch q 1' 'release q 1' 'release q 2 --delay 1h' 'bury q 3' 'ack q 4 5' 'items q' \
    'items c' 'stats q' 'kick q 3' 'pop q' 'clear q'; do
    # shellcheck disable=SC2086 # several words
    shm queue $words --json
    assert_status 0
    assert_no_stderr
    [ "$(jq -s length "$OUT")" = "$(wc -l <"$OUT")" ] || fail "not JSON, or not one object a line"
  done
}

@test "--json: bytes that are no UTF-8 are item_base64" {
  push $'gr\xc3\xbcn' $'latin \xfc'
  shm queue pop q --json
  assert_done $'{"name":"q","kind":"queue","id":1,"item":"gr\xc3\xbcn","attempts":0,"priority":0}'
  shm queue pop q --json
  assert_done '{"name":"q","kind":"queue","id":2,"item_base64":"bGF0aW4g/A==","attempts":0,"priority":0}'
}

@test "--front: before the others, in their order; --priority: higher first" {
  push a b
  push --front c d
  shm queue pop q --count 9
  assert_done $'c\nd\na\nb'
  push normal
  push low --priority -5
  push high --priority 9223372036854775807
  push first --front
  push --priority=-5 lower
  shm queue pop q --count 9
  assert_done $'high\nfirst\nnormal\nlow\nlower'
  shm queue push q x --priority 1.5
  assert_refused 2 '1.5'
  shm queue push q x --priority 9223372036854775808
  assert_refused 2 9223372036854775808
}

@test "--unique: only while no item has that key, in whatever state it is" {
  shm queue push q rebuild --unique index
  assert_done
  shm queue push q again --unique index
  assert_refused 1 q key
  shm -q queue push q again --unique index
  assert_status 1
  assert_no_stderr
  shm queue push q other --unique 'in dex'
  assert_done
  shm queue take q --owner $$
  assert_done $'1\trebuild'
  shm queue push q again --unique index
  assert_refused 1 q key
  shm queue ack q 1
  assert_done
  shm queue push q again --unique index
  assert_done
  shm queue items q --json
  [[ $out == *'"key":"in dex"'*'"key":"index"'* ]] || fail "no keys"
  shm queue push q a b --unique k
  assert_refused 2 --unique
  shm queue push q a --unique ''
  assert_refused 2 --unique
}

@test "--existing: a queue that is not there is status 1, and none is made" {
  shm queue push q a --existing
  assert_refused 1 "$STORE"
  [ ! -e "$STORE" ]
  push a
  shm queue push q b --existing
  assert_done
  shm queue push none b --existing
  assert_refused 1 none
  shm queue len none
  assert_refused 1 none
  assert_len q 2
}

@test "a queue that is not there: status 1 to every verb but push" {
  push a
  local words
  for words in 'pop none' 'peek none' 'len none' 'items none' 'clear none' 'stats none' 'take none' 'ack none 1' \
    'release none 1' 'bury none 1' 'touch none 1' 'kick none'; do
    # shellcheck disable=SC2086 # several words
    shm queue $words
    assert_refused 1 none
  done
  shm ls --names
  assert_done q
}

@test "no store at all: status 1, and none is made" {
  local verb
  for verb in pop peek len items clear stats take kick; do
    shm queue "$verb" q
    assert_refused 1 "$STORE"
    [ ! -e "$STORE" ]
  done
}

@test "items that look like something else: empty, a dash, options, numbers" {
  shm queue push q ''
  assert_done
  shm queue push q -- -x --wait -
  assert_refused 2 standard input
  shm queue push q -- -x --wait
  assert_done
  shm queue push q -5
  assert_done
  shm queue pop q -0 --count 9
  assert_bytes '\0-x\0--wait\0-5\0'
  shm queue push q
  assert_refused 2 ITEM
  shm queue push
  assert_refused 2 NAME
}

# --- looking ---------------------------------------------------------------------------------------------------------

@test "len: several names, one number a line; what is not there is told, the rest is done" {
  "$SHMCTL" queue push a 1 2 3
  "$SHMCTL" queue push b 1
  shm queue len a b
  assert_done $'3\n1'
  shm queue len a none b
  assert_status 1
  assert_stdout $'3\n1'
  assert_stderr_line none
}

@test "items: a table with states, --state, --json, -0" {
  push ready held buried delayed $'tab\there'
  "$SHMCTL" -q queue take q --owner $$ --count 4 --ttr 1h
  "$SHMCTL" queue release q 1
  "$SHMCTL" queue bury q 3
  "$SHMCTL" queue release q 4 --delay 1h
  shm queue items q
  assert_status 0
  assert_no_stderr
  local table
  table=$(tr -s ' ' <"$OUT")
  [ "$table" = "ID STATE ATTEMPTS PRIORITY OWNER DUE ITEM
1 ready 1 0 - - ready
5 ready 0 0 - - tab?here
2 held 1 0 $$ 59 min held
4 delayed 1 0 - 59 min delayed
3 buried 1 0 - - buried" ] || fail "another table"
  shm queue items q --state held -0
  assert_bytes '2\0held\0'
  shm queue items q --state ready -0
  assert_bytes '1\0ready\0005\0tab\there\0'
  shm queue items q --state buried --json
  assert_done '{"name":"q","kind":"queue","id":3,"item":"buried","attempts":1,"priority":0,"state":"buried"}'
  shm queue items q --state held --json
  [[ $out == *'"attempts":1,"priority":0,"state":"held","owner":'"$$"',"due_in":3'* ]] ||
    fail "another object"
  shm queue items q --state all -0
  [ "$(tr -cd '\0' <"$OUT" | wc -c)" = 10 ]
  shm queue items q --state lost
  assert_refused 2 lost
  shm queue items q --state reddy
  assert_refused 2 ready
  shm queue create empty
  shm queue items empty
  assert_done
}

@test "stats: what is there, what has been, and the limits" {
  "$SHMCTL" queue create q --max-items 100 --max-bytes 64K --ttr 90s --max-attempts 3
  push aa bb cc dd
  "$SHMCTL" -q queue pop q
  "$SHMCTL" -q queue take q --owner $$ --count 2
  "$SHMCTL" queue ack q 2
  "$SHMCTL" queue release q 3
  shm queue stats q
  assert_done 'ready: 2
held: 0
delayed: 0
buried: 0
bytes: 4
pushed: 4
popped: 1
acknowledged: 1
released: 1
returned: 0
expired: 0
max-items: 100
max-bytes: 65536
ttr: 90 s
max-attempts: 3'
  shm queue stats q --json
  local line='{"name":"q","kind":"queue","ready":2,"held":0,"delayed":0,"buried":0,"bytes":4,"pushed":4,"popped":1,'
  line+='"acknowledged":1,"released":1,"returned":0,"expired":0,'
  assert_done "$line"'"max-items":100,"max-bytes":65536,"ttr":90,"max-attempts":3}'
  "$SHMCTL" queue push other x
  shm queue stats other
  [[ $out == *$'max-items: none\nmax-bytes: none\nttr: none\nmax-attempts: none' ]]
}

@test "clear: items of all states; prints how many" {
  push a b c d
  "$SHMCTL" -q queue take q --owner $$ --count 2
  "$SHMCTL" queue bury q 1
  shm queue clear q
  assert_done 4
  shm queue items q
  assert_done
  shm queue ack q 2
  assert_refused 1 q
  shm queue clear q
  assert_done 0
}

@test "another kind of object is status 3 to every verb; a queue is status 3 to theirs" {
  "$SHMCTL" -q counter set c 5
  local words
  for words in 'push c a' 'pop c' 'pop c --wait 5' 'peek c' 'len c' 'items c' 'clear c' 'stats c' 'take c --owner 1' \
    'ack c 1' 'release c 1' 'bury c 1' 'touch c 1' 'kick c'; do
    # shellcheck disable=SC2086 # several words
    shm queue $words
    assert_refused 3 c counter
  done
  push a
  shm counter get q
  assert_refused 3 q queue
  shm counter incr q
  assert_refused 3 q queue
  shm queue create c
  assert_refused 1 c exists
  assert_counter c 5
  assert_len q 1
}

@test "numbers and words that make no sense are status 2, one line, and nothing is done" {
  push a
  local words
  for words in 'pop q --count 0' 'pop q --count -1' 'pop q --count x' 'pop q --count 1x' 'pop q --wait soon' \
    'pop q --wait -1' 'pop q extra' 'pop ../q' 'peek q --count 0' 'take q --owner 0' 'take q --owner x' \
    'take q --ttr x' 'ack q' 'ack q x' 'ack q -1' 'ack q 1 1x' 'release q' 'release q 1 2' 'release q 1 --delay x' \
    'bury q x' 'touch q x' 'touch q 1 --ttr x' 'kick q x' 'push q a --wait x' 'push ../q a' 'len' 'len ../q' \
    'create q2 --max-items 0' 'create q2 --max-items -1' 'create q2 --max-bytes 0' 'create q2 --max-bytes 1X' \
    'create q2 --max-bytes K' 'create q2 --max-bytes 99999999999G' 'create q2 --ttr x' 'create q2 --max-attempts 0' \
    'create q2 --mode 999' 'create ../q' 'clear' 'stats q q' 'push q a --front=yes'; do
    # shellcheck disable=SC2086 # several words
    shm queue $words
    assert_refused 2
  done
  assert_len q 1
  shm ls --names
  assert_done q
}

@test "a removed queue begins anew" {
  push a b
  shm rm q
  assert_done
  shm queue pop q
  assert_refused 1 q
  push c
  shm queue pop q
  assert_done c
}

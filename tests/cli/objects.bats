#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Other names and copies, for objects of every kind.

load ../helpers

setup() { own_store; }

# of_each_kind: one object of each, by its kind's name
of_each_kind() {
  shm -q counter create counter 7 --min -3 --on-limit saturate
  shm -q value create number --type float 0.1
  printf 'a\377\0b' | inside "$SHMCTL" -q value create bytes --type bytes -
  shm -q value create text --type text 'some text' --ttl 1h
  shm -q queue create queue --max-items 20 --max-attempts 3
  shm -q queue push queue a b
  shm -q queue push --priority 4 --unique k queue c
  shm -q list append list x y z
  shm -q dict set dict a=1 b=two c=
  shm -q dict set dict --ttl 1h ending=soon
  shm -q array create array int16 5
  shm -q array set array 0 -7
  shm -q block create block 10000
  printf 'b\377\0c' | inside "$SHMCTL" -q block write block 5000
}
KINDS=(counter number bytes text queue list dict array block)

# content NAME: what dump says of it, but for its name
content() { inside "$SHMCTL" dump "$1" | sed 's/"name":"[^"]*"/"name":""/'; }

# --- rename ----------------------------------------------------------------------------------------------------------

@test "rename: an object of every kind has its new name alone, and all that it had" {
  of_each_kind
  local kind before
  for kind in "${KINDS[@]}"; do
    before=$(content "$kind")
    shm rename "$kind" "new.$kind"
    assert_done
    [ "$(content "new.$kind")" = "$before" ] || fail "$kind is another one"
    shm stat "$kind"
    assert_refused 1 "$kind"
  done
  shm counter incr new.counter
  assert_done 8
  shm -q queue push new.queue d
  assert_done
  shm rm "${KINDS[@]/#/new.}"
  assert_done
  [ -z "$(ls -A "$STORE")" ] || fail "something is left: $(ls -A "$STORE")"
}

@test "rename: a name that is taken is refused, and nothing is changed" {
  of_each_kind
  local before
  before=$(inside "$SHMCTL" dump)
  for kind in "${KINDS[@]}"; do
    shm rename counter "$kind"
    assert_refused 1 "$kind" "exists"
    shm rename "$kind" queue
    assert_refused 1 queue "exists"
  done
  [ "$(inside "$SHMCTL" dump)" = "$before" ]
}

@test "rename --force: the other object is gone, and its lock" {
  of_each_kind
  local kind
  for kind in "${KINDS[@]}"; do
    shm -q queue push "from.$kind" item
    assert_done
    shm rename --force "from.$kind" "$kind"
    assert_done
    shm queue pop "$kind"
    assert_done item
    shm rm "$kind"
    assert_done
  done
  [ -z "$(ls -A "$STORE")" ] || fail "something is left: $(ls -A "$STORE")"
}

@test "rename --force: to its own name is no change, and with nothing there it is a rename" {
  shm -q counter incr hits
  shm rename --force hits hits
  assert_done
  shm rename --force hits other
  assert_done
  assert_counter other 1
}

@test "rename: who is absent, or has no name that can be, is refused" {
  shm -q counter incr hits
  shm rename nobody other
  assert_refused 1 nobody
  shm rename --force nobody hits
  assert_refused 1 nobody
  for name in 'a b' ,new,0123456789abcdef a,job ''; do
    shm rename hits "$name"
    assert_refused 2
    shm rename "$name" hits2
    assert_refused 2
  done
  assert_counter hits 1
}

@test "rename: a text whose time is over is in nobody's way" {
  shm -q value create old --type text x --ttl 1ms
  shm -q counter incr hits
  until_true gone old
  shm rename hits old
  assert_done
  assert_counter old 1
}
gone() { ! inside "$SHMCTL" -q value get "$1" >/dev/null 2>&1; }

@test "rename: who waits for an item of the queue gets it under its new name" {
  shm -q queue create jobs
  inside "$SHMCTL" queue pop --wait 10 jobs >"$BATS_TEST_TMPDIR/popped" 3>&- &
  local popping=$!
  until_true sleeps "$popping"
  shm rename jobs work
  assert_done
  shm -q queue push work item
  wait "$popping"
  [ "$(cat "$BATS_TEST_TMPDIR/popped")" = item ]
}
sleeps() { grep -q '^State:[[:space:]]*S' "/proc/$1/status"; }

@test "rename --force: who waits for an item of the queue that is replaced waits for the new one" {
  shm -q queue create jobs
  shm -q queue push other item
  inside "$SHMCTL" queue pop --wait 10 jobs >"$BATS_TEST_TMPDIR/popped" 3>&- &
  local popping=$!
  until_true sleeps "$popping"
  shm rename -f other jobs
  assert_done
  wait "$popping"
  [ "$(cat "$BATS_TEST_TMPDIR/popped")" = item ]
}

@test "rename: two who exchange names over and over lose nothing" {
  shm -q queue push a item
  local i
  (for ((i = 0; i < 150; i++)); do inside "$SHMCTL" -q rename a b; done 2>/dev/null) 3>&- &
  (for ((i = 0; i < 150; i++)); do inside "$SHMCTL" -q rename b a; done 2>/dev/null) 3>&- &
  (for ((i = 0; i < 150; i++)); do inside "$SHMCTL" -q queue push a x --existing; done 2>/dev/null) 3>&- &
  wait
  [ "$(inside "$SHMCTL" ls --names | wc -l)" = 1 ] || fail "there are $(inside "$SHMCTL" ls --names)"
  shm doctor
  assert_status 0
}

@test "rename --force: both ways at once ends with one object and no hang" {
  local i
  for ((i = 0; i < 20; i++)); do
    shm -q queue push a 1
    shm -q queue push b 1
    inside "$SHMCTL" rename -f a b 2>/dev/null 3>&- &
    inside "$SHMCTL" rename -f b a 2>/dev/null 3>&- &
    wait
    [ "$(inside "$SHMCTL" ls --names | wc -l)" = 1 ] || fail "there are $(inside "$SHMCTL" ls --names)"
    shm rm -f a b
  done
  [ -z "$(ls -A "$STORE")" ] || fail "something is left: $(ls -A "$STORE")"
}

# --- copy ------------------------------------------------------------------------------------------------------------

@test "copy: of every kind, the same content, and from then on another object" {
  of_each_kind
  local kind
  for kind in "${KINDS[@]}"; do
    shm copy "$kind" "copy.$kind"
    assert_done
    [ "$(content "copy.$kind")" = "$(content "$kind")" ] || fail "the copy of $kind differs"
  done
  shm counter incr copy.counter
  shm -q queue pop copy.queue
  shm -q list append copy.list more
  shm -q value set copy.text other
  assert_counter counter 7
  shm queue len queue
  assert_done 3
  shm list len list
  assert_done 3
  shm value get text
  assert_done 'some text'
}

@test "copy: large objects" {
  head -c 3000000 /dev/urandom >"$BATS_TEST_TMPDIR/large"
  inside "$SHMCTL" -q value create large --type bytes - <"$BATS_TEST_TMPDIR/large"
  inside "$SHMCTL" -q queue push queue --whole - <"$BATS_TEST_TMPDIR/large"
  seq 20000 | inside "$SHMCTL" -q list append list -
  for name in large queue list; do
    shm copy "$name" "copy.$name"
    assert_done
    [ "$(content "copy.$name")" = "$(content "$name")" ] || fail "the copy of $name differs"
  done
  inside "$SHMCTL" value get copy.large | cmp - "$BATS_TEST_TMPDIR/large"
}

@test "copy: keys are found in the copy" {
  shm -q queue push --unique key jobs item
  shm -q copy jobs other
  shm queue push --unique key other again
  assert_refused 1 key
}

@test "copy: of a queue nobody holds anything" {
  shm -q queue push jobs a b c
  inside "$SHMCTL" -q queue take jobs --owner $$ --count 2
  shm -q queue push jobs d
  shm copy jobs other
  assert_done
  shm queue pop --count 9 other
  assert_done $'a\nb\nc\nd'
  shm queue len jobs
  assert_done 2
}

@test "copy: mode and group are the object's, or what is said" {
  shm -q queue create jobs --mode 640
  shm copy jobs same
  shm copy --mode 644 jobs open
  shm -q counter create hits --mode 644
  shm copy hits hits2
  [ "$(stat -c %a "$STORE/same" "$STORE/open" "$STORE/hits2" | xargs)" = "640 644 644" ]
}

@test "copy: refused where the name is taken, without --force" {
  of_each_kind
  shm copy queue list
  assert_refused 1 list exists
  shm copy nobody other
  assert_refused 1 nobody
  shm copy -f queue list
  assert_done
  shm queue len list
  assert_done 3
  shm copy -f list list
  assert_done
  shm queue len list
  assert_done 3
}

@test "copy: who may read may copy, and nobody else" {
  need_root
  private_mounts
  package_layout
  STORE_WORDS=(--store "@$TEAM")
  as carol shm "${STORE_WORDS[@]}" -q queue create jobs --mode 640
  as carol shm "${STORE_WORDS[@]}" -q queue push jobs a
  as dave shm "${STORE_WORDS[@]}" copy jobs mine
  assert_done
  as dave shm "${STORE_WORDS[@]}" queue pop mine
  assert_done a
  as carol shm "${STORE_WORDS[@]}" -q counter create own --mode 600
  as dave shm "${STORE_WORDS[@]}" copy own mine2
  assert_refused 4 own
  as bob shm "${STORE_WORDS[@]}" copy jobs theirs
  assert_status 4
  end_private_mounts
}

@test "copy: killed at any moment, it leaves nothing but what doctor removes" {
  seq 30000 | inside "$SHMCTL" -q queue push jobs -
  local i
  for i in 1 2 3 4 6 8 10 12 15 20; do
    inside timeout -s KILL "0.0$((i + 100))" "$SHMCTL" copy jobs "copy$i" 2>/dev/null 3>&- || true
    timeout -s KILL "0.0$i" "$SHMCTL" copy jobs "short$i" 2>/dev/null 3>&- || true
  done
  local name
  for name in $(inside "$SHMCTL" ls --names); do
    shm queue len "$name"
    assert_done 30000
    shm rm "$name"
  done
  find "$STORE" -type f -exec touch -d '1 hour ago' {} +
  shm doctor --fix
  assert_status 0
  [ -z "$(ls -A "$STORE")" ] || fail "something is left: $(ls -A "$STORE")"
}

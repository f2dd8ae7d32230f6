#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Full queues, many who push and pop, and who may do what.

load ../helpers

setup() { own_store; }
teardown() { end_private_mounts; }

# length: of queue q
length() { "$SHMCTL" queue len q; }

# --- limits ----------------------------------------------------------------------------------------------------------

@test "a full queue is status 5 at once, 124 after --wait, and what was there is there" {
  shm queue create q --max-items 2
  assert_done
  shm queue push q a b
  assert_done
  shm queue push q c
  assert_refused 5 q limits
  shm -q queue push q c
  assert_refused 5 q
  shm queue push q c --wait 50ms
  assert_refused 124 q
  shm queue push q c --wait 0
  assert_refused 5 q
  shm queue push q c --priority 5 --front
  assert_refused 5 q
  shm queue pop q --count 9
  assert_done $'a\nb'
}

@test "several items that do not fit all are not pushed at all; more than could ever fit is status 3" {
  "$SHMCTL" queue create q --max-items 3
  "$SHMCTL" queue push q a b
  shm queue push q c d
  assert_refused 5 q
  [ "$(length)" = 2 ]
  shm queue push q 1 2 3 4
  assert_refused 3 q
  shm queue push q 1 2 3 4 --wait forever
  assert_refused 3 q
  shm queue push q c
  assert_done
}

@test "--max-bytes counts the bytes of items, with K, M and G" {
  "$SHMCTL" queue create q --max-bytes 10
  shm queue push q 12345 67890
  assert_done
  shm queue push q ''
  assert_done
  shm queue push q x
  assert_refused 5 q
  shm queue push q 12345678901
  assert_refused 3 q
  "$SHMCTL" -q queue pop q
  shm queue push q 54321
  assert_done
  local size
  for size in 3=3 2K=2048 5M=5242880 1G=1073741824; do
    "$SHMCTL" queue create "q${size%=*}" --max-bytes "${size%=*}"
    shm queue stats "q${size%=*}"
    [[ $out == *"max-bytes: ${size#*=}"$'\n'* ]] || fail "another size"
  done
}

@test "held and buried items keep their place in a queue with limits" {
  "$SHMCTL" queue create q --max-items 1
  "$SHMCTL" queue push q a
  "$SHMCTL" -q queue take q --owner $$
  shm queue push q b
  assert_refused 5 q
  "$SHMCTL" queue bury q 1
  shm queue push q b
  assert_refused 5 q
  shm queue kick q
  assert_done 1
  shm queue pop q
  assert_done a
  shm queue push q b
  assert_done
}

@test "a store that is full is status 5, and what was there is there" {
  private_mounts
  inside mkdir -m 700 /run/small
  inside mount -t tmpfs -o size=1m,mode=700 small /run/small
  SHMCTL_STORE=/run/small shm queue push q a b
  assert_done
  # shellcheck disable=SC2016 # the inner shell expands it
  SHMCTL_STORE=/run/small call bash -c 'head -c 3000000 /dev/zero | "$SHMCTL" queue push q --whole -'
  assert_refused 5 q
  SHMCTL_STORE=/run/small shm queue pop q --count 9
  assert_done $'a\nb'
}

@test "create: a name that is taken is status 1, and it keeps its limits" {
  shm queue create q --max-items 1
  assert_done
  shm queue create q --max-items 2
  assert_refused 1 q exists
  shm -q queue create q
  assert_status 1
  assert_no_stderr
  shm queue push q a b
  assert_refused 3
}

# --- crowds ----------------------------------------------------------------------------------------------------------

@test "several push, several pop: each item comes out once, and each pusher's in its order" {
  local i pushers=() poppers=()
  for i in 1 2 3; do
    # shellcheck disable=SC2016 # the inner shell expands it
    bash -c 'while "$SHMCTL" queue pop q --wait 20 --count 7; do
        [ ! -e "$2" ] || "$SHMCTL" -q queue peek q || exit 0
      done >"$1"' bash "$BATS_TEST_TMPDIR/got$i" "$BATS_TEST_TMPDIR/over" 3>&- 2>/dev/null &
    poppers+=($!)
  done
  for i in 1 2 3 4; do
    # shellcheck disable=SC2016 # the inner shell expands it
    bash -c 'for n in {1..100}; do "$SHMCTL" queue push q "$1 $n" "$1 $n+" || exit; done' bash "$i" 3>&- &
    pushers+=($!)
  done
  for i in "${pushers[@]}"; do wait "$i"; done
  touch "$BATS_TEST_TMPDIR/over"
  "$SHMCTL" queue push q end end end end end end end
  until_true drained
  for i in "${poppers[@]}"; do
    kill "$i" 2>/dev/null || true
    wait "$i" || true
  done
  diff <(cat "$BATS_TEST_TMPDIR"/got? | grep -v end | sort) \
    <(for i in 1 2 3 4; do for n in {1..100}; do printf '%s\n' "$i $n" "$i $n+"; done; done | sort)
  for i in 1 2 3; do
    grep '^2 ' "$BATS_TEST_TMPDIR/got$i" | grep -v + | sort -c -n -k 2 || fail "out of order"
  done
}
drained() { [ "$(length)" = 0 ] && [ "$(cat "$BATS_TEST_TMPDIR"/got? | wc -l)" = 807 ]; }

# --- who may ---------------------------------------------------------------------------------------------------------

@test "an ordinary user has queues of their own" {
  private_mounts
  package_layout
  unset SHMCTL_STORE
  as alice shm queue push jobs a b
  assert_done
  as alice shm queue take jobs --owner 1
  assert_done $'1\ta'
  as alice shm queue ack jobs 1
  assert_done
  as alice shm queue pop jobs
  assert_done b
  as bob shm queue pop jobs
  assert_refused 1
  shm queue pop jobs
  assert_refused 1
}

@test "who may read but not write looks at a queue and changes nothing: status 4" {
  private_mounts
  package_layout
  unset SHMCTL_STORE
  local mode words
  for mode in 644 664; do
    shm queue create "q$mode" --mode "$mode"
    shm queue push "q$mode" a b c
    shm -q queue take "q$mode" --owner 1
    assert_done
    as alice shm --store sys queue peek "q$mode"
    assert_done b
    as alice shm --store sys queue len "q$mode"
    assert_done 2
    as alice shm --store sys queue items "q$mode" -0 --state held
    assert_bytes '1\0a\0'
    as alice shm --store sys queue stats "q$mode"
    assert_status 0
    for words in "pop q$mode" "pop q$mode --wait 5" "push q$mode x" "take q$mode --owner 1" "ack q$mode 1" \
      "release q$mode 1" "bury q$mode 1" "touch q$mode 1" "kick q$mode" "clear q$mode"; do
      # shellcheck disable=SC2086 # several words
      as alice shm --store sys queue $words
      assert_refused 4 "q$mode"
    done
    shm queue len "q$mode"
    assert_done 2
  done
  shm queue create closed
  shm queue push closed x
  for words in peek len items stats pop; do
    as alice shm --store sys queue "$words" closed
    assert_refused 4 closed
  done
}

@test "the members of a group share a queue in its store" {
  private_mounts
  package_layout
  unset SHMCTL_STORE
  as carol shm --store "@$TEAM" queue push q a b
  assert_done
  as dave shm --store "@$TEAM" queue pop q
  assert_done a
  as alice shm --store "@$TEAM" queue peek q
  assert_refused 4
  # To be read by the group alone.
  shm queue create read --mode 640 --group "$TEAM"
  shm queue push read x
  as carol shm --store sys queue peek read
  assert_done x
  as carol shm --store sys queue pop read
  assert_refused 4 read
  as alice shm --store sys queue peek read
  assert_refused 4 read
}

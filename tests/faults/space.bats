#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# shellcheck disable=SC2016,SC2030,SC2031 # what inner shells expand; each test is a subshell
# Nothing left of something: memory, inodes, descriptors, processes, the right to write at all. What is there goes on
# working, what can't be made is refused with one line and the right status, and nothing half made stays behind.

load ../helpers

setup() {
  private_mounts
  SMALL=/run/small
  export SHMCTL_STORE=$SMALL/store
}
teardown() {
  end_started
  end_private_mounts
}

# small_place OPTIONS: a small tmpfs for the store, with one counter and one idle job in it
small_place() {
  inside mkdir "$SMALL"
  inside mount -t tmpfs -o "mode=755,$1" small "$SMALL" || skip "can't mount a tmpfs"
  shm counter incr old
  assert_done 1
  shm run oldjob true
  assert_done
}

# fill [PAGES]: takes all the memory of the place but that many pages
fill() {
  inside bash -c 'dd if=/dev/zero of="$1" bs=4096 2>/dev/null; [ "$2" = 0 ] || truncate -s "-$(($2 * 4096))" "$1"' \
    fill "$SMALL/filler" "${1:-0}" || true
}

# fill_inodes [N]: takes all the inodes of the place but that many
fill_inodes() {
  inside bash -c '
    for ((i = 0; ; i++)); do : 2>/dev/null >"$1/filler$i" || break; done 2>/dev/null
    for ((i = 0; i < $2; i++)); do rm "$1/filler$i"; done' fill_inodes "$SMALL" "${1:-0}"
}

# files: the names in the store
files() { inside ls -A "$SMALL/store"; }

STARTED=()
end_started() {
  local pid
  for pid in "${STARTED[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${STARTED[@]}"; do wait "$pid" 2>/dev/null || true; done
}

# assert_refuses_to_make STATUS: each verb that makes something, for each a new name; nothing is made
assert_refuses_to_make() {
  local before words
  before=$(files)
  for words in 'counter create new' 'counter incr new' 'counter set new 5' 'counter max new 5' \
    'value create new 1 --type int' 'value set new 1 --type float' 'run new true' 'run new --shared true' \
    'run new --slots 2 true'; do
    # shellcheck disable=SC2086 # words
    shm $words
    assert_refused "$1" "'new"
    [ "$(files)" = "$before" ] || fail "the store has other files now: $(files)"
  done
}

# assert_goes_on: what needs nothing new
assert_goes_on() {
  local n
  shm counter get old
  n=$out
  shm counter incr old
  assert_done $((n + 1))
  shm run oldjob sh -c 'exit 7'
  assert_status 7
  assert_no_stderr
  shm who oldjob
  assert_status 1
}

# assert_listed: ls shows what was there, and no more
assert_listed() {
  shm ls --names
  assert_done $'old\noldjob'
  shm ls
  assert_status 0
  assert_no_stderr
}

@test "a full file system: new objects and jobs are refused, old ones go on" {
  small_place size=64k
  fill
  assert_refuses_to_make 5
  assert_goes_on
  assert_listed
  shm rm old
  assert_done
}

@test "a full file system: of several names those that are there are counted" {
  small_place size=64k
  fill
  shm counter incr old new
  assert_status 5
  assert_stdout 2
  assert_stderr_line "'new'"
}

@test "a full file system: doctor says it" {
  small_place size=64k
  fill
  shm doctor
  assert_status 4
  assert_no_stderr
  grep -q '^warning  free space: 0 KiB' "$OUT" || fail "nothing of the free space"
  grep -q '^bad .*one more object' "$OUT" || fail "nothing of objects"
}

@test "a full file system: the store itself can't be made" {
  small_place size=64k,nr_inodes=100
  fill
  fill_inodes
  export SHMCTL_STORE=$SMALL/another
  shm counter incr new
  assert_refused 5 another
  inside test ! -e "$SMALL/another"
}

@test "room for one page more: one object, and not a second" {
  small_place size=64k
  fill 1
  shm counter incr first
  assert_done 1
  shm counter incr second
  assert_refused 5 second
  shm rm first
  shm counter incr second
  assert_done 1
}

@test "a full file system: a hole in an object's file is no signal" {
  small_place size=64k
  inside truncate -s 0 "$SMALL/store/old"
  inside truncate -s 4096 "$SMALL/store/old"
  fill
  for words in 'counter get old' 'counter incr old' 'stat old'; do
    # shellcheck disable=SC2086 # words
    shm $words
    assert_refused 4 old
  done
  shm ls
  assert_status_in 0 4
  shm doctor
  assert_status 4
  shm rm old
  assert_done
}

@test "a full file system: the record of a job can't grow for an eighth run" {
  small_place size=64k
  inside mkfifo "$SMALL/go"
  local i
  for ((i = 0; i < 7; i++)); do
    inside "$SHMCTL" run oldjob --shared bash -c 'read -r <>"$1"' hold "$SMALL/go" &
    STARTED+=($!)
  done
  until_true seven_run
  fill
  shm run oldjob --shared echo ran
  assert_refused 5 oldjob
  shm run oldjob echo ran
  assert_refused 75 busy
  inside rm "$SMALL/filler"
  shm run oldjob --shared echo ran
  assert_done ran
  for ((i = 0; i < 7; i++)); do inside bash -c 'echo >"$1"' go "$SMALL/go"; done
  end_started
  STARTED=()
  shm run oldjob echo ran
  assert_done ran
}
seven_run() { [ "$(inside "$SHMCTL" who oldjob | wc -l)" = 7 ]; }

@test "no inodes: new objects and jobs are refused, old ones go on" {
  small_place size=1m,nr_inodes=50
  fill_inodes
  assert_refuses_to_make 5
  assert_goes_on
  assert_listed
  shm doctor
  assert_status 4
  grep -q '^warning  room for 0 more files' "$OUT" || fail "nothing of the files"
}

# assert_not_atomic: a change of several objects that are there is refused, and nothing of it has happened
assert_not_atomic() {
  local change=$BATS_TEST_TMPDIR/change
  printf '%s\n' 'counter decr old' 'counter incr older' >"$change"
  shm exec --atomic "$change"
  assert_status 5
  assert_stderr_line 'nothing was changed'
  shm counter get old older
  assert_done $'1\n1'
}

@test "no room for the record of a change of several objects: nothing is changed" {
  small_place size=1m,nr_inodes=50
  shm -q counter incr older
  fill_inodes
  assert_not_atomic
}

@test "one inode left: no job without its lock runs" {
  small_place size=1m,nr_inodes=50
  fill_inodes 1
  shm run new echo ran
  assert_refused 5 new
  shm ls
  assert_status 0
  shm rm new
  assert_status_in 0 1
  shm counter incr new
  assert_done 1
}

@test "a read-only file system: nothing is made or changed, all is read" {
  small_place size=64k
  inside mount -o remount,ro "$SMALL"
  assert_refuses_to_make 4
  assert_listed
  shm counter get old
  assert_done 1
  for words in 'counter incr old' 'counter reset old' 'run oldjob true' 'rm old'; do
    # shellcheck disable=SC2086 # words
    shm $words
    assert_refused 4 old
  done
  shm rm --job oldjob
  assert_refused 4 ",token" # first of all its token is kept
  shm who oldjob
  assert_status 1
  shm doctor
  assert_status 4
  grep -q '^bad .*read-only' "$OUT" || fail "doctor does not say it"
  inside mount -o remount,rw "$SMALL"
  assert_goes_on
}

@test "a read-only file system: the store can't be made" {
  small_place size=64k
  inside mount -o remount,ro "$SMALL"
  export SHMCTL_STORE=$SMALL/another
  shm counter incr new
  assert_refused 4 another read-only
  shm counter get new
  assert_status 1
}

# with_files N WORDS...: shmctl with at most N descriptors, three of which are the standard ones
with_files() { call bash -c 'ulimit -n "$1" && shift && exec "$SHMCTL" "$@"' with_files "$@"; }

# assert_with_few WORDS...: with few descriptors it is status 5 and one line, with enough it is done
assert_with_few() {
  local n
  for n in 3 4 5 6 7 8 9 10 11 12; do
    with_files "$n" "$@"
    assert_status_in 0 5
    if [ "$status" = 0 ]; then break; fi
    assert_refused 5 '(ulimit -n)'
  done
  [ "$n" != 3 ] || fail "done without a descriptor"
  assert_status 0
}

@test "no descriptors: status 5, and all is done with a few more" {
  small_place size=1m
  shm -q counter incr other
  assert_with_few counter incr old
  assert_counter old 2
  assert_with_few counter incr new
  assert_counter new 1
  assert_with_few counter create newer
  assert_with_few value create newest 1 --type int
  assert_with_few run oldjob true
  assert_with_few run newjob true
  assert_with_few run slots --slots 2 true
  assert_with_few stat old
  assert_with_few stat --job oldjob
}

@test "no descriptors: ls does not take what it can't open for damaged" {
  small_place size=1m
  local n
  for words in ls '--json ls' 'ls --kind job'; do
    # shellcheck disable=SC2086 # words
    assert_with_few $words
    if grep -q 'damaged' "$OUT"; then fail "called damaged"; fi
  done
  for n in 3 4 5 6 7 8 9; do
    with_files "$n" doctor
    assert_status_in 0 4 5
    if grep -q 'damaged' "$OUT"; then fail "called damaged with $n descriptors"; fi
  done
}

@test "no descriptors: a run that failed has left the job free" {
  small_place size=1m
  local n
  for n in 3 4 5 6 7 8 9; do
    with_files "$n" run oldjob true
    assert_status_in 0 5
    shm run oldjob echo ran
    assert_done ran
  done
}

@test "no processes: status 5, and the job is free" {
  inside mkdir "$SMALL"
  inside mount -t tmpfs -o mode=700,uid=4001,gid=4001 small "$SMALL" || skip "can't mount a tmpfs"
  for words in '' '--timeout 5' '--hold tree' '--slots 2' '--shared'; do
    # shellcheck disable=SC2086 # words
    as alice call bash -c 'ulimit -u 1 && exec "$SHMCTL" "$@"' limited run job $words true
    assert_refused 5 'too many processes' '(ulimit -u)'
    as alice shm who job
    assert_status 1
    as alice shm run job echo ran
    assert_done ran
  done
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# What `save` was writing when it was killed, when a call failed, or when the power did: `restore` makes what the last
# finished save had, or what the interrupted one had, and nothing else.

bats_require_minimum_version 1.5.0
load ../helpers

KINDS=openat,openat2,statx,linkat,pwrite64,pread64,fchmod,fchown,flock,fsync,renameat2

setup() {
  need strace
  own_store
  TRACE=$BATS_TEST_TMPDIR/trace
  strace -o "$TRACE" true 2>/dev/null || skip "can't trace"
  PLACE=$BATS_TEST_TMPDIR/place
  mkdir "$PLACE"
}

# generation N: the store has that, in each of its objects
generation() {
  "$SHMCTL" -q counter set number="$1"
  "$SHMCTL" -q value set text "$1 $1" --type text
  "$SHMCTL" -q queue push queue "$1"
}

# Saved are 1 and 2, the store has 3.
two_saves() {
  local n
  for n in 1 2; do generation "$n" && "$SHMCTL" save "$PLACE/saved"; done
  generation 3
  mv "$PLACE" "$PLACE.before"
}

# comes_back N...: a new store gets one of these from the files, whole
comes_back() {
  local store=$BATS_TEST_TMPDIR/new number
  rm -rf "$store"
  "$SHMCTL" --store "$store" restore "$PLACE/saved" || fail "nothing came back: $(ls -l "$PLACE")" || return
  number=$("$SHMCTL" --store "$store" counter get number)
  [[ " $* " == *" $number "* ]] || fail "$number came back, none of $*" || return
  [ "$("$SHMCTL" --store "$store" value get text)" = "$number $number" ] || fail "text of another save" || return
  [ "$("$SHMCTL" --store "$store" queue len queue)" = "$number" ] || fail "queue of another save"
}

# calls_of_save: one line `KIND:N` for each call of a save
calls_of_save() {
  cp -a "$PLACE.before" "$PLACE"
  strace -qq -o "$TRACE" -e trace="$KINDS" "$SHMCTL" save "$PLACE/saved"
  awk -F'(' '/\(/ { print $1 ":when=" ++count[$1] }' "$TRACE"
}

# each_call HOW CHECK: a save is interrupted in that way at each of its calls, then CHECK
each_call() {
  local at cases=0
  two_saves
  for at in $(calls_of_save); do
    rm -rf "$PLACE"
    cp -a "$PLACE.before" "$PLACE"
    call strace -qq -o "$TRACE" -e trace="${at%%:*}" -e inject="${at/:/:$1:}" "$SHMCTL" save "$PLACE/saved"
    "$2" || fail "$1 at $at"
    # Whatever was left behind is in nobody's way.
    shm save "$PLACE/saved"
    if ! { assert_status 0 && comes_back 3 && [ ! -e "$PLACE/saved.new" ]; }; then fail "the save after $1 at $at"; fi
    cases=$((cases + 1))
  done
  [ "$cases" -ge 6 ]
}

killed() { assert_status_in 137 265 && comes_back 2 3; }
failed() {
  if [ "$status" = 0 ]; then comes_back 3; else assert_status_in 4 5 && assert_stderr_line && comes_back 2 3; fi
}

@test "save is killed at each of its calls: the last save, or this one" { each_call signal=KILL killed; }

@test "a call of save fails: one line, and the last save, or this one" { each_call error=EIO failed; }

@test "the disk is full at each call: one line, and the last save, or this one" {
  KINDS=openat,linkat,pwrite64,fsync,renameat2
  each_call error=ENOSPC failed
}

@test "the power fails at each call of several saves: the last save, or the one under way, whatever reached the disk" {
  need python3
  run -0 "$BATS_TEST_DIRNAME/power_cut.py" "$SHMCTL" "$PLACE"
  [[ $output == *' states, 0 wrong' ]] && [ "${output%% *}" -ge 40 ]
}

@test "a save that forgot to say what must reach the disk first would be noticed" {
  need python3
  local what
  for what in file directory; do
    rm -rf "$PLACE" && mkdir "$PLACE"
    run -1 "$BATS_TEST_DIRNAME/power_cut.py" "$SHMCTL" "$PLACE" --forget "$what"
    [[ $output == *' restored as '* ]]
  done
}

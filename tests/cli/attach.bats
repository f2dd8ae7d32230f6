#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2153,SC2154 # a subshell a test; what `call` sets
# attach: the output of a run that somebody else has started.

load ../helpers
load jobs
load talk

setup() { own_store; }
teardown() { end_what_was_started; }

@test "attach: any number of onlookers, from where they say, until the end" {
  talking
  start_talking one job --attachable
  local i
  for i in {1..12}; do tell "line $i"; done
  tell error oops
  until_true says "$BATS_TEST_TMPDIR/one.err" oops
  watch all job --from-start
  local all=$WATCHER
  watch last job
  local last=$WATCHER
  watch few job --tail 1 --status
  local few=$WATCHER
  watch new job --new
  local new=$WATCHER
  until_true says "$BATS_TEST_TMPDIR/all.err" oops
  until_true says "$BATS_TEST_TMPDIR/last.err" oops
  until_true says "$BATS_TEST_TMPDIR/few.err" oops
  # When one has got it that came later than `new` was started, so has `new`, if it had begun: tell until it has.
  until_true told_new
  tell line last
  tell end 5
  ended 5 "$SUPERVISOR"
  ended 0 "$all"
  ended 0 "$last"
  ended 5 "$few"
  ended 0 "$new"
  local tag=$BATS_TEST_TMPDIR
  cmp "$tag/all.out" "$tag/one.out"
  cmp "$tag/all.err" "$tag/one.err"
  [ "$(head -n 1 "$tag/last.out")" = "line 4" ]
  [ "$(head -n 1 "$tag/few.out")" = "line again" ]
  [ "$(head -n 1 "$tag/new.out")" = "line again" ]
  [ "$(tail -n 1 "$tag/new.out")" = "line last" ]
  [ ! -s "$tag/new.err" ]
}
told_new() { tell line again; says "$BATS_TEST_TMPDIR/new.out" "line again"; }

@test "attach: nobody runs it, nothing is kept, the supervisor is killed: 1 and a line" {
  shm run job --attachable true
  shm attach job
  assert_refused 1 "attach job" "no run"
  talking
  start_talking one job
  shm attach job
  assert_refused 1 "does not keep its output" --attachable
  tell end 0
  ended 0 "$SUPERVISOR"
  start_talking two job --attachable
  shm attach job --token 1
  assert_refused 1 "over"
  tell line one
  watch onlooker job --from-start
  until_true says "$BATS_TEST_TMPDIR/onlooker.out" "line one"
  kill_and_wait "$SUPERVISOR"
  ended 1 "$WATCHER"
  [[ $(<"$BATS_TEST_TMPDIR/onlooker.err") == "shmctl: "*killed* ]]
  lives "$JOB"
}

@test "an onlooker that is interrupted, or that does not read, disturbs nobody" {
  talking
  start_talking one job --attachable
  mkfifo "$BATS_TEST_TMPDIR/never"
  exec 6<>"$BATS_TEST_TMPDIR/never"
  "$SHMCTL" attach job --from-start >"$BATS_TEST_TMPDIR/never" 3>&- 5>&- 6>&- &
  local stuck=$!
  STARTED+=("$stuck")
  watch killed job
  tell line one
  until_true says "$BATS_TEST_TMPDIR/killed.out" "line one"
  kill "$WATCHER"
  local large i
  large=$(printf '%0900d' 0)
  for i in {1..200}; do tell "$large"; done
  tell line two
  tell end 0
  ended 0 "$SUPERVISOR"
  says "$BATS_TEST_TMPDIR/one.out" "line two"
  lives "$stuck"
  exec 6<&-
}

@test "attach in a group's store: its members may watch, others may not" {
  private_mounts
  package_layout
  talking
  unset SHMCTL_STORE
  local tag=$BATS_TEST_TMPDIR/one
  "${INSIDE[@]}" "${CAROL[@]}" "$SHMCTL" run job --store "@$TEAM" --attachable sh -c \
    'while read -r word rest; do [ "$word" = end ] && exit; echo "$word $rest"; done' <"$TELL" >"$tag.out" 3>&- 5>&- &
  STARTED+=("$!")
  local supervisor=$!
  tell line one
  until_true says "$tag.out" "line one"
  as bob shm attach job --store "@$TEAM"
  assert_refused 4
  "${INSIDE[@]}" "${DAVE[@]}" "$SHMCTL" attach job --store "@$TEAM" >"$tag.dave" 2>&1 3>&- 5>&- &
  local dave=$!
  STARTED+=("$dave")
  until_true says "$tag.dave" "line one"
  tell end 0
  ended 0 "$supervisor"
  ended 0 "$dave"
  end_private_mounts
}

@test "attach inside the run itself: it would see its own output for ever" {
  shm run job --attachable "$SHMCTL" attach job
  assert_refused 1 "attach job" "part of the run"
}

@test "usage of attach" {
  local words
  for words in "job --new --from-start" "job --tail x" "job --tail 1 --new" "job --token x" "" "job extra"; do
    # shellcheck disable=SC2086
    shm attach $words
    assert_refused 2 || fail "$words"
  done
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2153,SC2154 # a subshell a test; what `call` sets
# run --on-busy join: where the job is busy, the run that has it stands for one's own.

load ../helpers
load jobs
load talk

setup() { own_store; holding; }
teardown() { end_what_was_started; }

@test "join --output: later callers see what the first one sees, and exit as it does" {
  talking
  local -a words=(job --on-busy join --output)
  start_talking one "${words[@]}"
  tell line one
  until_true says "$BATS_TEST_TMPDIR/one.out" "line one"
  run_in_background two "${words[@]}" "$HOLD" "$BATS_TEST_TMPDIR/never"
  local two=$BACKGROUND
  run_in_background three job --on-busy join "$HOLD" "$BATS_TEST_TMPDIR/never"
  local three=$BACKGROUND
  until_true says "$BATS_TEST_TMPDIR/two.out" "line one"
  until_true has_open "$three" "socket:*"  # it has joined too
  tell error oops
  tell line two
  tell end 9
  ended 9 "$SUPERVISOR"
  ended 9 "$two"
  ended 9 "$three"
  local tag=$BATS_TEST_TMPDIR
  cmp "$tag/one.out" "$tag/two.out"
  cmp "$tag/one.err" "$tag/two.err"
  [ ! -s "$tag/three.out" ] && [ ! -s "$tag/three.err" ]
  [ ! -e "$tag/never.pid" ]
  assert_fact runs job 1
  assert_fact skips job 0
}

@test "join: a free job runs; each way to end is passed on" {
  shm run job --on-busy join sh -c 'exit 6'
  assert_status 6
  talking
  local ways=0
  for ((ways = 0; ways < 2; ways++)); do
    start_talking "way$ways" job --on-busy join
    run_in_background "joined$ways" job --on-busy join false
    if [ "$ways" = 0 ]; then kill -KILL "$JOB"; else kill -TERM "$SUPERVISOR"; fi
    local wanted=$((ways == 0 ? 137 : 143))
    ended "$wanted" "$SUPERVISOR"
    # It joined, or came when the job was free again and ran by itself.
    local joined=0
    wait "$BACKGROUND" || joined=$?
    [ "$joined" = "$wanted" ] || [ "$joined" = 1 ] || fail "joined: $joined"
  done
}

@test "join --quiet-unless-failed: both callers see the output of a failure, and nothing else" {
  talking
  local -a words=(job --on-busy join --output --quiet-unless-failed)
  local status_wanted
  for status_wanted in 0 4; do
    start_talking "one$status_wanted" "${words[@]}"
    run_in_background "two$status_wanted" "${words[@]}" "$HOLD" "$BATS_TEST_TMPDIR/never"
    until_true has_open "$BACKGROUND" "* \(deleted\)"  # it has the output, and so has joined
    tell line one
    tell end "$status_wanted"
    ended "$status_wanted" "$SUPERVISOR"
    ended "$status_wanted" "$BACKGROUND"
    local said=""
    [ "$status_wanted" = 0 ] || said="line one"
    [ "$(<"$BATS_TEST_TMPDIR/one$status_wanted.out")" = "$said" ]
    [ "$(<"$BATS_TEST_TMPDIR/two$status_wanted.out")" = "$said" ]
  done
}
@test "join: not for ever with --wait; a run whose output is not kept is joined all the same" {
  talking
  start_talking one job
  shm run job --on-busy join --wait 0.1 false
  assert_busy "run job" "$JOB"
  run_in_background two job --on-busy join --output false
  until_true has_open "$BACKGROUND" "socket:*"
  tell end 3
  ended 3 "$SUPERVISOR"
  ended 3 "$BACKGROUND"
  [[ $(<"$BATS_TEST_TMPDIR/two.err") == "shmctl: run job: joined, but its output could not be seen"* ]]
}

@test "join: the supervisor is killed: the command's end is waited for, and 75 says that nobody saw it" {
  talking
  start_talking one job
  kill_and_wait "$SUPERVISOR"
  run_in_background two job --on-busy join --busy-status 76 false
  until_true has_open "$BACKGROUND" "anon_inode:\[pidfd\]"
  tell end 0
  ended 76 "$BACKGROUND"
  [[ $(<"$BATS_TEST_TMPDIR/two.err") == "shmctl: run job: "*"nobody saw"* ]]
}

@test "join: a hundred at once" {
  talking
  local -a words=(job --on-busy join --output) pids=()
  start_talking one "${words[@]}"
  local i
  for i in {1..100}; do
    run_in_background "many$i" "${words[@]}" "$HOLD" "$BATS_TEST_TMPDIR/never"
    pids+=("$BACKGROUND")
  done
  tell line one
  for i in {1..100}; do until_true says "$BATS_TEST_TMPDIR/many$i.out" "line one"; done
  tell end 8
  ended 8 "$SUPERVISOR"
  for i in "${pids[@]}"; do ended 8 "$i"; done
  assert_fact runs job 1
}

@test "join: one of several that share the job, the newest" {
  talking
  local tag=$BATS_TEST_TMPDIR
  start one job --slots 2
  start_talking two job --slots 2 --attachable
  run_in_background joined job --slots 2 --on-busy join --output "$HOLD" "$tag/never"
  tell line one
  until_true says "$tag/joined.out" "line one"
  tell end 5
  ended 5 "$BACKGROUND"
}

@test "join: inside the run itself it is an error, as waiting would be" {
  shm run job --on-busy join "$SHMCTL" run job --on-busy join true
  assert_refused 75 "run job"
}

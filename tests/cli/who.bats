#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2153,SC2154 # a subshell a test; what `call` sets
# who: who holds a job, since when, and who waits; and what ls, stat and rm say of jobs.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

# json_has TEXT...: the last call printed one JSON object with these parts
json_has() {
  local part
  if [ "$(wc -l <"$OUT")" != 1 ] || [[ $out != "{"*"}" ]]; then fail "not one JSON object"; fi
  for part in "$@"; do [[ $out == *"$part"* ]] || fail "not in it: $part"; done
}

@test "a job that nobody holds: 1, and nothing on stdout; so is one that never was" {
  shm who job
  assert_refused 1 "nobody holds it"
  shm run job true
  shm who job
  assert_refused 1 "nobody holds it"
  shm -q who job
  assert_status 1
  assert_no_stderr
  shm who job --json
  assert_refused 1
  [ ! -e "$STORE/other,job" ]
}

@test "who: pid, command, since when, supervisor" {
  start one job
  shm who job
  assert_status 0
  assert_no_stderr
  local since='since [0-9-]{10} [0-9:]{8} \([0-9]+ s\)'
  [[ $out == "pid $JOB ($HOLD $BATS_TEST_TMPDIR/one) "* && $out == *", supervisor $SUPERVISOR" ]] || fail "another form"
  [[ $out =~ \)\ $since,\  ]] || fail "another time"
  kill_and_wait "$SUPERVISOR"
  shm who job
  assert_status 0
  [[ $out == *", supervisor $SUPERVISOR gone" ]]
}

@test "who --json: all of it in one object" {
  start one job
  shm run job true
  run_in_background two job --wait 30 true
  until_true waiting job 1
  shm who job --json
  assert_status 0
  local since
  since=$(date +%s)
  json_has '"name":"job"' '"held":true' "\"pid\":$JOB" "\"supervisor\":$SUPERVISOR" '"supervisor_alive":true' \
    '"mode":"exclusive"' '"slot":null' '"pid_namespace_same":true' "\"waiters\":[$BACKGROUND]" '"runs":1' '"failures":0' \
    '"skips":1' '"skips_in_a_row":1' '"lost":0' '"last_status":null' "\"command\":\"$HOLD"
  [[ $out =~ \"since\":([0-9]+) ]] && [ $((since - BASH_REMATCH[1])) -lt 60 ]
  # The start time is the kernel's, which with the pid tells one process from all others.
  local stat
  read -r stat <"/proc/$JOB/stat"
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  json_has "\"start\":${20}"
  kill -9 "$SUPERVISOR"
  until_true gone "$SUPERVISOR"
  shm who job --json
  json_has '"supervisor_alive":false' '"pause":null'
  shm pause job --reason 'new disk'
  shm who job --json
  json_has '"pause":{"since":' '"reason":"new disk"'
  shm resume job
  kill "$JOB"
  ended 0 "$BACKGROUND"
}

@test "who: everybody who holds it together, and who waits" {
  start one job --shared
  local first=$JOB
  start two job --shared
  run_in_background three job --on-busy wait true
  until_true waiting job 1
  run_in_background four job --on-busy wait true
  until_true waiting job 2
  shm who job
  assert_status 0
  [ "$(grep -c ', shared$' "$OUT")" = 2 ]
  grep -q "^pid $first " "$OUT"
  grep -q "^pid $JOB " "$OUT"
  grep -q "^2 waiting: pid [0-9]*, [0-9]*$" "$OUT"
  kill "$first" "$JOB"
  ended 0 "$BACKGROUND"
  start five job --slots 3
  shm who job
  [[ $out == *", slot 0" ]]
  shm who job --json
  json_has '"mode":"slot"' '"slot":0'
}

@test "who disturbs nobody: while it looks without end, no run of a free job is refused" {
  shm run job true
  (while :; do "$SHMCTL" who job || true; done >/dev/null 2>&1 3>&-) &
  local looking=$!
  STARTED+=("$looking")
  local i
  for i in {1..200}; do
    "$SHMCTL" run job true 3>&- || fail "run $i was refused"
  done
  kill "$looking"
  wait "$looking" || true
}

@test "who sees a lock that was taken by other means, and so does run" {
  need flock
  shm run job true
  flock "$STORE/job,job.lock" sleep 60 3>&- &
  STARTED+=($!)
  until_true held job
  shm who job
  assert_status 0
  [[ $out == *"has its lock"* ]]
  shm run job true
  assert_busy "has its lock"
}

@test "who reads a user's own jobs alone; a damaged record is 4" {
  need_root
  need setpriv
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
  start one job
  as alice shm --store "$STORE" who job
  assert_refused 4
  as alice shm --store "$STORE" run job true
  assert_refused 4
}

@test "an ordinary user: run, busy, supervisor gone, who, in a store of his own" {
  need_root
  need setpriv
  private_mounts
  unset SHMCTL_STORE
  as alice shm run job sh -c 'exit 3'
  assert_status 3
  "${INSIDE[@]}" "${ALICE[@]}" "$SHMCTL" run job sleep 60 3>&- &
  local supervisor=$!
  STARTED+=("$supervisor")
  until_true inside "${ALICE[@]}" "$SHMCTL" -q who job >/dev/null
  as alice shm run job true
  assert_busy "(sleep 60) holds it since"
  kill -9 "$supervisor"
  until_true gone "$supervisor"
  as alice shm run job true
  assert_busy "supervisor gone"
  [[ $err =~ job\ pid\ ([0-9]+) ]]
  kill "${BASH_REMATCH[1]}"
  until_true not inside "${ALICE[@]}" "$SHMCTL" -q who job >/dev/null
  as alice shm run job --timeout 300ms --kill-after 100ms bash -c 'trap "" TERM; (setsid sleep 60 &); sleep 60'
  assert_status 124
  as alice shm run job echo own
  assert_done own
  # Another user's job of that name is another job.
  as bob shm who job
  assert_status 1
  end_private_mounts
}

@test "ls, stat and rm know jobs" {
  shm run idle sh -c 'exit 4'
  start one busy
  shm ls --kind job --names
  assert_status 0
  [[ $out == *busy*idle* ]]
  shm ls
  grep -q "idle.*idle, last status 4" "$OUT"
  grep -q "busy.*running" "$OUT"
  assert_fact state busy running
  assert_fact state idle "idle, last status 4"
  shm rm idle
  assert_done
  shm rm busy
  assert_refused 75
  shm ls --names
  assert_done busy
}

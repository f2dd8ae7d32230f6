#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# history: the last runs of a job and the last refused calls; what started them.

load ../helpers
load jobs

setup() { own_store; holding; unset SHMCTL_TRIGGER; }
teardown() { end_what_was_started; }

TIME='[0-9-]{10} [0-9:]{8}'
# line N: that of the last call's output, without the header
line() { sed -n "$(($1 + 1))p" "$OUT"; }
# column NAME N: of line N, found by where the header has it
column() {
  local header before
  header=$(sed -n 1p "$OUT")
  before=${header%%"$1"*}
  line "$2" | cut -c$((${#before} + 1))- | sed 's/  .*//'
}
assert_column() {
  local found
  found=$(column "$1" "$2")
  [ "$found" = "$3" ] || fail "$1 of line $2 is '$found', not '$3'"
}
lines_are() { [ "$(wc -l <"$OUT")" = "$1" ] || fail "not $1 lines"; }
# json_field KEY: of the first line
json_field() { sed -n '1s/.*"'"$1"'":\("[^"]*"\|[^,}]*\).*/\1/p' "$OUT"; }

@test "no job, no store: 1; a job that never ran has no history" {
  shm history job
  assert_refused 1
  shm pause job
  shm history job
  assert_done
  shm history job --skips --json
  assert_done
  shm history other
  assert_refused 1 "no job of that name"
}

@test "a line a run, the newest first: when, status, what ended it" {
  shm run job true
  shm run job sh -c 'exit 3'
  shm run job sh -c 'kill -TERM $$'
  shm run job --timeout 50ms --kill-after 10s sleep 60
  shm run job "$BATS_TEST_TMPDIR/missing"
  shm history job
  assert_status 0
  assert_no_stderr
  lines_are 6
  local i=0 status
  for status in '127 (not-runnable)' '124 (timeout)' '143 (TERM)' 3 0; do
    i=$((i + 1))
    assert_column STATUS $i "$status"
    assert_column TRIES $i 1
    [[ $(line $i) =~ ^$TIME\ \ [0-9.]+\ (s|min)\  ]] || fail "line $i has no times"
  done
  shm history job --count 2
  lines_are 3
  assert_column STATUS 2 '124 (timeout)'
  shm history job --count 0
  assert_refused 2
}

@test "a run that is under way, a supervisor that was killed, a run that was lost" {
  start one job
  shm history job
  lines_are 2
  assert_column STATUS 1 running
  kill_and_wait "$SUPERVISOR"
  shm history job
  assert_column STATUS 1 running
  kill_and_wait "$JOB"
  shm history job
  assert_column STATUS 1 lost
  assert_fact lost job 1
  shm history job --json
  [ "$(json_field outcome)" = '"lost"' ]
  [ "$(json_field end)" = null ]
  [ "$(json_field status)" = null ]
  shm jobs
  assert_column STATUS 1 lost
  shm run job true
  shm history job
  lines_are 3
  assert_column STATUS 1 0
  assert_column STATUS 2 lost
  assert_fact lost job 1
}

@test "--json: all that is known of a run" {
  shm run job --retries 2 --backoff 1ms sh -c 'echo "$SHMCTL_TOKEN" >"$0"; exit 5' "$BATS_TEST_TMPDIR/token"
  local token
  token=$(<"$BATS_TEST_TMPDIR/token")
  shm history job --json
  assert_status 0
  lines_are 1
  [ "$(json_field token)" = "$token" ]
  [ "$(json_field outcome)" = '"exited"' ]
  [ "$(json_field status)" = 5 ]
  [ "$(json_field signal)" = null ]
  [ "$(json_field tries)" = 3 ]
  [ "$(json_field uid)" = "$(id -u)" ]
  [ "$(json_field most_memory_kib)" -gt 0 ]
  local key
  for key in start end duration user_time system_time; do
    [[ $(json_field $key) =~ ^[0-9]+\.[0-9]+$ ]] || fail "$key is no time"
  done
  [[ $(json_field pid) =~ ^[1-9][0-9]*$ ]]
  [[ $(json_field start) =~ ^$(date +%s | cut -c1-6) ]]
  shm run job sh -c 'kill -9 $$'
  shm history job --json
  [ "$(json_field outcome)" = '"signal"' ]
  [ "$(json_field signal)" = '"KILL"' ]
}

@test "what a run was started by: --trigger, SHMCTL_TRIGGER, the process that called" {
  cp "$(command -v bash)" "$BATS_TEST_TMPDIR/some-caller"
  "$BATS_TEST_TMPDIR/some-caller" -c '"$SHMCTL" run job true; true' 3>&-
  shm history job
  assert_column TRIGGER 1 some-caller
  SHMCTL_TRIGGER=timer shm run job true
  shm history job
  assert_column TRIGGER 1 timer
  SHMCTL_TRIGGER=timer shm run job --trigger 'by hand' true
  shm history job
  assert_column TRIGGER 1 'by hand'
  shm history job --json
  [ "$(json_field trigger)" = '"by hand"' ]
  shm run job --trigger "$(printf 'a\tb\ec')" true
  shm history job
  assert_column TRIGGER 1 'a?b?c'
}

@test "--skips: who was refused, why, and by whom" {
  start one job
  shm run job --trigger cron true
  assert_busy
  shm run job --trigger cron --wait 1ms true
  assert_busy
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  shm pause job
  shm run job --trigger hand true
  assert_status 75
  shm history job --skips
  assert_status 0
  lines_are 4
  assert_column WHY 1 paused
  assert_column TRIGGER 1 hand
  assert_column HOLDER 1 -
  assert_column WHY 2 timed-out
  assert_column WHY 3 busy
  assert_column TRIGGER 3 cron
  assert_column HOLDER 3 "$JOB"
  shm history job --skips --count 1 --json
  lines_are 1
  [ "$(json_field why)" = '"paused"' ]
  [ "$(json_field holder_pid)" = null ]
  shm history job
  lines_are 2
}

@test "the last 64 runs are kept" {
  local i
  for i in {1..66}; do "$SHMCTL" run job sh -c "exit $i" 3>&- || true; done
  shm history job
  lines_are 65
  assert_column STATUS 1 66
  assert_column STATUS 64 3
  assert_fact runs job 66
}

@test "an ordinary user's runs, and those of a group" {
  need_root
  need setpriv
  private_mounts
  package_layout
  unset SHMCTL_STORE
  as carol shm --store "@$TEAM" run job --trigger carols true
  assert_status 0
  as dave shm --store "@$TEAM" run job --trigger daves false
  assert_status 1
  as carol shm --store "@$TEAM" history job --json
  assert_status 0
  lines_are 2
  [ "$(json_field uid)" = 4004 ]
  [ "$(json_field trigger)" = '"daves"' ]
  as alice shm run job true
  as alice shm history job
  assert_status 0
  lines_are 2
  as alice shm --store "@$TEAM" history job
  assert_status 4
  end_private_mounts
}

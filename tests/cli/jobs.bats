#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# jobs: all jobs at a glance.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

@test "jobs: nothing where there are none" {
  shm jobs
  assert_done
  shm jobs --json
  assert_done
  [ ! -e "$STORE" ]
}

@test "jobs: state, since when, status and counts, by name" {
  shm run ended sh -c 'exit 3'
  start one busy
  shm run busy true
  shm jobs
  assert_status 0
  assert_no_stderr
  local time='[0-9-]{10} [0-9:]{8}' lines
  mapfile -t lines <"$OUT"
  [ "${#lines[@]}" = 3 ]
  [[ ${lines[1]} =~ ^busy\ +running\ +$time\ +-\ +1\ +0\ +1\ +-$ ]] || fail "busy is not as it should be"
  [[ ${lines[2]} =~ ^ended\ +idle\ +$time\ +3\ +1\ +1\ +0\ +-$ ]] || fail "ended is not as it should be"
}

@test "jobs GLOB; jobs --json" {
  shm run one true
  shm run two false
  shm jobs 't*' --json
  assert_status 0
  [ "$(wc -l <"$OUT")" = 1 ]
  [[ $out == '{"name":"two","state":"idle","since":'[1-9]*'"last_status":1,"last_lost":false,"runs":1,"failures":1,'* ]] || fail "other fields"
  shm jobs 'x*'
  assert_done
}

@test "jobs: what is in a row, and from when on a job may run again" {
  local i
  for i in {1..3}; do shm run bad false || fail "$i"; done
  shm run often --once-per 1h true
  shm run often --once-per 1h true
  assert_status 75
  start one busy
  shm run busy true
  shm run busy true
  shm jobs
  local time='[0-9-]{10} [0-9:]{8}' lines
  mapfile -t lines <"$OUT"
  [[ ${lines[1]} =~ \ 3\ \(3\ in\ a\ row\)\ +0\ +-$ ]] || fail "bad is not as it should be"
  [[ ${lines[2]} =~ \ 1\ +0\ +2\ \(2\ in\ a\ row\)\ +-$ ]] || fail "busy is not as it should be"
  [[ ${lines[3]} =~ \ 1\ +0\ +1\ +$time$ ]] || fail "often is not as it should be"
  shm run bad true
  shm jobs bad --json
  [[ $out == *'"failures":3,'*'"failures_in_a_row":0,'* ]] || fail "other counts"
  [[ $out == *'"total_seconds":'[0-9]* && $out == *'"last_success":'[1-9]* ]] || fail "no times"
}

@test "jobs: what is damaged, and what may not be read, is said" {
  shm run job true
  echo x >"$STORE/broken,job"
  shm jobs
  assert_status 0
  [[ $out == *$'\n'"broken  damaged  "* ]]
}

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
  [[ ${lines[1]} =~ ^busy\ +running\ +$time\ +-\ +1\ +0\ +1$ ]] || fail "busy is not as it should be"
  [[ ${lines[2]} =~ ^ended\ +idle\ +$time\ +3\ +1\ +1\ +0$ ]] || fail "ended is not as it should be"
}

@test "jobs GLOB; jobs --json" {
  shm run one true
  shm run two false
  shm jobs 't*' --json
  assert_status 0
  [ "$(wc -l <"$OUT")" = 1 ]
  [[ $out == '{"name":"two","state":"idle","since":'[1-9]*'"last_status":1,"runs":1,"failures":1,'* ]] || fail "other fields"
  shm jobs 'x*'
  assert_done
}

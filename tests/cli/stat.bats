#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# stat: what it says of an object and of a job, and which of the two it means.

load ../helpers

setup() { own_store; }

@test "stat: a counter's value, limits, start, owner and mode" {
  shm counter create c 3 --min -5 --max 9 --on-limit wrap
  assert_status 0
  shm counter incr c 2
  shm stat c
  assert_status 0
  for field in 'name: c' 'kind: counter' 'type: int' 'value: 5' 'min: -5' 'max: 9' 'on-limit: wrap' 'start: 3' \
    'mode: 0600' 'size: 4096' "store: $STORE"; do
    grep -qxF -- "$field" "$OUT" || fail "no '$field' in: $out"
  done
}

@test "stat: a value's type; --json is one object" {
  shm value create v 2.5 --type float
  shm stat v --json
  assert_status 0
  [[ $out == '{"name":"v","kind":"value","type":"float","value":2.5,'*'}' ]] || fail "$out"
}

@test "stat: a job's counts and how it ended" {
  shm run job sh -c 'exit 7'
  shm stat job
  assert_status 0
  for field in 'kind: job' 'state: idle, last status 7' 'runs: 1' 'failures: 1' 'skips: 0' 'last-status: 7'; do
    grep -qxF -- "$field" "$OUT" || fail "no '$field' in: $out"
  done
}

@test "stat: the object before the job of the same name, and --job the job" {
  shm counter incr both
  shm run both true
  shm stat both
  grep -qx 'kind: counter' "$OUT" || fail "$out"
  shm stat --job both
  grep -qx 'kind: job' "$OUT" || fail "$out"
  shm counter incr alone
  shm stat --job alone
  assert_refused 1 alone
}

@test "stat: neither object nor job is status 1" {
  shm counter incr other
  shm stat nothing
  assert_refused 1 nothing
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# tests/comparison, which prints what guards do where guards fall: shmctl falls nowhere. Of its peers nothing is asserted.

load ../helpers

@test "in no row of the comparison does shmctl fall" {
  local compare=$BATS_TEST_DIRNAME/../comparison
  [ -e "$compare" ] || skip "tests/comparison is not here"
  PATIENCE=120 call "$compare" 'shmctl run' 'shmctl flock'
  assert_status 0
  assert_no_stderr
  [ "$(grep -c '^|' "$OUT")" -gt 10 ] || fail "there are no rows"
  not_found=$(grep -E '\*\*|did not run' "$OUT") && fail "it falls: $not_found"
  grep -q '^| the wrapper is killed; a second start | refused, status 75 | refused, status 1 |$' "$OUT" || fail "it says nothing"
}

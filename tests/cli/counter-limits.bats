#!/usr/bin/env bats
# shellcheck shell=bats
# What counters do at their limits and at the ends of 64 bits.

load ../helpers

MAX=9223372036854775807
MIN=-9223372036854775808

setup() { own_store; }

@test "on-limit fail: status 3 and the value unchanged" {
  shm -q counter create x 5 --min 0 --max 10
  unchanged x 5 3 counter incr x 6
  unchanged x 5 3 counter decr x 6
  unchanged x 5 3 counter set x 11
  unchanged x 5 3 counter swap x -1
  unchanged x 5 3 counter cas x 5 11
  unchanged x 5 3 counter max x 11
  unchanged x 5 3 counter min x -1
  shm counter max x 3
  assert_done 5
  shm counter incr x 5
  assert_done 10
  shm counter decr x 10
  assert_done 0
}

@test "on-limit saturate: stops at the limit" {
  shm -q counter create x 5 --min 0 --max 10 --on-limit saturate
  shm counter incr x 6
  assert_done 10
  shm counter decr x 11
  assert_done 0
  shm counter set x 11
  assert_done 10
  shm counter swap x -5
  assert_done 10
  assert_counter x 0
  shm counter max x 99
  assert_done 10
  shm counter min x -99
  assert_done 0
  shm counter cas x 0 50
  assert_done 10
}

@test "on-limit wrap: goes on at the other end" {
  shm -q counter create x 5 --min 0 --max 9 --on-limit wrap
  shm counter incr x 5
  assert_done 0
  shm counter decr x
  assert_done 9
  shm counter incr x 20
  assert_done 9
  shm counter incr x 11
  assert_done 0
  shm counter set x 13
  assert_done 3
  shm counter decr x 104
  assert_done 9
  shm -q counter create signed -2 --min -2 --max 2 --on-limit wrap
  shm counter decr signed
  assert_done 2
  shm counter incr signed
  assert_done -2
}

@test "the ends of 64 bits: no overflow, no wrap that was not asked for" {
  shm counter create top "$MAX"
  assert_done "$MAX"
  shm counter create bottom "$MIN"
  assert_done "$MIN"
  unchanged top "$MAX" 3 counter incr top
  unchanged top "$MAX" 3 counter incr top "$MAX"
  unchanged bottom "$MIN" 3 counter decr bottom
  unchanged bottom "$MIN" 3 counter incr bottom "$MIN"
  unchanged top "$MAX" 3 counter decr top "$MIN"
  shm counter incr top "$MIN"
  assert_done -1
  shm counter incr bottom "$MAX"
  assert_done -1
  shm counter set top=$MIN bottom=$MAX
  assert_done $MIN$'\n'$MAX
  shm counter cas top "$MIN" "$MAX"
  assert_done "$MAX"
  shm counter swap bottom "$MIN"
  assert_done "$MAX"
  shm counter decr top "$MAX"
  assert_done 0
}

@test "the ends of 64 bits: saturate and wrap" {
  shm -q counter create s "$MAX" --on-limit saturate
  shm counter incr s "$MAX"
  assert_done "$MAX"
  shm -q counter set s "$MIN"
  shm counter decr s "$MAX"
  assert_done "$MIN"
  shm -q counter create w "$MAX" --on-limit wrap
  shm counter incr w
  assert_done "$MIN"
  shm counter decr w
  assert_done "$MAX"
  shm counter incr w "$MAX"
  assert_done -2
  shm -q counter create one 7 --min 7 --max 7 --on-limit wrap
  shm counter incr one "$MAX"
  assert_done 7
}

@test "a number that does not fit into 64 bits is status 3, and nothing is made or changed" {
  shm counter incr x 9223372036854775808
  assert_refused 3 9223372036854775808
  shm counter set x -9223372036854775809
  assert_refused 3 -9223372036854775809
  shm counter create x --max 9223372036854775808
  assert_refused 3
  shm counter decr x "$MIN"
  assert_refused 3 x
  shm ls
  assert_done
}

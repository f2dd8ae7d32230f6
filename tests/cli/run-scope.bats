#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# run --scope where there is no service manager, and words that it does not take. Scopes themselves: tests/boot/scope.bats.
load ../helpers

setup() {
  own_store
  # Root's would be the machine's own, others' that of whoever tests.
  export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$BATS_TEST_TMPDIR/none
}

@test "where no manager answers, nothing runs and the job is not touched" {
  need_root
  shm run job --scope touch "$BATS_TEST_TMPDIR/ran"
  assert_refused 4 "reach the service manager" "no service manager answers" "without --scope"
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
  shm history job
  assert_status 1
}

@test "an ordinary user without a manager learns how to have one" {
  private_mounts
  as alice shm --store "" run job --scope true
  assert_refused 4 "reach the service manager 'user'" "loginctl enable-linger"
  end_private_mounts
}

@test "a property that a scope has not, and a value that it can't have, are refused before anything is asked" {
  shm run job --scope --property User=bob true
  assert_refused 2 "set property 'User=bob'" "a scope has no such property"
  shm run job --scope --property MemoryMax=much true
  assert_refused 2 "set property 'MemoryMax=much'" "no amount of memory"
  shm run job --scope --property MemoryMax=1G --property CPUQuota true
  assert_refused 2 "'CPUQuota'" "this is not NAME=VALUE"
  [ ! -e "$STORE" ]
}

@test "properties and a slice go with --scope" {
  shm run job --property MemoryMax=1G true
  assert_refused 2 "--property goes with --scope"
  shm run job --slice batch true
  assert_refused 2 "--slice goes with --scope"
}

@test "the main process of a unit stays in it" {
  call sh -c 'SYSTEMD_EXEC_PID=$$ exec "$SHMCTL" run job --scope true'
  assert_refused 2 "main process of a unit"
}

@test "a line of exec can't have a scope" {
  call "$SHMCTL" exec <<<"run job --scope true"
  assert_status 2
  assert_stderr_line "run"
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154,SC2016 # what `call` sets; the inner shell expands it
# token: the number of the newest run, and whether one's own is still it.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

@test "token get: that of the newest run; 1 where there is none" {
  shm token get job
  assert_refused 1
  shm pause job
  shm resume job
  shm token get job
  assert_refused 1 "never ran"
  shm run job sh -c 'echo "$SHMCTL_TOKEN"'
  local first=$out
  shm token get job
  assert_done "$first"
  shm run job sh -c 'echo "$SHMCTL_TOKEN"'
  [ "$out" -gt "$first" ]
  local second=$out
  shm token get job
  assert_done "$second"
  shm token get job --json
  assert_done "{\"name\":\"job\",\"token\":$second}"
}

@test "token check: 0 within the newest run, 1 when a newer one has begun" {
  shm run job sh -c '"$SHMCTL" token check job "$SHMCTL_TOKEN" && echo "$SHMCTL_TOKEN"'
  assert_status 0
  local first=$out
  shm token check job "$first"
  assert_done
  shm run job true
  shm token check job "$first"
  assert_refused 1 "newer run"
  shm -q token check job "$first"
  assert_status 1
  assert_no_stderr
  shm token check job "$first" --json
  assert_status 1
  [[ $out == '{"name":"job","token":'[1-9]*',"newest":false}' ]]
}

@test "a supervisor that was killed and a command that survived are overtaken all the same" {
  start one job
  local own
  own=$("$SHMCTL" token get job)
  kill_and_wait "$SUPERVISOR"
  shm token check job "$own"
  assert_done
  kill_and_wait "$JOB"
  shm token check job "$own"
  assert_done
  shm run job true
  shm token check job "$own"
  assert_refused 1
}

@test "no token is good for a job that is gone, and none comes twice" {
  shm run job sh -c 'echo "$SHMCTL_TOKEN"'
  local first=$out
  shm rm job
  assert_done
  shm token check job "$first"
  assert_refused 1 "no job of that name"
  shm run job true
  shm token get job
  local second=$out
  [ "$second" -gt "$first" ]
  shm token check job "$first"
  assert_refused 1
  shm token check job "$((second + 1))"
  assert_refused 1 "no run of it ever had"
}

@test "the members of a group outlive each other's jobs" {
  need_root
  need setpriv
  private_mounts
  package_layout
  unset SHMCTL_STORE
  local user highest=0
  for user in carol dave carol; do
    as "$user" shm --store "@$TEAM" run job sh -c 'echo "$SHMCTL_TOKEN"'
    assert_status 0
    [ "$out" -gt "$highest" ]
    highest=$out
    as "$user" shm --store "@$TEAM" rm job
    assert_done
  done
  end_private_mounts
}

@test "a job can be removed from a store that is full" {
  need_root
  need unshare mount
  PATIENCE=60 call unshare --mount --propagation private bash -c '
    mount -t tmpfs -o size=48k,mode=700 small "$1" && export SHMCTL_STORE=$1/store || exit 9
    "$SHMCTL" run job true && head -c 1000000 /dev/zero >"$1/filled"
    "$SHMCTL" run job true && "$SHMCTL" rm job && rm "$1/filled" && "$SHMCTL" run job echo again' full "$BATS_TEST_TMPDIR"
  [ "$status" != 9 ] || skip "can't mount"
  assert_status 0
  assert_stdout again
}

@test "what is typed wrong" {
  shm token get
  assert_refused 2 NAME
  shm token job
  assert_refused 2
  shm token look job
  assert_refused 2 "get or check"
  shm token check job
  assert_refused 2 TOKEN
  shm token get job 5
  assert_refused 2 "'5'"
  local wrong
  for wrong in '' x -1 5x 0 99999999999999999999; do
    shm token check job -- "$wrong"
    assert_refused 2
  done
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# run --scope: where the job's processes are, what the unit is told, and who has a manager. In a crontab: cron.bats.
load boot

# Who has no manager, whatever other files do meanwhile.
setup_file() { useradd --create-home --uid 4104 scope-hank; }
teardown_file() { userdel --remove scope-hank; }

# Which unit of this machine a process is in; where the hierarchy is not the new one alone, the new one's line counts.
unit_of_command='sed -n "s/^0::.*\///p" /proc/self/cgroup'

# until_running RUN: until that run has started its command; $unit is its scope
until_running() {
  until_true pgrep --parent "$1" >/dev/null
  unit=$(sed -n 's/^0::.*\///p' "/proc/$1/cgroup")
  [[ $unit == shmctl-scope-*.scope ]] || fail "it is in $unit"
}

@test "the command is in a scope of its job's name and number" {
  shm run scope-name --scope -- sh -c "$unit_of_command; echo \$SHMCTL_TOKEN"
  assert_status 0
  assert_stdout "shmctl-scope-name-${out##*$'\n'}.scope"$'\n'"${out##*$'\n'}"
}

@test "properties reach the unit; the supervisor is in it too" {
  mkfifo "$BATS_TEST_TMPDIR/go"
  shmctl run scope-properties --scope --property MemoryMax=64M --property TasksMax=50 --property CPUQuota=50% \
    --property CPUWeight=50 --property RuntimeMaxSec=1h --property TimeoutStopSec=5min --property KillSignal=INT \
    --property Description='a text' --slice scope-test cat "$BATS_TEST_TMPDIR/go" 3>&- &
  local run=$!
  until_running "$run"
  assert_state "$unit" MemoryMax 67108864
  assert_state "$unit" TasksMax 50
  assert_state "$unit" CPUQuotaPerSecUSec 500ms
  assert_state "$unit" CPUWeight 50
  assert_state "$unit" RuntimeMaxUSec 1h
  assert_state "$unit" TimeoutStopUSec 5min
  assert_state "$unit" KillSignal 2
  assert_state "$unit" Description "a text"
  assert_state "$unit" Slice scope-test.slice
  assert_state "$unit" CollectMode inactive-or-failed
  grep -q "/scope-test.slice/$unit\$" "/proc/$run/cgroup"
  echo go >"$BATS_TEST_TMPDIR/go"
  wait "$run"
  until_true is_state "$unit" LoadState not-found
}

@test "what the manager refuses is said in its words, and no command runs; the job is free" {
  shm run scope-refused --scope --property Slice=no-slice touch "$BATS_TEST_TMPDIR/ran"
  assert_refused 4 "make scope" "the service manager says: Invalid unit name 'no-slice'"
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
  shm run scope-refused true
  assert_done
  shm history scope-refused
  [[ $out == *not-runnable* ]]
}

@test "stopping the scope ends the run, and it leaves no failed unit" {
  shmctl run scope-stop --scope sleep 600 3>&- &
  local run=$! status=0
  until_running "$run"
  systemctl stop "$unit"
  wait "$run" || status=$?
  [ "$status" = 143 ]
  until_true is_state "$unit" LoadState not-found
  shm run scope-stop true
  assert_done
}

@test "a killed supervisor's command stays in the scope, and the job with it" {
  shmctl run scope-killed --scope sleep 600 3>&- &
  local run=$!
  until_running "$run"
  until_true pgrep --parent "$run" --exact sleep >/dev/null
  kill -KILL "$run"
  wait "$run" || true
  shm run scope-killed true
  assert_refused 75 "supervisor gone"
  assert_state "$unit" ActiveState active
  systemctl stop "$unit"
  until_true shmctl run scope-killed true
}

# put_into_scope PID: a process of this test's is put where PID is, whose child it is not
put_into_scope() {
  setsid sleep 600 3>&- &
  stranger=$!
  echo "$stranger" >"$(findmnt -n -t cgroup2 -o TARGET | head -n 1)$(sed -n 's/^0:://p' "/proc/$1/cgroup")/cgroup.procs"
}

@test "with --hold kill-tree what else is in the scope is ended with the command" {
  shmctl run scope-rest --scope --hold kill-tree sh -c "until [ -e $BATS_TEST_TMPDIR/end ]; do sleep 0.02; done" 3>&- &
  local run=$!
  until_running "$run"
  put_into_scope "$run"
  touch "$BATS_TEST_TMPDIR/end"
  wait "$run"
  [ ! -e "/proc/$stranger/exe" ] # of one that has ended, and was not waited for, there is none
}

@test "with --hold tree it holds the job" {
  shmctl run scope-tree --scope --hold tree sh -c "until [ -e $BATS_TEST_TMPDIR/end ]; do sleep 0.02; done" 3>&- &
  local run=$! command
  until_running "$run"
  put_into_scope "$run"
  command=$(pgrep -P "$run")
  touch "$BATS_TEST_TMPDIR/end"
  until_true test ! -e "/proc/$command"
  shm run scope-tree true
  assert_refused 75
  kill "$stranger"
  wait "$run"
}

@test "a user who lingers has scopes of the own manager, without anything in the environment, as from cron" {
  linger carol
  as carol call env -i PATH="$PATH" HOME=/home/carol shmctl run scope-carol --scope --property TasksMax=50 -- \
    sed -n 's/^0:://p' /proc/self/cgroup
  assert_status 0
  [[ $out == /user.slice/user-4003.slice/user@4003.service/*/shmctl-scope-carol-*.scope ]] || fail "it is elsewhere"
}

@test "a session has them too" {
  as_session carol shm run scope-session --scope sed -n 's/^0:://p' /proc/self/cgroup
  assert_status 0
  [[ $out == */user@4003.service/*/shmctl-scope-session-*.scope* ]] || fail "it is elsewhere"
}

@test "a user without a manager is told so" {
  call setpriv --reuid=4104 --regid=4104 --clear-groups shmctl run scope-hank --scope true
  assert_refused 4 "reach the service manager 'user'" "loginctl enable-linger"
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# shellcheck disable=SC2016,SC2030,SC2031 # what inner shells expand; each test is a subshell
# No /proc: objects do without it where the kernel lets them, jobs are guarded all the same, what needs it says so, and
# nothing hangs.

load ../helpers

setup() {
  private_mounts
  inside umount -l /proc 2>/dev/null || true
  if inside test -e /proc/self; then skip "can't be without /proc"; fi
  PATIENCE=10 # `call` reads it
  export PATIENCE
  inside mkdir -p /run/place
  export SHMCTL_STORE=/run/place/store
}
teardown() {
  if [ -n "${HOLDER-}" ]; then
    inside bash -c 'echo >"$1"' go /run/go
    wait "$HOLDER" || true
  fi
  end_private_mounts
}

# hold WORDS...: a run of `job` in the background, until teardown or let_go
hold() {
  inside mkfifo /run/go
  inside "$SHMCTL" run job "$@" bash -c ': >/run/started; read -r <>"$1"' hold /run/go &
  HOLDER=$!
  until_true inside test -e /run/started
}
let_go() {
  inside bash -c 'echo >"$1"' go /run/go
  wait "$HOLDER"
  HOLDER=
}

@test "no /proc: objects work" {
  shm counter incr x
  assert_done 1
  shm counter incr x 4
  assert_done 5
  shm value create v 2.5 --type float
  assert_status 0
  shm ls --names
  assert_done $'v\nx'
  shm ls
  assert_status 0
  assert_no_stderr
  shm stat x
  assert_status 0
  shm rm x v
  assert_done
}

@test "no /proc: a user without root's rights is served, or told that /proc is missing" {
  inside chown 4001:4001 /run/place
  as alice shm counter incr x
  assert_status_in 0 4
  if [ "$status" = 4 ]; then
    assert_refused 4 "'x'" '/proc'
    as alice shm run job echo ran
    assert_refused 4 job '/proc'
    as alice shm ls
    assert_done
  else
    as alice shm run job echo ran
    assert_done ran
  fi
}

@test "no /proc: what was made before works without" {
  inside mount -t proc proc /proc || skip "can't mount it"
  inside chown 4001:4001 /run/place
  as alice shm counter incr x
  as alice shm run job true
  inside umount -l /proc
  as alice shm counter incr x
  assert_done 2
  as alice shm run job sh -c 'exit 7'
  assert_status 7
  assert_no_stderr
  as alice shm who job
  assert_status 1
}

@test "no /proc: run guards" {
  shm run job sh -c 'exit 7'
  assert_status 7
  assert_no_stderr
  hold
  shm run job echo ran
  assert_refused 75 job
  shm run job --wait 100ms echo ran
  assert_refused 75 job
  shm run job --shared echo ran
  assert_refused 75 job
  shm who job
  assert_status 0
  assert_no_stderr
  shm --json who job
  assert_status 0
  shm ls
  assert_status 0
  grep -q 'running' "$OUT" || fail "ls says it does not run"
  shm stat job
  assert_status 0
  shm rm job
  assert_refused 75 job
  let_go
  shm who job
  assert_status 1
  shm run job echo ran
  assert_done ran
}

@test "no /proc: who waits gets the job" {
  hold
  inside "$SHMCTL" run job --on-busy wait bash -c ': >/run/second' &
  local waiter=$!
  inside test ! -e /run/second
  let_go
  wait "$waiter"
  inside test -e /run/second
}

@test "no /proc: a nested run is an error, not a hang" {
  shm run job "$SHMCTL" run job --on-busy wait true
  assert_refused 75 job
  shm run job --slots 1 "$SHMCTL" run job --slots 1 --on-busy wait true
  assert_refused 75 job
}

@test "no /proc: what needs the tree of processes is refused before the command starts" {
  local words
  for words in '--timeout 5' '--hold tree' '--hold kill-tree'; do
    # shellcheck disable=SC2086 # words
    shm run job $words echo ran
    assert_refused 4 /proc
    shm who job
    assert_status 1
  done
}

@test "no /proc: slots and readers" {
  shm run job --slots 2 bash -c 'echo "$SHMCTL_SLOT"'
  assert_done 0
  hold --shared
  shm run job --shared echo ran
  assert_done ran
  shm run job echo ran
  assert_refused 75 job
}

@test "no /proc: doctor says it" {
  shm counter incr x
  shm doctor
  assert_status 4
  grep -q '^bad .*/proc is not mounted' "$OUT" || fail "doctor does not say it"
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# run: in what circumstances the command starts, and how often it is tried.

load ../helpers
load jobs

setup() { own_store; TRIES=$BATS_TEST_TMPDIR/tries; }
teardown() { end_what_was_started; }

# failing_first N: a command for `run` that fails with 9 N times and counts its tries in the file TRIES
failing_first() {
  FAILING=(sh -c 'echo >>"$1"; [ "$(wc -l <"$1")" -gt "$2" ] || exit 9; echo "done"' failing "$TRIES" "$1")
}
tries() { wc -l <"$TRIES"; }

# --- where and how it runs -----------------------------------------------------------------------------------------------

@test "--cd: the command works there, and a command with a slash is found from there" {
  mkdir "$BATS_TEST_TMPDIR/there"
  printf '#!/bin/sh\npwd\n' >"$BATS_TEST_TMPDIR/there/where"
  chmod 755 "$BATS_TEST_TMPDIR/there/where"
  shm run --cd "$BATS_TEST_TMPDIR/there" job ./where
  assert_done "$BATS_TEST_TMPDIR/there"
  cd "$BATS_TEST_TMPDIR"
  shm run --cd there job pwd
  assert_done "$BATS_TEST_TMPDIR/there"
}

@test "--cd: a directory that can't be entered is 126, says why, and leaves the job free" {
  shm run --cd "$BATS_TEST_TMPDIR/none" job true
  assert_refused 126 "run job" "can't enter its directory: No such file or directory"
  : >"$BATS_TEST_TMPDIR/file"
  shm run --cd "$BATS_TEST_TMPDIR/file" job true
  assert_refused 126 "Not a directory"
  shm run job true
  assert_done
}

@test "--env and --unset-env: in the order said; what is not named stays" {
  export KEPT=kept GONE=gone SHOWN=old
  local show='echo "${KEPT-none} ${GONE-none} ${SHOWN-none} ${EMPTY-none} ${GONEX-none}"'
  GONEX=longer shm run --env SHOWN=1 --env SHOWN=a=b --unset-env GONE --env EMPTY= job sh -c "$show"
  assert_done "kept none a=b  longer"
  shm run --env SHOWN=1 --unset-env SHOWN job sh -c "$show"
  assert_done "kept gone none none none"
  shm run --unset-env SHOWN --env SHOWN=2 job sh -c "$show"
  assert_done "kept gone 2 none none"
  # What the run itself says is not to be changed.
  shm run --env SHMCTL_JOB=other --unset-env SHMCTL_TOKEN job sh -c 'echo "$SHMCTL_JOB ${SHMCTL_TOKEN:+token}"'
  assert_done "job token"
}

@test "--env PATH: where the command is found" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  printf '#!/bin/sh\necho found\n' >"$BATS_TEST_TMPDIR/bin/only-here"
  chmod 755 "$BATS_TEST_TMPDIR/bin/only-here"
  shm run job only-here
  assert_refused 127
  shm run --env "PATH=$BATS_TEST_TMPDIR/bin:$PATH" job only-here
  assert_done found
}

@test "--umask, --nice and --ionice are the command's alone" {
  shm run --umask 027 job sh -c 'umask'
  assert_done 0027
  shm run --umask 0 job sh -c 'umask'
  assert_done 0000
  local base
  base=$(nice)
  shm run --nice 3 job nice
  assert_done "$((base + 3))"
  shm run --nice +2 job nice
  assert_done "$((base + 2))"
  shm run --nice 40 job nice
  assert_done 19
  command -v ionice >/dev/null || skip "needs ionice"
  shm run --ionice idle job ionice
  assert_done idle
  shm run --ionice best-effort:7 job ionice
  assert_done "best-effort: prio 7"
  shm run --ionice best-effort job ionice
  assert_done "best-effort: prio 4"
}

@test "--nice: a negative number is for who may" {
  need_root
  shm run --nice -5 job nice
  assert_done "$(nice -n -5 nice)"
}

@test "--nice: who may not is told, and the job is free" {
  need_root
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
  mkdir "$STORE"
  chown 4001:4001 "$STORE"
  as alice shm run --nice -5 job true
  assert_refused 126 "can't set its nice value: Permission denied"
}

@test "usage: what makes no sense is refused before anything is opened" {
  local -a wrong=(
    "--nice x" "--nice 41" "--nice -41" "--ionice none" "--ionice idle:3" "--ionice realtime:8" "--ionice best-effort:"
    "--umask 8" "--umask 1000" "--umask -1" "--env A" "--env =x" "--unset-env A=b" "--unset-env=" "--retries -1"
    "--retries x" "--retries 1000001" "--backoff 1s" "--retries 1 --backoff 2s..1s" "--retries 1 --backoff .."
    "--retries 1 --backoff 1s.." "--retries 1 --backoff soon"
  )
  local words
  for words in "${wrong[@]}"; do
    # shellcheck disable=SC2086
    shm run $words job true
    assert_refused 2 || fail "$words"
  done
  [ ! -e "$STORE" ]
}

# --- more tries than one -------------------------------------------------------------------------------------------------

@test "--retries: until the status is 0; it is one run" {
  failing_first 2
  shm run --retries 5 --backoff 10ms job "${FAILING[@]}"
  assert_done "done"
  [ "$(tries)" = 3 ]
  assert_fact runs job 1
  assert_fact failures job 0
}

@test "--retries: no more than said; the status is that of the last try" {
  failing_first 9
  shm run --retries 2 --backoff 10ms..20ms job "${FAILING[@]}"
  assert_status 9
  [ "$(tries)" = 3 ]
  assert_fact runs job 1
  assert_fact failures job 1
  shm run --retries 0 job "${FAILING[@]}"
  assert_status 9
  [ "$(tries)" = 4 ]
}

@test "--retries: every try has the same token, and the job is held in the pauses" {
  run_in_background one --retries 1 --backoff 1m job sh -c 'echo "$SHMCTL_TOKEN" >>"$1"; exit 1' one "$TRIES"
  until_true test -s "$TRIES"
  until_true pausing job
  shm run job true
  assert_busy
  kill "$BACKGROUND"
  ended 1 "$BACKGROUND"
  [ "$(tries)" = 1 ]
}
# The command has ended, and the job is held still: `who` shows the supervisor.
pausing() { [[ $("$SHMCTL" who "$1") == "pid $BACKGROUND "* ]]; }

@test "--retries: what can't be run is not tried again" {
  shm run --retries 5 --backoff 1h job no-such-command-here
  assert_refused 127
}

@test "--retries: a timeout is of one try" {
  # On a busy machine the second may not be quick enough either.
  shm run --retries 20 --backoff 10ms --timeout 300ms job sh -c '
    echo >>"$1"; [ "$(wc -l <"$1")" -gt 1 ] || exec sleep 60' once "$TRIES"
  assert_status 0
  [ "$(tries)" -ge 2 ]
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2153,SC2154 # a subshell a test; what `call` sets
# run: what becomes of the command's output where shmctl has a part in it.

load ../helpers
load jobs

setup() { own_store; LOG=$BATS_TEST_TMPDIR/log; }
teardown() { end_what_was_started; }

# --- passed on -------------------------------------------------------------------------------------------------------

@test "--attachable: output and status are the command's own, each stream to its own" {
  shm run job --attachable sh -c 'echo out; echo err >&2; exit 3'
  assert_status 3
  assert_stdout out
  [ "$err" = err ]
  shm run job --attachable seq 100000
  assert_status 0
  cmp "$OUT" <(seq 100000)
}

@test "both streams in one place: their order is kept" {
  call bash -c '"$SHMCTL" run job --attachable sh -c "for i in 1 2 3; do echo out \$i; echo err \$i >&2; done" 2>&1'
  assert_done $'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3'
}

@test "a reader that goes away ends the command by SIGPIPE, as without" {
  call bash -c 'set -o pipefail; "$SHMCTL" run job --attachable yes | head -n 2'
  assert_status 141
  assert_stdout $'y\ny'
  shm run job true
  assert_done
}

@test "a process that the command leaves behind keeps neither the run nor the pipe" {
  shm run job --attachable sh -c "sleep 60 & echo \$! >$BATS_TEST_TMPDIR/left; echo out"
  assert_done out
  pid_in "$BATS_TEST_TMPDIR/left" >/dev/null
  free job
}

@test "closed streams stay without output, and the others work" {
  call bash -c '"$SHMCTL" run job --log "$0" sh -c "echo out; echo err >&2" >&-' "$LOG"
  assert_status 0
  [ "$err" = err ]
  [ "$(sort "$LOG")" = $'err\nout' ]
  call bash -c '"$SHMCTL" run job --attachable sh -c "echo out" 2>&-'
  assert_done out
}

@test "a command that can't be run is told as ever" {
  shm run job --attachable --log "$LOG" no-such-command-here
  assert_refused 127 no-such-command-here
  [ ! -s "$LOG" ]
}

# --- --quiet-unless-failed -------------------------------------------------------------------------------------------

@test "--quiet-unless-failed: nothing when it succeeds, all of it when it fails" {
  shm run job --quiet-unless-failed sh -c 'echo out; echo err >&2'
  assert_done
  shm run job --quiet-unless-failed sh -c 'echo out; echo err >&2; printf end; exit 4'
  assert_status 4
  assert_bytes 'out\nend'
  [ "$err" = err ]
  shm run job --quiet-unless-failed --timeout 0.1 sleep 60
  assert_status 124
  shm run job --quiet-unless-failed sh -c 'echo killed; kill -9 $$'
  assert_status 137
  assert_stdout killed
}

@test "--quiet-unless-failed --retries: nothing when a later try succeeds, all tries when none does" {
  shm run job --quiet-unless-failed --retries 2 --backoff 1ms sh -c "echo try; mkdir $BATS_TEST_TMPDIR/tried && exit 1; :"
  assert_status 0
  assert_no_stdout
  shm run job --quiet-unless-failed --retries 1 --backoff 1ms sh -c 'echo try; exit 2'
  assert_status 2
  assert_stdout $'try\ntry'
}

@test "--tail: the last lines of both streams" {
  local both='seq 1000; echo err >&2; seq 2; exit 1'
  call bash -c "\"\$SHMCTL\" run job --quiet-unless-failed --tail 4 sh -c '$both' 2>&1"
  assert_status 1
  assert_stdout $'1000\nerr\n1\n2'
  shm run job --quiet-unless-failed --tail 0 sh -c 'echo out; exit 1'
  assert_status 1
  assert_no_stdout
}

# --- --log -----------------------------------------------------------------------------------------------------------

@test "--log: appended to, beside the call's own output" {
  echo before >"$LOG"
  shm run job --log "$LOG" sh -c 'echo out; echo err >&2; exit 3'
  assert_status 3
  assert_stdout out
  [ "$err" = err ]
  [ "$(head -n 1 "$LOG")" = before ]
  [ "$(sort "$LOG")" = $'before\nerr\nout' ]
  (cd "$BATS_TEST_TMPDIR" && "$SHMCTL" run job --cd / --log here echo relative)
  [ "$(<"$BATS_TEST_TMPDIR/here")" = relative ]
  shm run job --quiet-unless-failed --log "$LOG" echo more
  assert_done
  [ "$(tail -n 1 "$LOG")" = more ]
}

@test "--log-size --log-keep: rotated between lines, and no more kept than that" {
  shm run job --log "$LOG" --log-size 1K --log-keep 2 seq 100000 100499
  assert_status 0
  local file
  for file in "$LOG" "$LOG.1" "$LOG.2"; do
    [ "$(wc -c <"$file")" -le 1024 ] || fail "$file is larger"
    not grep -vx '1[0-9]\{5\}' "$file"
  done
  [ ! -e "$LOG.3" ]
  cmp <(cat "$LOG.2" "$LOG.1" "$LOG") <(seq 100000 100499 | tail -n "$(cat "$LOG" "$LOG.1" "$LOG.2" | wc -l)")
}

@test "--log-time: each line has its time" {
  shm run job --log "$LOG" --log-time printf 'one\ntwo\n'
  assert_done $'one\ntwo'
  [ "$(wc -l <"$LOG")" = 2 ]
  not grep -vxE '20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} (one|two)' "$LOG"
}

@test "--log: a link, a device or no directory is refused, and nothing runs" {
  local bad ran=$BATS_TEST_TMPDIR/ran
  echo content >"$BATS_TEST_TMPDIR/target"
  ln -s target "$BATS_TEST_TMPDIR/link"
  ln "$BATS_TEST_TMPDIR/target" "$BATS_TEST_TMPDIR/second"
  for bad in "$BATS_TEST_TMPDIR/link" "$BATS_TEST_TMPDIR/second" /dev/null "$BATS_TEST_TMPDIR"; do
    shm run job --log "$bad" touch "$ran"
    assert_refused 4 "$bad"
  done
  shm run job --log "$BATS_TEST_TMPDIR/none/log" touch "$ran"
  assert_refused 4 none/log
  [ ! -e "$ran" ]
  [ "$(<"$BATS_TEST_TMPDIR/target")" = content ]
  shm run job true
  assert_done
}

@test "a full disk: said once; the command runs on, and its output is passed on" {
  private_mounts
  mkdir "$BATS_TEST_TMPDIR/small"
  chmod 755 "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR/.."
  inside mount -t tmpfs -o size=64k small "$BATS_TEST_TMPDIR/small"
  unset SHMCTL_STORE
  shm run job --log "$BATS_TEST_TMPDIR/small/log" seq 100000
  assert_status 0
  cmp "$OUT" <(seq 100000)
  assert_stderr_line "small/log" "No space left"
  inside rm "$BATS_TEST_TMPDIR/small/log"
  TMPDIR=$BATS_TEST_TMPDIR/small shm run job --attachable seq 100000
  assert_status 0
  cmp "$OUT" <(seq 100000)
  assert_stderr_line "keep" "No space left"
  end_private_mounts
}

@test "a limit of files' sizes, and a full place for the call's own output, are said; the command runs on" {
  shm run job true
  call bash -c 'ulimit -f 8; "$SHMCTL" run job --log "$0" seq 100000 | cksum' "$LOG"
  assert_status 0
  assert_stdout "$(seq 100000 | cksum)"
  assert_stderr_line "write to log" "too large"
  call bash -c '"$SHMCTL" run job --attachable sh -c "echo out; exit 3" >/dev/full'
  assert_status 3
  assert_stderr_line "write to 'standard output'" "No space left"
}

@test "usage of the options" {
  local words
  for words in "--tail 3" "--quiet-unless-failed --tail x" "--log-size 1M" "--log-time" "--log" "--log $LOG --log-size 0" \
    "--log $LOG --log-size 1X" "--log $LOG --log-size 99999999999T" "--log $LOG --log-keep 2" "--output" \
    "--on-busy wait --output" "--log $LOG/"; do
    # shellcheck disable=SC2086
    shm run job $words true
    assert_refused 2 || fail "$words"
  done
  [ ! -e "$STORE" ]
}

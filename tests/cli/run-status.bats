#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2094,SC2154 # a subshell a test; one pipe; what `call` sets
# run: what it says of its outcome to programs.

load ../helpers
load jobs

setup() {
  own_store
  holding
  LINE=$BATS_TEST_TMPDIR/line
}
teardown() { end_what_was_started; }

# field NAME: of the one line of JSON in the file LINE
field() {
  need jq
  [ "$(wc -l <"$LINE")" = 1 ] || fail "not one line: $(<"$LINE")"
  jq -r ".$1" "$LINE"
}
# assert_field NAME TEXT
assert_field() {
  local found
  found=$(field "$1")
  [ "$found" = "$2" ] || fail "$1 is $found, not $2: $(<"$LINE")"
}
# reported WORDS...: `shmctl run --status-file LINE WORDS...`
reported() {
  rm -f "$LINE"
  shm run --status-file "$LINE" "$@"
}

@test "--status-file: one line says how the run went" {
  local before after
  before=$(date +%s)
  reported job sh -c 'exit 3'
  after=$(date +%s)
  assert_status 3
  assert_no_stderr
  assert_field job job
  assert_field outcome failed
  assert_field status 3
  assert_field signal null
  assert_field tries 1
  [ "$(field '"start" | floor')" -ge "$before" ]
  [ "$(field '"end" | floor')" -le "$after" ]
  [ "$(field '"duration" > 0')" = true ]
  [ "$(field '"user_time" >= 0')" = true ]
  [ "$(field '"most_memory_kib" > 0')" = true ]
  assert_field token "$("$SHMCTL" stat --job job | sed -n 's/^token: //p')"
}

@test "--status-file: signals, timeouts, tries, and what can't be run" {
  reported job sh -c 'kill -9 $$'
  assert_status 137
  assert_field outcome signal
  assert_field signal KILL
  assert_field status 137
  reported --timeout 50ms job sleep 60
  assert_status 124
  assert_field outcome timeout
  assert_field status 124
  assert_field signal TERM
  reported job no-such-command-here
  assert_refused 127
  assert_field outcome not-runnable
  assert_field status 127
  reported --retries 2 --backoff 1ms job false
  assert_status 1
  assert_field tries 3
}

@test "--status-file: a refusal says why, and who holds the job" {
  start one job
  reported --busy-status 7 job true
  assert_status 7
  assert_field outcome busy
  assert_field status 7
  assert_field why busy
  assert_field holder.pid "$JOB"
  assert_field holder.supervisor "$SUPERVISOR"
  assert_field skips_in_a_row 1
  reported --wait 20ms job true
  assert_status 75
  assert_field outcome busy
  assert_field why timed-out
  reported outer "$SHMCTL" run --status-file "$LINE.inner" outer true
  assert_status 75
  assert_field outcome failed
  mv "$LINE.inner" "$LINE"
  assert_field outcome nested
}

@test "--status-file: a call that fails says so" {
  mkdir "$BATS_TEST_TMPDIR/open"
  chmod 777 "$BATS_TEST_TMPDIR/open"
  SHMCTL_STORE=$BATS_TEST_TMPDIR/open reported job true
  assert_status_in 1 4
  assert_stderr_line
  assert_field outcome error
  assert_field status "$status"
  [ "shmctl: $(field error)" = "$err" ]
}

@test "--status-file: it is there as a whole or not at all, whoever looks when" {
  need jq
  reported job true
  : >"$BATS_TEST_TMPDIR/go"
  (while [ -e "$BATS_TEST_TMPDIR/go" ]; do "$SHMCTL" run --status-file "$LINE" job true || exit; done) 3>&- &
  STARTED+=($!)
  local i
  for i in {1..50}; do : "$i"; field outcome >"$BATS_TEST_TMPDIR/found"; [ "$(<"$BATS_TEST_TMPDIR/found")" = succeeded ]; done
  rm "$BATS_TEST_TMPDIR/go"
  ended 0 $!
  [ "$(find "$BATS_TEST_TMPDIR" -name '.shmctl*' | wc -l)" = 0 ]
}

@test "--status-fd: the line comes when the job is free, and the command does not have the descriptor" {
  shm run --status-fd 9 job sh -c 'readlink /proc/$$/fd/9 || echo none' 9>"$LINE"
  assert_done none
  assert_field outcome succeeded
  # What the command leaves behind holds up nobody who reads it.
  call timeout 20 bash -c '"$0" run --status-fd 9 job sh -c "sleep 60 & echo \$! >\$0" "$1" 9>&1 >&2 2>"$2" | cat' \
    "$SHMCTL" "$BATS_TEST_TMPDIR/left" "$BATS_TEST_TMPDIR/others"
  STARTED+=("$(<"$BATS_TEST_TMPDIR/left")")
  assert_status 0
  cp "$OUT" "$LINE"
  assert_field outcome succeeded
}

@test "--status-fd: a standard stream does as well, and stays the command's" {
  shm run --status-fd 2 job sh -c 'echo out; echo err >&2'
  assert_status 0
  assert_stdout out
  [[ $err == err$'\n{"job":"job","outcome":"succeeded",'* ]]
}

@test "a line that can't be written is complained of; the status is the command's" {
  [ -w /dev/full ] || skip "needs /dev/full"
  shm run --status-fd 9 job sh -c 'exit 6' 9>/dev/full
  assert_refused 6 "write status to 'descriptor 9': No space left on device"
  # Nobody reads it any more.
  mkfifo "$BATS_TEST_TMPDIR/pipe"
  exec 8<>"$BATS_TEST_TMPDIR/pipe" 9>"$BATS_TEST_TMPDIR/pipe"
  exec 8<&-
  shm run --status-fd 9 job sh -c 'exit 5'
  exec 9>&-
  assert_refused 5 "Broken pipe"
}

@test "usage: where the line can't go is told before anything is opened" {
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  ln -s "$LINE" "$BATS_TEST_TMPDIR/link"
  local -a wrong=(
    "--status-fd x" "--status-fd -1" "--status-fd 77" "--status-fd 0" "--status-file $BATS_TEST_TMPDIR/none/line"
    "--status-file /dev/null" "--status-file $BATS_TEST_TMPDIR" "--status-file $BATS_TEST_TMPDIR/fifo"
    "--status-file $BATS_TEST_TMPDIR/link" "--status-file="
  )
  local words
  for words in "${wrong[@]}"; do
    # shellcheck disable=SC2086
    shm run $words job true </dev/null
    assert_refused 2 || fail "$words"
  done
  [ ! -e "$STORE" ]
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2153,SC2154 # a subshell a test; what `call` sets
# run: what becomes of the command's output where shmctl has a part in it.

load ../helpers
load jobs

setup() { own_store; holding; LOG=$BATS_TEST_TMPDIR/log; }
teardown() { end_what_was_started; }

# says FILE TEXT: the file has that line by now
says() { grep -qxF -- "$2" "$1" 2>/dev/null; }

# A command that prints a line whenever it is told one, and ends with the status that `end` says.
# talking: TELL is the pipe to tell it by (5 is open on it)
talking() {
  TALK=$BATS_TEST_TMPDIR/talk TELL=$BATS_TEST_TMPDIR/tell
  mkfifo "$TELL"
  exec 5<>"$TELL"
  cat >"$TALK" <<'END'
#!/bin/bash
echo $$ >"$1.new" && mv "$1.new" "$1.pid"
while read -r word rest; do
  case $word in
    end) exit "$rest" ;;
    error) echo "$rest" >&2 ;;
    *) echo "$word $rest" ;;
  esac
done <"$2"
END
  chmod 755 "$TALK"
}
tell() { echo "$*" >&5; }

# start_talking TAG WORDS...: `shmctl run WORDS...` of that command; what it says goes to files TAG.out and TAG.err
start_talking() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" run "$@" "$TALK" "$tag" "$TELL" >"$tag.out" 2>"$tag.err" 3>&- 5>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$tag.pid")
  STARTED+=("$JOB")
}
# watch TAG WORDS...: `shmctl attach WORDS...` in the background; its pid in WATCHER
watch() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" attach "$@" >"$tag.out" 2>"$tag.err" 3>&- 5>&- &
  WATCHER=$!
  STARTED+=("$WATCHER")
}

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

# --- attach ----------------------------------------------------------------------------------------------------------

@test "attach: any number of onlookers, from where they say, until the end" {
  talking
  start_talking one job --attachable
  local i
  for i in {1..12}; do tell "line $i"; done
  tell error oops
  until_true says "$BATS_TEST_TMPDIR/one.err" oops
  watch all job --from-start
  local all=$WATCHER
  watch last job
  local last=$WATCHER
  watch few job --tail 1 --status
  local few=$WATCHER
  watch new job --new
  local new=$WATCHER
  until_true says "$BATS_TEST_TMPDIR/all.err" oops
  until_true says "$BATS_TEST_TMPDIR/last.err" oops
  until_true says "$BATS_TEST_TMPDIR/few.err" oops
  # When one has got it that came later than `new` was started, so has `new`, if it had begun: tell until it has.
  until_true told_new
  tell line last
  tell end 5
  ended 5 "$SUPERVISOR"
  ended 0 "$all"
  ended 0 "$last"
  ended 5 "$few"
  ended 0 "$new"
  local tag=$BATS_TEST_TMPDIR
  cmp "$tag/all.out" "$tag/one.out"
  cmp "$tag/all.err" "$tag/one.err"
  [ "$(head -n 1 "$tag/last.out")" = "line 4" ]
  [ "$(head -n 1 "$tag/few.out")" = "line again" ]
  [ "$(head -n 1 "$tag/new.out")" = "line again" ]
  [ "$(tail -n 1 "$tag/new.out")" = "line last" ]
  [ ! -s "$tag/new.err" ]
}
told_new() { tell line again; says "$BATS_TEST_TMPDIR/new.out" "line again"; }

@test "attach: nobody runs it, nothing is kept, the supervisor is killed: 1 and a line" {
  shm run job --attachable true
  shm attach job
  assert_refused 1 "attach job" "no run"
  talking
  start_talking one job
  shm attach job
  assert_refused 1 "does not keep its output" --attachable
  tell end 0
  ended 0 "$SUPERVISOR"
  start_talking two job --attachable
  shm attach job --token 1
  assert_refused 1 "over"
  tell line one
  watch onlooker job --from-start
  until_true says "$BATS_TEST_TMPDIR/onlooker.out" "line one"
  kill_and_wait "$SUPERVISOR"
  ended 1 "$WATCHER"
  [[ $(<"$BATS_TEST_TMPDIR/onlooker.err") == "shmctl: "*killed* ]]
  lives "$JOB"
}

@test "an onlooker that is interrupted, or that does not read, disturbs nobody" {
  talking
  start_talking one job --attachable
  mkfifo "$BATS_TEST_TMPDIR/never"
  exec 6<>"$BATS_TEST_TMPDIR/never"
  "$SHMCTL" attach job --from-start >"$BATS_TEST_TMPDIR/never" 3>&- 5>&- 6>&- &
  local stuck=$!
  STARTED+=("$stuck")
  watch killed job
  tell line one
  until_true says "$BATS_TEST_TMPDIR/killed.out" "line one"
  kill "$WATCHER"
  local large i
  large=$(printf '%0900d' 0)
  for i in {1..200}; do tell "$large"; done
  tell line two
  tell end 0
  ended 0 "$SUPERVISOR"
  says "$BATS_TEST_TMPDIR/one.out" "line two"
  lives "$stuck"
  exec 6<&-
}

@test "attach in a group's store: its members may watch, others may not" {
  private_mounts
  package_layout
  talking
  unset SHMCTL_STORE
  local tag=$BATS_TEST_TMPDIR/one
  "${INSIDE[@]}" "${CAROL[@]}" "$SHMCTL" run job --store "@$TEAM" --attachable sh -c \
    'while read -r word rest; do [ "$word" = end ] && exit; echo "$word $rest"; done' <"$TELL" >"$tag.out" 3>&- 5>&- &
  STARTED+=("$!")
  local supervisor=$!
  tell line one
  until_true says "$tag.out" "line one"
  as bob shm attach job --store "@$TEAM"
  assert_refused 4
  "${INSIDE[@]}" "${DAVE[@]}" "$SHMCTL" attach job --store "@$TEAM" >"$tag.dave" 2>&1 3>&- 5>&- &
  local dave=$!
  STARTED+=("$dave")
  until_true says "$tag.dave" "line one"
  tell end 0
  ended 0 "$supervisor"
  ended 0 "$dave"
  end_private_mounts
}

@test "attach inside the run itself: it would see its own output for ever" {
  shm run job --attachable "$SHMCTL" attach job
  assert_refused 1 "attach job" "part of the run"
}

@test "usage of attach" {
  local words
  for words in "job --new --from-start" "job --tail x" "job --tail 1 --new" "job --token x" "" "job extra"; do
    # shellcheck disable=SC2086
    shm attach $words
    assert_refused 2 || fail "$words"
  done
}

# --- --on-busy join --------------------------------------------------------------------------------------------------

@test "join --output: later callers see what the first one sees, and exit as it does" {
  talking
  local -a words=(job --on-busy join --output)
  start_talking one "${words[@]}"
  tell line one
  until_true says "$BATS_TEST_TMPDIR/one.out" "line one"
  run_in_background two "${words[@]}" "$HOLD" "$BATS_TEST_TMPDIR/never"
  local two=$BACKGROUND
  run_in_background three job --on-busy join "$HOLD" "$BATS_TEST_TMPDIR/never"
  local three=$BACKGROUND
  until_true says "$BATS_TEST_TMPDIR/two.out" "line one"
  until_true has_open "$three" "socket:*"  # it has joined too
  tell error oops
  tell line two
  tell end 9
  ended 9 "$SUPERVISOR"
  ended 9 "$two"
  ended 9 "$three"
  local tag=$BATS_TEST_TMPDIR
  cmp "$tag/one.out" "$tag/two.out"
  cmp "$tag/one.err" "$tag/two.err"
  [ ! -s "$tag/three.out" ] && [ ! -s "$tag/three.err" ]
  [ ! -e "$tag/never.pid" ]
  assert_fact runs job 1
  assert_fact skips job 0
}

@test "join: a free job runs; each way to end is passed on" {
  shm run job --on-busy join sh -c 'exit 6'
  assert_status 6
  talking
  local ways=0
  for ((ways = 0; ways < 2; ways++)); do
    start_talking "way$ways" job --on-busy join
    run_in_background "joined$ways" job --on-busy join false
    if [ "$ways" = 0 ]; then kill -KILL "$JOB"; else kill -TERM "$SUPERVISOR"; fi
    local wanted=$((ways == 0 ? 137 : 143))
    ended "$wanted" "$SUPERVISOR"
    # It joined, or came when the job was free again and ran by itself.
    local joined=0
    wait "$BACKGROUND" || joined=$?
    [ "$joined" = "$wanted" ] || [ "$joined" = 1 ] || fail "joined: $joined"
  done
}

@test "join --quiet-unless-failed: both callers see the output of a failure, and nothing else" {
  talking
  local -a words=(job --on-busy join --output --quiet-unless-failed)
  local status_wanted
  for status_wanted in 0 4; do
    start_talking "one$status_wanted" "${words[@]}"
    run_in_background "two$status_wanted" "${words[@]}" "$HOLD" "$BATS_TEST_TMPDIR/never"
    until_true has_open "$BACKGROUND" "* \(deleted\)"  # it has the output, and so has joined
    tell line one
    tell end "$status_wanted"
    ended "$status_wanted" "$SUPERVISOR"
    ended "$status_wanted" "$BACKGROUND"
    local said=""
    [ "$status_wanted" = 0 ] || said="line one"
    [ "$(<"$BATS_TEST_TMPDIR/one$status_wanted.out")" = "$said" ]
    [ "$(<"$BATS_TEST_TMPDIR/two$status_wanted.out")" = "$said" ]
  done
}
# has_open PID PATTERN: one of its descriptors leads to something of that name
has_open() {
  local file
  for file in /proc/"$1"/fd/*; do
    # shellcheck disable=SC2053 # a pattern
    if [[ $(readlink "$file" 2>/dev/null) == $2 ]]; then return 0; fi
  done
  return 1
}

@test "join: not for ever with --wait; a run whose output is not kept is joined all the same" {
  talking
  start_talking one job
  shm run job --on-busy join --wait 0.1 false
  assert_busy "run job" "$JOB"
  run_in_background two job --on-busy join --output false
  tell end 3
  ended 3 "$SUPERVISOR"
  until_true gone "$BACKGROUND"
  local joined=0
  wait "$BACKGROUND" || joined=$?
  [ "$joined" = 3 ] || [ "$joined" = 1 ] || fail "joined: $joined"
}

@test "join: the supervisor is killed: the command's end is waited for, and 75 says that nobody saw it" {
  talking
  start_talking one job
  kill_and_wait "$SUPERVISOR"
  run_in_background two job --on-busy join --busy-status 76 false
  until_true lives "$BACKGROUND"
  tell end 0
  until_true gone "$JOB"
  until_true gone "$BACKGROUND"
  local joined=0
  wait "$BACKGROUND" || joined=$?
  # It came in time to join, or found the job free and ran by itself.
  [ "$joined" = 76 ] || [ "$joined" = 1 ] || fail "joined: $joined"
  if [ "$joined" = 76 ]; then [[ $(<"$BATS_TEST_TMPDIR/two.err") == "shmctl: run job: "*"nobody saw"* ]]; fi
}

@test "join: inside the run itself it is an error, as waiting would be" {
  shm run job --on-busy join "$SHMCTL" run job --on-busy join true
  assert_refused 75 "run job"
}

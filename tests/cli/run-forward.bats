#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# run --on-busy forward, and inbox: one run that takes what further calls are for.

load ../helpers
load jobs

setup() {
  own_store
  holding
}
teardown() { end_what_was_started; }

# forward WORDS...: a call whose words are to go to the run of `job`
forward() { shm run job --on-busy forward "$@"; }

@test "forward: a free job runs the command as ever, with its own input" {
  forward cat <<<"my input"
  assert_done "my input"
  [ ! -e "$STORE/job,inbox" ]
  forward sh -c 'exit 3' </dev/null
  assert_status 3
}

@test "forward: arguments and input go to the run that has the job" {
  start one job
  forward open 'a b' '' $'two\nlines' <<<"some input"
  assert_done
  forward open </dev/null
  assert_done
  shm inbox job
  assert_done $'a b\n\ntwo\nlines'
  shm inbox job
  assert_done
  shm inbox job
  assert_refused 1 "inbox job: there is no message"
  shm -q inbox job
  assert_status 1
  assert_no_stderr
  assert_fact skips job 0
}

@test "inbox: -0 and --json tell arguments apart; --json has everything" {
  need jq
  start one job
  cd "$BATS_TEST_TMPDIR"
  forward open 'a b' $'two\nlines' < <(printf 'in\nput')
  forward open 'a b' $'two\nlines' </dev/null
  shm inbox job --json
  assert_status 0
  [ "$(jq -r '[.job, .command, .arguments[], .input, .directory, .uid] | @json' <<<"$out")" = \
    "[\"job\",\"open\",\"a b\",\"two\\nlines\",\"in\\nput\",\"$PWD\",$(id -u)]" ]
  [ "$(jq .token <<<"$out")" = "$("$SHMCTL" who job --json | jq '.holders[0].token')" ]
  shm inbox job -0
  assert_status 0
  assert_bytes 'a b\0two\nlines\0'
}

@test "inbox: input may be any bytes, and many" {
  start one job
  head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/bytes"
  forward open <"$BATS_TEST_TMPDIR/bytes"
  assert_done
  call "$SHMCTL" inbox job cat
  assert_status 0
  cmp "$OUT" "$BATS_TEST_TMPDIR/bytes"
}

@test "inbox: a command gets the sender's arguments behind its own, its input, and who it was" {
  start one job
  cd "$BATS_TEST_TMPDIR"
  forward open 'a b' c <<<"some input"
  cd /
  shm inbox job -- sh -c 'echo "$# $1 $2 $3: $(cat) $SHMCTL_SENDER_DIRECTORY $SHMCTL_SENDER_UID"; exit 7' sh first
  assert_status 7
  assert_stdout "3 first a b c: some input $BATS_TEST_TMPDIR $(id -u)"
  forward open </dev/null
  shm inbox job wc -c <<<"not this"
  assert_done 0
  shm inbox job true
  assert_refused 1
}

@test "inbox: what its command can't be run for is there still, and what was not printed too" {
  [ -w /dev/full ] || skip "needs /dev/full"
  start one job
  forward open first </dev/null
  forward open second </dev/null
  shm inbox job no-such-command-here
  assert_refused 127 "can't run 'no-such-command-here'"
  "$SHMCTL" inbox job >/dev/full 2>"$BATS_TEST_TMPDIR/said" && fail "it was written"
  shm inbox job
  assert_done first
  shm inbox job
  assert_done second
}

@test "inbox: what a killed reader had taken is the first message again" {
  start one job
  forward open first </dev/null
  forward open second </dev/null
  "$SHMCTL" inbox job -- sh -c 'echo $$ >"$0.new"; mv "$0.new" "$0"; exec sleep 60' "$BATS_TEST_TMPDIR/taken" 3>&- &
  local reader=$!
  STARTED+=("$reader")
  STARTED+=("$(pid_in "$BATS_TEST_TMPDIR/taken")")
  kill_and_wait "$reader"
  shm inbox job
  assert_done first
}

@test "inbox --wait: until a message comes, or its time is over" {
  start one job
  shm inbox job --wait 20ms
  assert_refused 124 "no message has come in time"
  "$SHMCTL" inbox job --wait 30 >"$BATS_TEST_TMPDIR/got" 3>&- &
  STARTED+=($!)
  forward open late </dev/null
  assert_done
  ended 0 $!
  [ "$(<"$BATS_TEST_TMPDIR/got")" = late ]
}

@test "inbox --wait: a signal ends it, and takes nothing with it" {
  "$SHMCTL" run other true
  env --default-signal=TERM "$SHMCTL" inbox job --wait forever 3>&- &
  STARTED+=($!)
  until_true test -e "$STORE/job,inbox"
  kill $!
  ended 143 $!
  start one job
  forward open it </dev/null
  shm inbox job
  assert_done it
}

@test "forward: the run's own command reads it, in a loop, and may forward to itself" {
  "$SHMCTL" run job --on-busy forward bash -c '
    "$0" run job --on-busy forward self me </dev/null
    while "$0" inbox job --wait 30 -- sh -c "echo \"\$1\" >>\"\$0\"; [ \"\$1\" != end ]" "$1"; do :; done' \
    "$SHMCTL" "$BATS_TEST_TMPDIR/log" </dev/null 3>&- &
  STARTED+=($!)
  until_true grep -qs me "$BATS_TEST_TMPDIR/log"
  local i
  for i in 1 2 3; do forward open "$i" </dev/null; assert_done; done
  forward open end </dev/null
  assert_done
  ended 0 $!
  [ "$(tr '\n' ' ' <"$BATS_TEST_TMPDIR/log")" = "me 1 2 3 end " ]
}

@test "forward: what a run has not read waits for the next one, but not the other way round" {
  start one job
  local old=$JOB old_token
  old_token=$("$SHMCTL" stat --job job | sed -n 's/^token: //p')
  forward open unread </dev/null
  kill "$old"
  ended 143 "$SUPERVISOR"
  start two job
  SHMCTL_JOB=job SHMCTL_TOKEN=$old_token shm inbox job
  assert_done unread
  forward open new </dev/null
  SHMCTL_JOB=job SHMCTL_TOKEN=$old_token shm inbox job
  assert_refused 1 "a newer run has begun"
  SHMCTL_JOB=job SHMCTL_TOKEN=$((old_token + 1)) shm inbox job
  assert_done new
}

@test "forward: each of many calls is handed over or runs, whenever runs end; none twice, none lost" {
  # A run reads what there is and ends. So the calls meet runs that begin, read and end.
  local script=$BATS_TEST_TMPDIR/script log=$BATS_TEST_TMPDIR/log i
  cat >"$script" <<'END'
echo "$3" >>"$2"
while "$1" -q inbox job -- sh -c 'echo "$5" >>"$1"' sh "$2"; do :; done
END
  : >"$log"
  local -a pids=()
  for i in {1..40}; do
    "$SHMCTL" run job --on-busy forward sh "$script" "$SHMCTL" "$log" "$i" </dev/null 3>&- &
    pids+=($!)
    STARTED+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || fail "a call failed"; done
  # What came just before the last run ended is in the inbox still.
  while "$SHMCTL" -q inbox job -- sh -c 'echo "$5" >>"$1"' sh "$log"; do :; done
  sort -n "$log" | uniq >"$log.sorted"
  [ "$(wc -l <"$log")" = 40 ]
  [ "$(wc -l <"$log.sorted")" = 40 ]
}

@test "forward: callers and readers that are killed at any moment: what was handed over is read, and by one alone" {
  start one job
  local i told=$BATS_TEST_TMPDIR/told some=$BATS_TEST_TMPDIR/some rest=$BATS_TEST_TMPDIR/rest
  for i in {1..40}; do
    {
      if timeout -s KILL "0.00$((i % 7))" "$SHMCTL" run job --on-busy forward open "$i" </dev/null 3>&-; then
        echo "$i" >>"$told"
      fi
      # One that is killed may have printed a message, and have left it.
      if ((i % 4 == 0)); then timeout -s KILL "0.00$((i % 3))" "$SHMCTL" inbox job >>"$some" 3>&- || true; fi
    } 2>/dev/null
  done
  while "$SHMCTL" inbox job >>"$rest" 2>/dev/null; do :; done
  [ -s "$told" ]
  not grep . <(sort "$rest" | uniq -d)
  not grep . <(comm -23 <(sort "$told") <(sort -u "$some" "$rest"))
}

@test "forward: a paused job takes nothing; one that a script holds by a descriptor is busy" {
  "$SHMCTL" pause job
  forward open x </dev/null
  assert_refused 75 paused
  "$SHMCTL" resume job
  exec 9<"$("$SHMCTL" lock job --path)"
  "$SHMCTL" lock job --fd 9
  forward open x </dev/null
  assert_refused 75
  exec 9<&-
}

@test "an inbox is no object: it is not listed, not named, not left behind" {
  start one job
  forward open x </dev/null
  [ "$("$SHMCTL" ls --names)" = job ]
  [ -z "$("$SHMCTL" dump)" ]
  shm queue len job,inbox
  assert_refused 2
  shm rm job,inbox
  assert_refused 2
  shm doctor --fix
  shm inbox job
  assert_done x
  forward open y </dev/null
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  shm rm --job job
  assert_done
  [ "$(find "$STORE" -name '*inbox*' -o -name ',lock,*' | wc -l)" = 0 ]
  shm inbox job
  assert_refused 1
}

@test "forward: the longest name" {
  local name
  name=$(printf 'n%.0s' {1..128})
  start one "$name"
  shm run "$name" --on-busy forward open x </dev/null
  assert_done
  shm inbox "$name"
  assert_done x
}

@test "forward: --status-fd says it" {
  need jq
  start one job
  shm run job --on-busy forward --status-fd 9 open x 9>"$BATS_TEST_TMPDIR/line" </dev/null
  assert_done
  [ "$(jq -r '.outcome, .status' "$BATS_TEST_TMPDIR/line" | tr '\n' ' ')" = "forwarded 0 " ]
}

@test "forward: within a group's store, from one user to another, and to nobody else" {
  unset SHMCTL_STORE
  private_mounts
  package_layout
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
  # Runs until it reads a line.
  mkfifo "$BATS_TEST_TMPDIR/end"
  exec 8<>"$BATS_TEST_TMPDIR/end"
  "${INSIDE[@]}" "${CAROL[@]}" "$SHMCTL" run job --store "@$TEAM" sh -c 'read -r line' <&8 3>&- 8>&- &
  local carols=$!
  STARTED+=("$carols")
  until_true inside "$SHMCTL" who job --store "@$TEAM" -q
  as dave shm run job --store "@$TEAM" --on-busy forward open daves </dev/null
  assert_done
  as alice shm inbox job --store "@$TEAM"
  assert_status 4
  assert_no_stdout
  as carol shm inbox job --store "@$TEAM" -- sh -c 'echo "$1 by $SHMCTL_SENDER_UID"' sh
  assert_done "daves by 4004"
  echo >&8
  ended 0 "$carols"
  end_private_mounts
}

@test "usage" {
  local -a wrong=(
    "run job --on-busy forward --shared true" "run job --on-busy forward --slots 2 true"
    "run job --on-busy forward --wait 1 true" "inbox" "inbox --bad" "inbox job --json true" "inbox job --wait soon"
    "inbox job/x"
  )
  local words
  for words in "${wrong[@]}"; do
    # shellcheck disable=SC2086
    shm $words
    assert_refused 2 || fail "$words"
  done
  [ ! -e "$STORE" ]
}

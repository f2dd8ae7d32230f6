#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# logs: what runs have written to the journal, read back. The journals here are made by systemd-journal-remote; what runs
# write into a real one, and how `logs` finds it there, is in tests/boot/journal.bats.
load ../helpers

REMOTE=/lib/systemd/systemd-journal-remote
SUCCEEDED=cb6e255165cd4c77a3d2c5bb80b22bee
FAILED=77ef16a6c45e4976bbf0c18585be1f31
BUSY=99016f512106434fb301eddd397e3795
PAUSED=5342da4cb8144392a3234e1fde7651dd
NESTED=d6b0284f82aa455cb84d9ac66ae9859f
BOOT=11111111111111111111111111111111
BEGIN=1795260000 # 2026-11-21 11:20:00 UTC

setup() {
  [ -x "$REMOTE" ] || skip "needs systemd-journal-remote"
  export TZ=UTC
  own_store
  mkdir -m 700 "$STORE"
  JOURNAL=$BATS_TEST_TMPDIR/journal
  mkdir "$JOURNAL"
  OWN_UID=$(id -u)
  EXPORT=$BATS_TEST_TMPDIR/export
}

# entry SECOND JOB OUTCOME ID MESSAGE [FIELD=VALUE...]: an entry for journal; those of one name that come later count
entry() {
  local second=$((BEGIN + $1))000000
  {
    printf '__REALTIME_TIMESTAMP=%s\n__MONOTONIC_TIMESTAMP=%s\n' "$second" "$second"
    case "${*:6}" in *_BOOT_ID=*) ;; *) printf '_BOOT_ID=%s\n' "$BOOT" ;; esac
    printf '_MACHINE_ID=%s\n' 22222222222222222222222222222222
    case "${*:6}" in *_UID=*) ;; *) printf '_UID=%s\n' "$OWN_UID" ;; esac
    case "${*:6}" in *SHMCTL_STORE=*) ;; *) printf 'SHMCTL_STORE=%s\n' "$STORE" ;; esac
    printf 'SHMCTL_JOB=%s\nSHMCTL_OUTCOME=%s\nMESSAGE_ID=%s\nMESSAGE=%s\n' "$2" "$3" "$4" "$5"
    if [ $# -gt 5 ]; then printf '%s\n' "${@:6}"; fi
    echo
  } >>"$EXPORT"
}
# journal [NAME]: makes a file of what entry() has gathered, each time another one: a machine without an id can't append
journal() { "$REMOTE" --output="$JOURNAL/${1:-own}.journal" "$EXPORT" >/dev/null 2>&1 && rm "$EXPORT"; }

# Four entries of two jobs.
some_entries() {
  entry 0 backup succeeded "$SUCCEEDED" "Job backup succeeded after 3.2 s"
  entry 60 backup failed "$FAILED" "Job backup failed with status 2 after 0.5 s"
  entry 120 mirror busy "$BUSY" "Job mirror was skipped: busy"
  entry 180 backup succeeded "$SUCCEEDED" "Job backup succeeded after 1.0 s"
  journal
}
logs() { shm logs --directory "$JOURNAL" "$@"; }

@test "entries are shown the oldest first, a line each" {
  some_entries
  logs
  assert_done "2026-11-21 11:20:00  Job backup succeeded after 3.2 s
2026-11-21 11:21:00  Job backup failed with status 2 after 0.5 s
2026-11-21 11:22:00  Job mirror was skipped: busy
2026-11-21 11:23:00  Job backup succeeded after 1.0 s"
}

@test "a name or a pattern chooses jobs" {
  some_entries
  logs mirror
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy"
  logs 'mi*'
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy"
  logs '*' --count 1
  assert_done "2026-11-21 11:23:00  Job backup succeeded after 1.0 s"
  logs mirro
  assert_refused 1 mirro
  logs 'x*'
  assert_refused 1 'x*'
  logs -q 'x*'
  assert_status 1 && assert_no_stderr && assert_no_stdout
  logs 'no name'
  assert_refused 2 'no name'
}

@test "--count shows the newest, of those that are chosen" {
  some_entries
  logs --count 2
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy
2026-11-21 11:23:00  Job backup succeeded after 1.0 s"
  logs --count 1 mirror
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy"
  logs --count 1 'm*'
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy"
  logs --count 2 'b*'
  assert_done "2026-11-21 11:21:00  Job backup failed with status 2 after 0.5 s
2026-11-21 11:23:00  Job backup succeeded after 1.0 s"
  logs --count 100 | tail -n 1
  assert_status 0
  logs --count 0
  assert_refused 2 count
}

@test "--since and --until bound the time" {
  some_entries
  logs --since '2026-11-21 11:22'
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy
2026-11-21 11:23:00  Job backup succeeded after 1.0 s"
  logs --until "@$((BEGIN + 61))"
  assert_done "2026-11-21 11:20:00  Job backup succeeded after 3.2 s
2026-11-21 11:21:00  Job backup failed with status 2 after 0.5 s"
  logs --since "@$((BEGIN + 1))" --until "@$((BEGIN + 61))"
  assert_done "2026-11-21 11:21:00  Job backup failed with status 2 after 0.5 s"
  logs --until "@$((BEGIN + 130))" --count 1
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy"
  logs --since "@$((BEGIN + 130))" --count 5
  assert_done "2026-11-21 11:23:00  Job backup succeeded after 1.0 s"
  logs --since "@$((BEGIN + 1000))"
  assert_refused 1 'no such entries'
  logs --since yesterday-ish
  assert_refused 2 since yesterday-ish
  logs --until x
  assert_refused 2 until
}

@test "--outcome chooses one, or all failures, or all skips" {
  some_entries
  entry 240 inner nested "$NESTED" "Job inner could not run"
  entry 300 backup paused "$PAUSED" "Job backup was skipped: paused"
  journal later
  logs --outcome busy
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy"
  logs --outcome skips
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy
2026-11-21 11:25:00  Job backup was skipped: paused"
  logs --outcome failures
  assert_done "2026-11-21 11:21:00  Job backup failed with status 2 after 0.5 s
2026-11-21 11:24:00  Job inner could not run"
  logs --outcome failures inner
  assert_done "2026-11-21 11:24:00  Job inner could not run"
  logs --outcome timeout
  assert_refused 1
  logs --outcome good
  assert_refused 2 outcome
}

@test "only jobs of this store, as its owner and root have written" {
  entry 0 backup succeeded "$SUCCEEDED" "mine"
  entry 1 backup succeeded "$SUCCEEDED" "another store's" "SHMCTL_STORE=$STORE/+other"
  entry 2 backup succeeded "$SUCCEEDED" "a stranger's" _UID=4001
  entry 3 backup succeeded "$SUCCEEDED" "root's" _UID=0
  entry 4 ../x succeeded "$SUCCEEDED" "no name"
  entry 5 backup succeeded 00000000000000000000000000000000 "another program's"
  journal
  logs backup
  assert_status 0
  [ "$(grep -c . "$OUT")" = 2 ] || fail "not two entries"
  [[ $out == *"  mine"*"  root's"* ]] || fail "not the right ones"
  logs
  [[ $out != *"no name"* ]] || fail "a name that is none"
}

@test "a group's store has entries of all; whose they are is said" {
  need_root
  chmod 2770 "$STORE"
  chgrp "$TEAM" "$STORE"
  entry 0 backup succeeded "$SUCCEEDED" "root's"
  entry 1 backup succeeded "$SUCCEEDED" "carol's" _UID=4003
  journal
  logs backup
  assert_status 0
  [[ $out == *"  root's"$'\n'*"  carol's [4003]" ]] || fail "not these"
}

@test "a path with another spelling is the same store" {
  some_entries
  cd "$BATS_TEST_TMPDIR"
  logs --store ./store/../store/ mirror
  assert_done "2026-11-21 11:22:00  Job mirror was skipped: busy"
}

@test "between two boots there is a line" {
  entry 0 backup succeeded "$SUCCEEDED" "one"
  entry 1 backup succeeded "$SUCCEEDED" "two" _BOOT_ID=33333333333333333333333333333333
  journal
  logs
  assert_done "2026-11-21 11:20:00  one
-- reboot --
2026-11-21 11:20:01  two"
}

@test "--json has all there is, numbers as numbers, times as seconds" {
  need jq
  entry 0 backup failed "$FAILED" "Job backup failed" PRIORITY=4 EXIT_STATUS=2 SHMCTL_TOKEN=1795269894835299 \
    SHMCTL_DURATION_USEC=1500000 SHMCTL_START_USEC=1795259998500000 SHMCTL_FAILURES=3 'SHMCTL_COMMAND=tar "x"' \
    SHMCTL_TRIGGER=cron _PID=77 _SYSTEMD_UNIT=cron.service SHMCTL_TRIES=x SHMCTL_CPU_USEC=-1
  journal
  logs --json
  assert_status 0
  [ "$(jq -c '[.when,.job,.outcome,.status,.message,.priority,.start,.duration,.failures_in_a_row]' "$OUT")" = \
    '[1795260000,"backup","failed",2,"Job backup failed",4,1795259998.5,1.5,3]' ] || fail "not this"
  [ "$(jq -c '[.trigger,.command,.store,.pid,.uid,.unit,.boot]' "$OUT")" = \
    "[\"cron\",\"tar \\\"x\\\"\",\"$STORE\",77,$OWN_UID,\"cron.service\",\"$BOOT\"]" ] || fail "not this either"
  [ "$(jq -c 'has("tries"), has("cpu_time"), has("slot")' "$OUT" | sort -u)" = false ] || fail "nonsense was printed"
  [[ $out == *'"token":1795269894835299'* ]] || fail "the token is not exact"
}

@test "what others have put into an entry does not steer the terminal" {
  entry 0 backup succeeded "$SUCCEEDED" $'one\e[31mtwo\rthree'
  journal
  logs
  assert_done "2026-11-21 11:20:00  one?[31mtwo?three"
}

@test "--follow shows the last ten, and what comes; ^C ends it as it ends others" {
  local i
  for i in {0..11}; do entry "$i" backup succeeded "$SUCCEEDED" "run $i"; done
  journal
  # Not in the background: there a shell has ^C ignored.
  env --default-signal=INT "$SHMCTL" logs --directory "$JOURNAL" --follow backup >"$BATS_TEST_TMPDIR/lines" 2>&1 3>&- &
  local pid=$!
  until_true grep -q "run 11" "$BATS_TEST_TMPDIR/lines"
  [ "$(head -n 1 "$BATS_TEST_TMPDIR/lines")" = "2026-11-21 11:20:02  run 2" ] || fail "$(cat "$BATS_TEST_TMPDIR/lines")"
  entry 12 mirror succeeded "$SUCCEEDED" "another job"
  entry 13 backup succeeded "$SUCCEEDED" "run 13"
  "$REMOTE" --output="$JOURNAL/more.journal" "$EXPORT" >/dev/null 2>&1
  until_true grep -q "run 13" "$BATS_TEST_TMPDIR/lines"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/lines")" = 11 ] || fail "$(cat "$BATS_TEST_TMPDIR/lines")"
  kill -INT "$pid"
  status=0
  wait "$pid" || status=$?
  [ "$status" = 130 ] || fail "status $status"
}

@test "--follow waits where there is nothing yet, and takes --count and --since, not --until" {
  entry 0 other succeeded "$SUCCEEDED" "one"
  journal
  "$SHMCTL" logs --directory "$JOURNAL" -f --count 1 backup >"$BATS_TEST_TMPDIR/lines" 2>&1 3>&- &
  local pid=$!
  entry 10 backup succeeded "$SUCCEEDED" "two"
  entry 20 backup succeeded "$SUCCEEDED" "three"
  "$REMOTE" --output="$JOURNAL/more.journal" "$EXPORT" >/dev/null 2>&1
  until_true grep -q three "$BATS_TEST_TMPDIR/lines"
  kill "$pid"
  wait "$pid" || true
  logs --follow --until 2h
  assert_refused 2 follow until
}

@test "no journal is an error" {
  logs
  assert_refused 1 "$JOURNAL"
  shm logs --directory "$JOURNAL/none"
  assert_refused 1 "$JOURNAL/none"
  if [ ! -e /var/log/journal ] && [ ! -e /run/log/journal ]; then
    shm logs backup
    assert_refused 1 journal
  fi
}

@test "a journal that may not be read is an error; one that is hidden in part is told, once" {
  private_mounts
  entry 0 backup succeeded "$SUCCEEDED" "one" _UID=4001 SHMCTL_STORE=/run/store
  journal
  entry 5 backup succeeded "$SUCCEEDED" "two" _UID=4001 SHMCTL_STORE=/run/store
  "$REMOTE" --output="$JOURNAL/more.journal" "$EXPORT" >/dev/null 2>&1
  inside mkdir -m 755 /run/journal
  inside cp "$JOURNAL/own.journal" "$JOURNAL/more.journal" /run/journal
  inside install -d -m 700 -o 4001 /run/store
  inside chmod 600 /run/journal/own.journal /run/journal/more.journal
  as alice shm logs --store /run/store --directory /run/journal
  assert_refused 4 journal
  inside chmod 644 /run/journal/own.journal
  as alice shm logs --store /run/store --directory /run/journal
  assert_status 0
  assert_stdout "2026-11-21 11:20:00  one"
  assert_stderr_line "systemd-journal"
  as alice shm logs -q --store /run/store --directory /run/journal
  assert_done "2026-11-21 11:20:00  one"
  inside chmod 644 /run/journal/more.journal
  as alice shm logs --store /run/store --directory /run/journal
  assert_done "2026-11-21 11:20:00  one
2026-11-21 11:20:05  two"
}
teardown() { end_private_mounts; }

@test "it needs a call of its own" {
  call "$SHMCTL" exec <<<"logs"
  assert_refused 2 logs
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Making a store again from what was written of it: files that are harmed, stores that have something already, jobs.

load ../helpers
load save

# harm HOW FILE
harm() {
  case $1 in
    cut) truncate -s -1 "$2" ;;
    short) truncate -s 40 "$2" ;;
    empty) truncate -s 0 "$2" ;;
    changed) sed -i 's/"value":2/"value":3/' "$2" ;;
    version) sed -i '1s/:1/:9/' "$2" ;;
    no-end) sed -i "\$d" "$2" ;;
    gone) rm "$2" ;;
  esac
}

@test "restore: a torn, a changed and a foreign file: the one before is used, aloud" {
  local damage
  shm -q counter set hits 1
  shm save "$FILE"
  shm -q counter set hits 2
  shm save "$FILE"
  cp "$FILE" "$FILE.good"
  for damage in cut short empty changed version no-end gone; do
    cp "$FILE.good" "$FILE"
    harm "$damage" "$FILE"
    rm -rf "$OTHER"
    there restore "$FILE"
    assert_status 0
    assert_stderr_line "$FILE" "$FILE.1" saved
    there_counter hits 1
  done
  # A line that is not understood, in a file that is whole.
  need xxh128sum
  sed 's/"counter"/"clock"/; $d' "$FILE.good" >"$FILE"
  printf '{"shmctl-save-end":1,"lines":1,"bytes":%s,"xxh3_128":"%s"}\n' "$(stat -c %s "$FILE")" \
    "$(xxh128sum "$FILE" | cut -d' ' -f1)" >"$BATS_TEST_TMPDIR/end"
  cat "$BATS_TEST_TMPDIR/end" >>"$FILE"
  rm -rf "$OTHER"
  there restore "$FILE"
  assert_status 0
  assert_stderr_line "$FILE" 'line 2' kind
  there_counter hits 1
}

@test "restore: neither can be used, and neither is there" {
  shm restore "$FILE"
  assert_refused 1 "$FILE"
  [ ! -e "$STORE" ]
  shm -q counter set hits 1
  shm save "$FILE"
  shm save "$FILE"
  truncate -s -1 "$FILE" "$FILE.1"
  there restore "$FILE"
  assert_refused 4 "$FILE" .1
  rm "$FILE.1"
  there restore "$FILE"
  assert_refused 4 "$FILE"
  [ ! -e "$OTHER" ]
}

@test "restore: what is there is refused, left, or replaced" {
  some
  shm persist hits
  shm save "$FILE"
  there -q queue push hits item
  there run backup false || true
  there restore "$FILE"
  assert_status 1
  assert_stderr_lines hits backup
  there queue len hits
  assert_done 1
  there value get name
  assert_status 0
  there restore "$FILE" --skip-existing
  assert_done
  there queue len hits
  assert_done 1
  there restore "$FILE" --force
  assert_done
  there_counter hits 5
  there stat --job backup --json
  [[ $out == *'"failures":0'* ]] || fail "the job was not replaced"
}

@test "restore: a job that runs is not replaced" {
  shm run backup true
  shm save "$FILE"
  shm run backup "$SHMCTL" restore --force "$FILE"
  assert_refused 75 backup
}

@test "restore: a job's tokens, history, pause and period go on" {
  local old new
  shm run backup false
  shm run backup true
  old=$(inside "$SHMCTL" token get backup)
  shm save "$FILE"
  # Runs that are not saved.
  shm run backup true
  local unsaved
  unsaved=$(inside "$SHMCTL" token get backup)
  there restore "$FILE"
  assert_done
  there token get backup
  assert_done "$old"
  cmp <(inside "$SHMCTL" history backup --json | tail -n 2) <(inside "$SHMCTL" --store "$OTHER" history backup --json)
  there run backup --once-per 1h true
  assert_refused 75 backup
  there run backup true
  assert_status 0
  new=$(inside "$SHMCTL" --store "$OTHER" token get backup)
  ((new > unsaved)) || fail "token $new after $unsaved"
}

@test "restore: a run that was under way is lost" {
  shm run backup "$SHMCTL" save "$FILE"
  assert_done
  there restore "$FILE"
  assert_done
  there history backup --json
  [[ $out == *'"outcome":"lost"'* ]]
  there run backup true
  assert_done
}

@test "restore: what a killed one has made is left, the rest is made" {
  local i
  for ((i = 0; i < 60; i++)); do echo "counter set c$i $i"; done >"$BATS_TEST_TMPDIR/lines"
  shm -q exec "$BATS_TEST_TMPDIR/lines"
  shm save "$FILE"
  for ((i = 0; i < 10; i++)); do
    inside "$SHMCTL" --store "$OTHER" restore --skip-existing "$FILE" &
    until_true made_some || true
    kill -9 $! || true
    wait $! || true
  done 2>/dev/null
  there restore --skip-existing "$FILE"
  assert_done
  cmp <(dump_of "$STORE") <(dump_of "$OTHER")
}
made_some() { [ -e "$OTHER" ]; }

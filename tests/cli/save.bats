#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Writing a store to a file that outlasts the machine, and making it again.

load ../helpers
load save

@test "save | restore: all that the store has" {
  some
  shm persist 'hits*'
  shm pause backup --reason 'a "reason"'
  shm save "$FILE"
  assert_done
  [ "$(stat -c %a "$FILE")" = 600 ]
  there restore "$FILE"
  assert_done
  cmp <(dump_of "$STORE") <(dump_of "$OTHER") || fail "something else was restored"
  there persist --json
  assert_done '{"what":"object","pattern":"hits*"}'
  there run backup true
  assert_refused 75 reason
  there doctor
  assert_status 0
  # The same again.
  there -q rm backup hits
  there save "$FILE"
  assert_done
  there restore "$FILE" --skip-existing
  assert_done
}

@test "save: only some objects, only jobs" {
  some
  shm run build true
  shm save 'h*' "$FILE" --json
  assert_done "{\"store\":\"$STORE\",\"file\":\"$FILE\",\"objects\":1,\"jobs\":0,\"marks\":0}"
  there restore "$FILE" --json
  assert_status 0
  [[ $out == *'"made":1,"skipped":0}' ]]
  there ls --names
  assert_done hits
  shm save --job 'b*k*' "$FILE"
  assert_done
  there restore "$FILE"
  assert_done
  there ls --names
  assert_done $'backup\nhits'
  shm save --job "$FILE" --json
  [[ $out == *'"objects":0,"jobs":2,"marks":0}' ]]
}

@test "save: a store of nothing, and no store" {
  shm save "$FILE"
  assert_refused 1 "$STORE"
  [ ! -e "$FILE" ]
  shm -q counter set hits 1
  shm -q rm hits
  shm save "$FILE"
  assert_done
  there restore "$FILE"
  assert_done
  there ls
  assert_done
}

@test "save: the words" {
  shm -q counter set hits 1
  shm save
  assert_refused 2 FILE
  shm save a b c
  assert_refused 2
  shm save --persisted a b
  assert_refused 2
  shm save --persisted --job "$FILE"
  assert_refused 2
  shm save --all-stores "$FILE"
  assert_refused 2
  shm save --persisted --all-stores --store "$STORE"
  assert_refused 2
  shm save "$BATS_TEST_TMPDIR/"
  assert_refused 2
  shm save "$BATS_TEST_TMPDIR/none/file"
  assert_refused 1
  shm restore
  assert_refused 2
  shm restore a b
  assert_refused 2
  shm restore --force --skip-existing "$FILE"
  assert_refused 2
  shm save --persisted
  assert_refused 2 directory
  shm restore --persisted
  assert_refused 2 directory
}

@test "save: the one before is FILE.1" {
  local number
  for number in 1 2 3; do
    shm -q counter set hits "$number"
    shm save "$FILE"
    assert_done
  done
  there restore "$FILE"
  there_counter hits 3
  there restore "$FILE.1" --force
  there_counter hits 2
  [ "$(find "$BATS_TEST_TMPDIR" -name 'saved*' | wc -l)" = 2 ]
}

@test "save: where two files can't exchange their names" {
  need strace
  shm -q counter set hits 1
  shm save "$FILE"
  shm -q counter set hits 2
  call strace -f -o "$BATS_TEST_TMPDIR/calls" -e trace=renameat2 -e inject=renameat2:error=EINVAL:when=1 \
    "$SHMCTL" save "$FILE"
  grep -q 'RENAME_EXCHANGE.*INJECTED' "$BATS_TEST_TMPDIR/calls" || skip "strace can't trace here"
  assert_done
  there restore "$FILE"
  there_counter hits 2
  there restore --force "$FILE.1"
  there_counter hits 1
}

@test "save: what is not its own is not replaced" {
  shm -q counter set hits 1
  echo precious >"$FILE"
  shm save "$FILE"
  assert_refused 1 "$FILE"
  [ "$(cat "$FILE")" = precious ]
  shm save --force "$FILE"
  assert_done
  [ "$(cat "$FILE.1")" = precious ]
  shm save "$FILE"
  assert_refused 1 "$FILE.1"
  rm "$FILE" "$FILE.1"
  echo precious >"$BATS_TEST_TMPDIR/elsewhere"
  ln -s elsewhere "$FILE"
  shm save --force "$FILE"
  assert_refused 4 "$FILE"
  shm restore "$FILE"
  assert_refused 4 "$FILE"
  [ "$(cat "$BATS_TEST_TMPDIR/elsewhere")" = precious ]
}

@test "save: what can't be read is reported, the rest is saved" {
  shm -q counter set hits 1
  printf noise >"$STORE/broken"
  shm save "$FILE"
  assert_refused 4 broken
  there restore "$FILE"
  assert_done
  there_counter hits 1
}

@test "save: the checksum is what xxh128sum says" {
  need xxh128sum
  some
  shm save "$FILE"
  [ "$(tail -n 1 "$FILE" | grep -o '[0-9a-f]\{32\}')" = "$(head -n -1 "$FILE" | xxh128sum | cut -d' ' -f1)" ]
}

@test "save: load reads its objects" {
  some
  shm save '*' "$FILE"
  sed '1d;$d' "$FILE" >"$BATS_TEST_TMPDIR/lines"
  there load "$BATS_TEST_TMPDIR/lines"
  assert_done
  cmp <(dump_of "$STORE") <(dump_of "$OTHER")
}

@test "save: while objects are changed, made, renamed and removed" {
  local i
  shm -q counter set stays 1
  for ((i = 0; i < 20; i++)); do
    printf '%s\n' 'counter incr stays' 'list append l x' 'rename l m' 'dict set d k=v' 'rm m d'
  done >"$BATS_TEST_TMPDIR/changes"
  (
    while [ ! -e "$BATS_TEST_TMPDIR/over" ]; do
      inside "$SHMCTL" -q exec "$BATS_TEST_TMPDIR/changes"
    done
  ) 3>&- &
  for ((i = 0; i < 8; i++)); do
    shm save "$FILE"
    assert_done
    rm -rf "$OTHER"
    there restore "$FILE"
    assert_done
    there counter get stays
    assert_status 0
  done
  touch "$BATS_TEST_TMPDIR/over"
  wait $!
}

# --- persist ---------------------------------------------------------------------------------------------------------

@test "persist: named, listed, and no longer" {
  shm persist
  assert_done
  shm persist 'web.*' hits
  assert_done
  shm persist --job backup
  assert_done
  shm persist
  assert_done $'WHAT    PATTERN\nobject  hits\nobject  web.*\njob     backup'
  shm persist --job --json
  assert_done '{"what":"job","pattern":"backup"}'
  shm unpersist hits backup
  assert_refused 1 backup
  shm unpersist --job backup
  assert_done
  shm persist --json
  assert_done '{"what":"object","pattern":"web.*"}'
  shm persist ''
  assert_refused 2
  shm persist $'a\nb'
  assert_refused 2
  shm unpersist
  assert_refused 2
}

@test "save --persisted: what was named, and its names" {
  some
  shm -q counter set web.hits 7
  shm persist 'web.*' not-yet
  shm persist --job 'back*'
  shm save --persisted "$FILE" --json
  assert_done "{\"store\":\"$STORE\",\"file\":\"$FILE\",\"objects\":1,\"jobs\":1,\"marks\":3}"
  there restore --persisted "$FILE"
  assert_done
  there ls --names
  assert_done $'backup\nweb.hits'
  cmp <(inside "$SHMCTL" persist) <(inside "$SHMCTL" --store "$OTHER" persist)
}

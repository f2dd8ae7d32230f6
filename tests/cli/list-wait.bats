#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# list: waiting; standard input; what can't be written goes back.

load ../helpers

setup() { own_store; }

# in_background WORDS...: calls shmctl, its output in $BATS_TEST_TMPDIR/late
in_background() {
  "$SHMCTL" "$@" >"$BATS_TEST_TMPDIR/late" 2>&1 3>&- &
  LATE=$!
}
# ended STATUS OUTPUT: what was called in the background comes to that end
ended() {
  local found=0
  until_true gone "$LATE"
  wait "$LATE" || found=$?
  [ "$found" = "$1" ] || fail "status $found, not $1"
  [ "$(cat "$BATS_TEST_TMPDIR/late")" = "$2" ] || fail "it said: $(cat "$BATS_TEST_TMPDIR/late")"
}
gone() { ! kill -0 "$1" 2>/dev/null || [ "$(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null)" = Z ]; }

@test "items from standard input: lines, NULs, or all of it" {
  printf 'a\n\nb' | "$SHMCTL" list append l -
  shm list get l -0
  assert_bytes 'a\0\0b\0'
  printf 'x\ny\0z' | "$SHMCTL" list insert l 1 -0 -
  shm list get l -0
  assert_bytes 'a\0x\ny\0z\0\0b\0'
  printf '\0\n' | "$SHMCTL" list extend l - --whole
  shm list get l -1 --raw
  assert_bytes '\0\n'
  printf '\0\n' | "$SHMCTL" list index l - --whole >"$BATS_TEST_TMPDIR/index"
  [ "$(cat "$BATS_TEST_TMPDIR/index")" = 5 ]
  "$SHMCTL" list append l - </dev/null
  shm list len l
  assert_done 6
}

@test "pop --wait: until there is an item; the list need not be there" {
  shm list pop l --wait 0.05
  assert_status 124
  in_background list pop l --wait 20
  "$SHMCTL" list append l 'it came'
  ended 0 'it came'
  in_background list pop l 2 --wait forever
  "$SHMCTL" list append l a b
  "$SHMCTL" list append l c
  ended 0 c
  shm list get l
  assert_done $'a\nb'
}

@test "get --wait: until the items are there, and the list" {
  shm list get l 0 --wait 0.05
  assert_status 124
  in_background list get l 1 0 --wait 20
  "$SHMCTL" list append l a
  "$SHMCTL" list append l b
  ended 0 $'b\na'
  shm list get l 5 --wait 0.05
  assert_status 124
  shm list get l 5 --wait 0.05 --default none
  assert_done none
}

@test "append --wait: until there is room" {
  "$SHMCTL" list create l --max-items 2
  "$SHMCTL" list append l a b
  shm list append l c --wait 0.05
  assert_status 124
  in_background list append l c --wait 20
  shm list pop l --front
  assert_done a
  ended 0 ''
  shm list get l
  assert_done $'b\nc'
  shm list append l d e f --wait forever
  assert_refused 5 l 'may ever hold'
}

# writing_to REDIRECTION WORDS...: calls shmctl with stdout as the words of a shell say
# shellcheck disable=SC2016 # the inner shell expands it
writing_to() {
  local redirection=$1
  shift
  call bash -c "\"\$SHMCTL\" \"\$@\" $redirection" bash "$@"
}

@test "pop to a full disk: what was popped is back where it was; status 5" {
  [ -c /dev/full ] || skip "needs /dev/full"
  "$SHMCTL" list append l a b c d
  local words
  for words in '' --front '--count 3' '--front --count 9' 1 -2 -1 0 '--json'; do
    # shellcheck disable=SC2086 # several words
    writing_to '>/dev/full' list pop l $words
    assert_refused 5 'standard output' 'back in the list'
    shm list get l
    assert_done $'a\nb\nc\nd'
  done
}

@test "pop to a closed output takes nothing" {
  "$SHMCTL" list append l a
  writing_to '>&-' list pop l
  assert_refused 4 'standard output'
  writing_to '>&-' -q list pop l
  assert_done
  shm list len l
  assert_done 0
}

@test "pop to a reader that goes away: what was not written is back in its order" {
  seq 100000 | "$SHMCTL" list append l -
  # shellcheck disable=SC2016 # the inner shell expands it
  call bash -c '"$SHMCTL" list pop l --front --count 100000 | head -n 1; exit "${PIPESTATUS[0]}"'
  assert_status 4
  assert_stdout 1
  assert_stderr_line 'standard output' 'back in the list'
  local first
  first=$("$SHMCTL" list get l 0)
  shm list get l
  assert_done "$(seq "$first" 100000)"
}

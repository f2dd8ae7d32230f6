#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# queue push -: items from standard input, of any bytes, number and length, and back.

load ../helpers

setup() { own_store; }

# assert_len NAME N: read by another call
assert_len() {
  local found
  found=$("$SHMCTL" queue len "$1" 2>&1) || true
  [ "$found" = "$2" ] || fail "queue $1 has $found items, not $2"
}

# feed REDIRECTION WORDS...: calls shmctl with stdin and such as the words of a shell say
# shellcheck disable=SC2016 # the inner shell expands it
feed() {
  local redirection=$1
  shift
  call bash -c "\"\$SHMCTL\" \"\$@\" $redirection" bash "$@"
}

# every_byte: all 256 of them
every_byte() {
  local i
  for ((i = 0; i < 256; i++)); do printf '%b' "\\0$(printf %o "$i")"; done
}

@test "push -: one item a line, the last one with or without a newline, empty ones too" {
  feed '< <(printf "a\n\n b \nlast")' queue push q -
  assert_done
  shm queue pop q --count 9 -0
  assert_bytes 'a\0\0 b \0last\0'
  feed '< <(printf "a\nb\n")' queue push q -
  assert_len q 2
  feed '< <(printf "c\nd\n")' queue push q - --front --json
  assert_done '{"name":"q","kind":"queue","ids":[8,7],"len":4}'
  shm queue pop q --count 9
  assert_done $'c\nd\na\nb'
}

@test "push - of no input: nothing, and no error" {
  feed '</dev/null' queue push q -
  assert_done
  feed '</dev/null' queue push q - --json
  assert_done '{"name":"q","kind":"queue","ids":[],"len":0}'
  feed '</dev/null' queue push q - --whole
  assert_done
  assert_len q 1
  shm queue pop q --raw
  assert_status 0
  assert_bytes ''
}

@test "push -0: one item up to each NUL; --whole: all of it" {
  feed '< <(printf "a\nb\0c\0\0d")' queue push q - -0
  assert_done
  shm queue pop q --count 9 -0
  assert_bytes 'a\nb\0c\0\0d\0'
  feed '< <(printf "a\nb\0c\n")' queue push q - --whole
  assert_done
  shm queue pop q --raw --count 2
  assert_bytes 'a\nb\0c\n'
}

@test "every byte, and a megabyte of them, comes back as it was" {
  every_byte >"$BATS_TEST_TMPDIR/bytes"
  feed "<'$BATS_TEST_TMPDIR/bytes'" queue push q --whole -
  shm queue pop q --raw
  cmp "$OUT" "$BATS_TEST_TMPDIR/bytes"
  head -c 1048577 /dev/urandom >"$BATS_TEST_TMPDIR/large"
  feed "<'$BATS_TEST_TMPDIR/large'" queue push q --whole -
  assert_done
  feed "<'$BATS_TEST_TMPDIR/bytes'" queue push q --whole - --front
  shm queue pop q --raw
  cmp "$OUT" "$BATS_TEST_TMPDIR/bytes"
  shm queue peek q --raw
  cmp "$OUT" "$BATS_TEST_TMPDIR/large"
  shm queue pop q --raw
  cmp "$OUT" "$BATS_TEST_TMPDIR/large"
  # What is read in pieces and printed in pieces is the same bytes.
  tr -d '\0' <"$BATS_TEST_TMPDIR/large" | tr '\n' '\0' >"$BATS_TEST_TMPDIR/pieces"
  feed "<'$BATS_TEST_TMPDIR/pieces'" queue push q -0 -
  shm queue pop q -0 --count 1000000
  cmp <(cat "$BATS_TEST_TMPDIR/pieces" <(printf '\0')) "$OUT"
}

@test "a thousand items from standard input are one change: nobody sees a part of them" {
  seq 1000 >"$BATS_TEST_TMPDIR/thousand"
  "$SHMCTL" queue create q
  # shellcheck disable=SC2016 # the inner shell expands it
  bash -c 'until [ -e "$1" ]; do "$SHMCTL" queue len q || exit; done >"$2"' bash "$BATS_TEST_TMPDIR/done" \
    "$BATS_TEST_TMPDIR/seen" 3>&- &
  local watcher=$! i
  for i in 1 2 3 4 5; do
    feed "<'$BATS_TEST_TMPDIR/thousand'" queue push q -
    assert_done
  done
  touch "$BATS_TEST_TMPDIR/done"
  wait "$watcher"
  assert_len q 5000
  ! grep -vE '^(0|[1-5]000)$' "$BATS_TEST_TMPDIR/seen" || fail "a part was seen"
  shm queue pop q --count 1000
  assert_done "$(seq 1000)"
}

@test "push -: what makes no sense is refused before anything is read" {
  feed '</dev/null' queue push q - other
  assert_refused 2 standard input
  feed '</dev/null' queue push q a --whole
  assert_refused 2 --whole
  feed '</dev/null' queue push q - --whole -0
  assert_refused 2 --whole --null
  feed '< <(echo a; echo b)' queue push q - --unique k
  assert_refused 2 --unique
  feed '< <(echo a)' queue push q - --unique k
  assert_done
  [ "$("$SHMCTL" queue len q)" = 1 ]
}

@test "push - of an input that can't be read is one line, and nothing is pushed" {
  feed '<&-' queue push q -
  assert_refused 4 'standard input'
  feed "<'$BATS_TEST_TMPDIR'" queue push q -
  assert_refused 4 'standard input'
  [ ! -e "$STORE/q" ]
}

@test "push - of more than memory holds is one line and status 5" {
  call bash -c 'ulimit -v 400000 && head -c 600000000 /dev/zero | "$SHMCTL" queue push q --whole -'
  assert_refused 5 'standard input' memory
  [ ! -e "$STORE/q" ]
}

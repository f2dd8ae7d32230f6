#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# What is printed and where to: text, --json, --raw, -0; and streams that are full, closed, or read by nobody.

load ../helpers

setup() { own_store; }

# writing_to REDIRECTION WORDS...: calls shmctl with stdout and such as the words of a shell say
# shellcheck disable=SC2016 # the inner shell expands it
writing_to() {
  local redirection=$1
  shift
  call bash -c "\"\$SHMCTL\" \"\$@\" $redirection" bash "$@"
}

# --- formats ---------------------------------------------------------------------------------------------------------

@test "text: one value a line" {
  shm counter incr a b=2
  assert_bytes '1\n2\n'
}

@test "--raw: no newline" {
  shm --raw counter incr a=41
  assert_bytes '41'
  shm counter get a --raw
  assert_bytes '41'
}

@test "-0 and --null: NUL instead of a newline" {
  shm counter incr a b=2 -0
  assert_bytes '1\0002\000'
  shm --null value create v --type bool
  assert_bytes 'false\000'
}

@test "--json: one object a line, with numbers as numbers" {
  shm --json counter incr a b=-2
  assert_done $'{"name":"a","kind":"counter","value":1}\n{"name":"b","kind":"counter","value":-2}'
  shm value create f 0.5 --type float --json
  assert_done '{"name":"f","kind":"value","type":"float","value":0.5}'
  shm value create u 18446744073709551615 --type uint --json
  assert_done '{"name":"u","kind":"value","type":"uint","value":18446744073709551615}'
  shm value create t yes --type bool --json
  assert_done '{"name":"t","kind":"value","type":"bool","value":true}'
}

@test "--json: what every verb prints is JSON" {
  need jq
  local words
  for words in 'counter create c 1' 'counter incr c d' 'counter decr c' 'counter get c d' \
    'counter get none --default 1' \
    'counter set c 1' 'counter swap c 2' 'counter cas c 2 3' 'counter reset c' 'counter max c 9' 'counter min c 1' \
    'value create v --type float' 'value set v -1e-9' 'value get v' 'value get none --default x' 'value swap v 1e300' \
    'value cas v 1e300 0' 'value add v -0.25' 'ls' 'ls --names' 'stat c' 'stat v' 'doctor'; do
    # shellcheck disable=SC2086 # several words
    shm $words --json
    assert_status 0
    assert_no_stderr
    # One object a line, so that `while read` works too.
    [ "$(jq -s length "$OUT")" = "$(wc -l <"$OUT")" ] || fail "not JSON, or not one object a line"
  done
}

@test "--json: a string of any bytes is JSON" {
  need jq
  shm -q counter incr a
  local text
  for text in 'quote"' 'back\slash' $'new\nline' $'\e[31m' $'\xff\xfe' ''; do
    shm value get none --default "$text" --json
    assert_status 0
    jq -e . "$OUT" >/dev/null || fail "not JSON"
  done
}

@test "--json, --raw and --null exclude each other" {
  shm counter incr a --json --raw
  assert_refused 2 --json --raw
  shm counter incr a --raw -0
  assert_refused 2
  shm counter incr a --null --json
  assert_refused 2
  shm ls
  assert_done
}

@test "-q: no values, and no line when the answer is no; other errors are told" {
  shm -q counter incr a
  assert_done
  shm counter get -q a
  assert_done
  shm -q counter get none
  assert_status 1
  assert_no_stdout
  assert_no_stderr
  shm -q counter create a
  assert_status 1
  assert_no_stderr
  shm -q counter incr a 9223372036854775807
  assert_refused 3 a
  shm -q counter incr ../a
  assert_refused 2
  shm --json --quiet counter incr a
  assert_done
}

# --- streams ---------------------------------------------------------------------------------------------------------

@test "stdout on a full disk is status 5, and the line says that the change was made" {
  [ -c /dev/full ] || skip "needs /dev/full"
  writing_to '>/dev/full' counter incr x
  assert_status 5
  assert_stderr_line "standard output" "has been changed"
  assert_counter x 1
  writing_to '>/dev/full' -q counter incr x
  assert_done
  writing_to '>/dev/full' ls
  assert_status 5
  assert_stderr_line "standard output"
  writing_to '>/dev/full' --help
  assert_status 5
  assert_stderr_line "standard output"
}

@test "stdout closed is status 4, and what is printed goes into no file of the store" {
  shm -q counter set x=10
  local before
  before=$(inside md5sum "$STORE/x")
  writing_to '>&-' counter get x
  assert_status 4
  assert_stderr_line "standard output"
  [ "$(inside md5sum "$STORE/x")" = "$before" ]
  writing_to '>&-' counter incr x
  assert_status 4
  assert_counter x 11
  writing_to '>&-' -q counter incr x
  assert_done
  assert_counter x 12
}

@test "any of stdin, stdout and stderr closed: the same change, the same status, nothing written elsewhere" {
  local closed n=0
  for closed in '<&-' '2>&-' '<&- 2>&-' '>&- 2>&-' '<&- >&-' '<&- >&- 2>&-'; do
    writing_to "$closed" counter incr x
    n=$((n + 1))
    case $closed in
      *'>&- 2>'* | *' >&-'*) assert_status 4 ;;
      *) assert_done "$n" ;;
    esac
    assert_counter x "$n"
    writing_to "$closed" counter get none
    assert_status 1
    writing_to "$closed" counter incr x 9223372036854775807
    assert_status 3
    writing_to "$closed" run job true
    assert_status 0
    writing_to "$closed" run job sh -c 'echo told; echo warned >&2; exit 7'
    # Where both are closed the shell can't print and goes on.
    assert_status 7
  done
  shm stat x
  assert_status 0
  shm stat job
  assert_status 0
  shm doctor
  assert_status 0
}

@test "a command of run finds closed what shmctl was started without" {
  # shellcheck disable=SC2016 # the inner shell expands it
  writing_to '<&- >&- 2>&-' run job bash -c '
    for i in 0 1 2; do if [ -e "/proc/$$/fd/$i" ]; then open+=$i; fi; done
    echo "open: $open" >"$1"' bash "$BATS_TEST_TMPDIR/open"
  assert_status 0
  [ "$(<"$BATS_TEST_TMPDIR/open")" = "open: " ] || fail "$(<"$BATS_TEST_TMPDIR/open")"
}

@test "nobody reads: ends by SIGPIPE as others do, or says so where that is ignored; the change was made" {
  mkfifo "$BATS_TEST_TMPDIR/pipe"
  # A pipe whose only reader has gone.
  # shellcheck disable=SC2016 # the inner shell expands it
  call bash -c 'exec 9<>"$1" 8>"$1" 9>&-; trap "" PIPE; "$SHMCTL" counter incr x >&8' bash "$BATS_TEST_TMPDIR/pipe"
  assert_status 4
  assert_stderr_line "standard output" "Broken pipe"
  # shellcheck disable=SC2016
  call bash -c 'exec 9<>"$1" 8>"$1" 9>&-; "$SHMCTL" counter incr x >&8' bash "$BATS_TEST_TMPDIR/pipe"
  assert_status 141
  assert_counter x 2
}

@test "every error is one line, without control characters" {
  shm -q counter incr a
  local words
  for words in '' 'bogus' 'counter' 'counter bogus' 'counter incr' 'counter incr a --bogus' 'counter get none' \
    'counter incr a 9223372036854775807' 'value get a' '--store /nowhere/at/all ls' '--store @no-such-group ls' \
    'stat none' 'rm none' 'run' 'run job' 'run job no-such-command' 'who none' \
    '--store /proc/self/nope counter incr a'; do
    # shellcheck disable=SC2086 # several words
    shm $words
    [ "$status" != 0 ] || continue # ls of no store
    assert_status_in 1 2 3 4 127
    assert_no_stdout
    assert_stderr_line
  done
}

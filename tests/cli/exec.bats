#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154,SC2016,SC1003 # what `call` sets; quotes that are not the shell's
# exec: the lines, how they are split into words, what they inherit, how they fail, and how a script talks to it.

load ../helpers

setup() { own_store; }

# lines LINE...: as the standard input of exec, whose options are in $OPTIONS
OPTIONS=()
lines() {
  printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/lines"
  shm exec "${OPTIONS[@]}" <"$BATS_TEST_TMPDIR/lines"
}

# --- lines -----------------------------------------------------------------------------------------------------------

@test "each line is done in its order, and printed as by a call of its own" {
  lines 'counter incr a' 'counter incr a 5' 'value set v 7 --type int' 'queue push q one two' 'queue pop q --count 2' \
    'counter get a'
  assert_done $'1\n6\n7\none\ntwo\n6'
  shm counter get a
  assert_done 6
}

@test "no line, empty lines and comments print nothing; the last line needs no newline" {
  shm exec </dev/null
  assert_done
  lines '' '   ' '# counter incr a' $'\t# more' 'counter incr a # once'
  assert_done 1
  call "$SHMCTL" exec < <(printf 'counter incr a\n\ncounter incr a')
  assert_done $'2\n3'
}

@test "lines from a file; - is standard input" {
  printf 'counter incr a\ncounter incr a\n' >"$BATS_TEST_TMPDIR/file"
  shm exec "$BATS_TEST_TMPDIR/file" </dev/null
  assert_done $'1\n2'
  shm exec - <"$BATS_TEST_TMPDIR/file"
  assert_done $'3\n4'
  shm exec "$BATS_TEST_TMPDIR/none"
  assert_refused 1 none
  shm exec "$BATS_TEST_TMPDIR"
  assert_status 4
}

@test "many lines: more than any buffer holds, and one that is longer" {
  local long
  long=$(head -c 300000 /dev/zero | tr '\0' x)
  { for _ in {1..20000}; do echo 'counter incr a'; done; printf 'value set t %s --type text\n' "$long"; echo 'counter get a'; } \
    >"$BATS_TEST_TMPDIR/lines"
  shm exec <"$BATS_TEST_TMPDIR/lines"
  assert_status 0
  assert_no_stderr
  [ "$(sed -n 20000p "$OUT")" = 20000 ] || fail "the counts"
  [ "$(sed -n 20001p "$OUT")" = "$long" ] || fail "the long text"
  [ "$(tail -n 1 "$OUT")" = 20000 ] || fail "what came behind it"
}

# --- words -----------------------------------------------------------------------------------------------------------

@test "quotes: as a shell has them" {
  local line n=0 expected
  while IFS= read -r line; do
    n=$((n + 1))
    "$SHMCTL" queue clear q >/dev/null 2>&1 || true
    lines "queue push q $line"
    assert_status 0
    eval "printf '%s\n' $line" >"$BATS_TEST_TMPDIR/expected"
    shm queue pop q --count 99
    assert_status 0
    cmp -s "$OUT" "$BATS_TEST_TMPDIR/expected" || fail "line $n: $line"
  done <<'END'
a b	c
'a b' "c d" e\ f
'it'\''s' "say \"no\"" a'b'c"d"e
'$HOME `x` \n "q"' "a\\b\nc" \a\\\'\"
'' ""
a#b '#' \#x # a comment 'with an open quote
END
  expected='$HOME|;&<>*?[]{}()!~'
  lines "queue push q $expected"
  shm queue pop q
  assert_done "$expected"
}

@test "what can't be read as words is told, and the next line is done" {
  lines "queue push q 'open" 'queue push q "open' 'queue push q open\' 'counter incr a'
  assert_status 2
  assert_stdout 1
  assert_stderr_lines 'line 1: read the line: a quote' 'line 2: read the line: a quote' \
    'line 3: read the line: a backslash'
  printf 'queue push q a\0b\ncounter incr a\n' >"$BATS_TEST_TMPDIR/lines"
  shm exec <"$BATS_TEST_TMPDIR/lines"
  assert_status 2
  assert_stdout 2
  assert_stderr_line 'line 1: read the line' NUL -0
}

@test "-0: commands and values end with NUL; a newline separates words, or is quoted" {
  printf "counter incr\na\0queue push q 'x\ny'\0queue pop q" >"$BATS_TEST_TMPDIR/lines"
  shm exec -0 <"$BATS_TEST_TMPDIR/lines"
  assert_status 0
  assert_bytes '1\0x\ny\0'
}

# --- options ---------------------------------------------------------------------------------------------------------

@test "options stand on a line as on a command line" {
  lines 'queue push q --priority 5 x' '-q counter incr a' 'counter --json incr a' 'queue push --priority=9 q y' \
    'counter incr -- a -5' 'counter incr a -5' 'queue pop q --count 2' 'value set v 1 --type bool --new'
  assert_done $'{"name":"a","kind":"counter","value":2}\n-3\n-8\ny\nx\ntrue'
}

@test "exec's options are the lines' unless they say their own" {
  local other=$BATS_TEST_TMPDIR/other
  OPTIONS=(--json)
  lines 'counter incr a' 'counter incr a --raw' 'counter incr a'
  assert_done $'{"name":"a","kind":"counter","value":1}\n2{"name":"a","kind":"counter","value":3}'
  OPTIONS=(-q)
  lines 'counter incr a' 'counter get none' 'counter get --bad'
  assert_status 2
  assert_no_stdout
  assert_stderr_line 'line 3' --bad
  OPTIONS=(--store "$other")
  lines 'counter incr a' "--store $STORE counter get a" 'counter incr a'
  assert_done $'1\n4\n2'
  OPTIONS=(--raw)
  lines 'counter get a' 'counter get a'
  assert_bytes 44
}

# --- failing ---------------------------------------------------------------------------------------------------------

@test "a line that fails is told with its number, the others are done; the status is the highest" {
  lines 'counter incr a' 'counter get none' '' 'value get a' 'counter incr a'
  assert_status 3
  assert_stdout $'1\n2'
  assert_stderr_lines "line 2: open 'none'" "line 4: open 'a'"
  lines 'counter get none' 'counter get none2 none3'
  assert_status 1
  assert_stderr_lines 'line 1: ' "line 2: open 'none2'" "line 2: open 'none3'"
}

@test "errors come where they belong among the answers" {
  printf '%s\n' 'counter incr a' 'counter get none' 'counter incr a' >"$BATS_TEST_TMPDIR/lines"
  call bash -c '"$SHMCTL" exec 2>&1' <"$BATS_TEST_TMPDIR/lines"
  assert_status 1
  [[ $out == $'1\nshmctl: line 2: open \'none\': '*$'\n2' ]] || fail "another order"
}

@test "--stop, -e: the first line that fails is the last" {
  for option in --stop -e; do
    OPTIONS=("$option")
    lines 'counter set a 1' 'counter get none' 'counter incr a'
    assert_status 1
    assert_stdout 1
    assert_stderr_line 'line 2'
    shm counter get a
    assert_done 1
  done
}

@test "what can't be a line: what runs something, what explains, standard input" {
  local line
  for line in "run job true" "queue work q true" "who job" jobs "pause job" "lock job --path" "flock job true" help \
    doctor metrics persist 'save x' 'restore x' exec "counter incr --help" --version; do
    lines "$line" 'counter incr a'
    assert_status 2
    assert_stderr_line 'line 1: '
  done
  for line in 'queue push q -' 'value set v - --type text' 'value append v -'; do
    lines "$line"
    assert_refused 2 'line 1: ' 'the commands come from there'
  done
  echo 'queue push q -' >"$BATS_TEST_TMPDIR/file"
  printf 'x\ny\n' >"$BATS_TEST_TMPDIR/items"
  shm exec "$BATS_TEST_TMPDIR/file" <"$BATS_TEST_TMPDIR/items"
  assert_done
  shm queue pop q --count 3
  assert_done $'x\ny'
}

@test "what is typed wrong on a line is status 2, with what was meant" {
  lines 'conter incr a' 'counter icnr a' 'counter' 'counter incr' 'counter cas a 1 2 3' 'counter incr a --exsting' \
    'counter create b --on-limit wrp' 'counter get a --json --raw'
  assert_status 2
  assert_no_stdout
  assert_stderr_lines "line 1: unknown verb 'conter'; did you mean 'counter'?" \
    "line 2: counter: unknown verb 'icnr'; did you mean 'incr'?" 'line 3: counter: the verb is missing' \
    'line 4: counter incr: NAME' "line 5: counter cas: '3' is one word too many" \
    "line 6: counter incr: unknown option '--exsting'; did you mean '--existing'?" "line 7: counter create: --on-limit" \
    'line 8: counter get: --json, --raw and --null'
}

@test "standard output that can't be written is an error" {
  [ -w /dev/full ] || skip "no /dev/full"
  echo 'counter incr a' >"$BATS_TEST_TMPDIR/lines"
  call bash -c '"$SHMCTL" exec >/dev/full' <"$BATS_TEST_TMPDIR/lines"
  assert_status 5
  assert_stderr_line 'standard output'
}

# --- names that come and go ------------------------------------------------------------------------------------------

@test "an object that is removed between two lines, by the same exec or another process, is gone" {
  lines 'counter set a 5' 'rm a' 'counter get a --default none' 'counter get a --default 0' 'counter incr a' \
    'queue push q x' 'rm q' 'queue push q y' 'queue len q' 'rm a' 'value set a t --type text' 'value get a'
  assert_status 2
  assert_stdout $'5\n0\n1\n1\nt\nt'
  coproc LINES_ { "$SHMCTL" exec 3>&-; }
  local answer pid=$LINES__PID in=${LINES_[1]} out_=${LINES_[0]}
  for _ in 1 2 3; do
    echo 'counter incr b' >&"$in"
    read -r -t "$PATIENCE" answer <&"$out_"
    [ "$answer" = 1 ] || fail "the removed counter goes on: $answer"
    echo 'queue push p x' >&"$in"
    echo 'queue len p' >&"$in"
    read -r -t "$PATIENCE" answer <&"$out_"
    [ "$answer" = 1 ] || fail "the removed queue goes on: $answer"
    "$SHMCTL" rm b p
  done
  exec {in}>&-
  wait "$pid"
}

# --- a script that talks to it -----------------------------------------------------------------------------------------

@test "coproc: a line is answered before the next is written" {
  coproc SHM { "$SHMCTL" exec 3>&-; }
  local answer i pid=$SHM_PID to=${SHM[1]} from=${SHM[0]}
  ask() { echo "$*" >&"$to" && read -r -t "$PATIENCE" answer <&"$from"; }
  for i in 1 2 3; do
    ask counter incr hits
    [ "$answer" = "$i" ] || fail "hit $i is $answer"
    ask value set v "text$i" --type text
    [ "$answer" = "text$i" ] || fail "the text is $answer"
  done
  exec {to}>&-
  wait "$pid" || fail "status $?"
}

@test "coproc with --status: answers of any number of lines" {
  coproc SHM { "$SHMCTL" exec --status 3>&- 2>"$BATS_TEST_TMPDIR/errors"; }
  local answer bytes code pid=$SHM_PID to=${SHM[1]} from=${SHM[0]}
  ask() {
    answer=
    echo "$*" >&"$to"
    read -r -t "$PATIENCE" code bytes <&"$from"
    LC_ALL=C read -r -t "$PATIENCE" -N "$bytes" answer <&"$from"
    answer=${answer%$'\n'}
    return "$code"
  }
  ask queue push jobs a 'b c' || fail "push"
  [ "$bytes" = 0 ] || fail "push prints something"
  ask queue pop jobs --count 3 || fail "pop"
  [ "$answer" = $'a\nb\nc' ] || fail "popped: $answer"
  ! ask queue pop jobs || fail "pop of nothing"
  [ "$code:$answer" = 1: ] || fail "$code:$answer"
  ! ask nothing || fail "no such verb"
  [ "$code" = 2 ] || fail "status $code"
  ask counter incr a || fail "incr"
  [ "$answer" = 1 ] || fail "counted: $answer"
  exec {to}>&-
  wait "$pid" && fail "status 0" || [ $? = 2 ]
}

@test "--status with --json, -0 and --raw" {
  OPTIONS=(--status --json)
  lines 'counter incr a' 'counter get none'
  assert_status 1
  assert_stdout '{"line":1,"status":0,"bytes":40}
{"name":"a","kind":"counter","value":1}
{"line":2,"status":1,"bytes":0}'
  printf 'counter incr a\0queue len q\0' >"$BATS_TEST_TMPDIR/lines"
  shm exec --status -0 <"$BATS_TEST_TMPDIR/lines"
  assert_bytes '0 2\0002\0001 0\000'
  OPTIONS=(--status --raw -q)
  lines 'counter incr a'
  assert_done '0 0'
}

@test "a line that waits: what was done before is answered first" {
  coproc SHM { "$SHMCTL" exec 3>&-; }
  local answer pid=$SHM_PID to=${SHM[1]} from=${SHM[0]}
  printf 'counter incr a\nqueue pop q --wait 60\n' >&"$to"
  read -r -t "$PATIENCE" answer <&"$from"
  [ "$answer" = 1 ] || fail "$answer"
  "$SHMCTL" queue push q word
  read -r -t "$PATIENCE" answer <&"$from"
  [ "$answer" = word ] || fail "$answer"
  exec {to}>&-
  wait "$pid"
}

# --- popping ---------------------------------------------------------------------------------------------------------

@test "what was popped and can't be written is put back, in its order" {
  [ -w /dev/full ] || skip "no /dev/full"
  "$SHMCTL" queue push q a b c d e
  printf '%s\n' 'queue pop q' 'queue pop q --count 2' 'counter incr n' 'queue pop q' >"$BATS_TEST_TMPDIR/lines"
  call bash -c '"$SHMCTL" exec >/dev/full' <"$BATS_TEST_TMPDIR/lines"
  assert_status 5
  shm queue pop q --count 9
  assert_done $'a\nb\nc\nd\ne'
}

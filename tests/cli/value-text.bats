#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Values of type text and bytes, as a user types them.

load ../helpers

setup() { own_store; }

# value_kept NAME CONTENT STATUS WORDS...: refused with one line, and NAME still holds CONTENT
value_kept() {
  local name=$1 content=$2 wanted=$3
  shift 3
  shm "$@"
  assert_refused "$wanted"
  [ "$(inside "$SHMCTL" value get "$name")" = "$content" ] || fail "$name is not '$content'"
}

# shm_fed FILE WORDS...: shmctl with that file as its standard input
shm_fed() {
  local file=$1
  shift
  call "$SHMCTL" "$@" <"$file"
}

is_absent() { ! "$SHMCTL" -q value get "$1" >/dev/null 2>&1; }

@test "create, get, set: prints what it holds; empty without a value" {
  shm value create t --type text
  assert_done ''
  shm value create u 'two words' --type text
  assert_done 'two words'
  shm value set t $'two\nlines'
  assert_done $'two\nlines'
  shm value get u t
  assert_done $'two words\ntwo\nlines'
  shm value create u other --type text
  assert_refused 1 u
  shm value set v new --type bytes
  assert_status 0
  assert_bytes 'new'
  shm -q value set v newer
  assert_done
  shm value set t -- --dashes
  assert_done --dashes
}

@test "text is printed with a newline, none, or NUL; bytes as they are" {
  shm -q value create t 'a b' --type text
  shm -q value create b 'a b' --type bytes
  shm value get t
  assert_bytes 'a b\n'
  shm value get t --raw
  assert_bytes 'a b'
  shm value get t t -0
  assert_bytes 'a b\0a b\0'
  shm value get b b
  assert_bytes 'a ba b'
  shm value get b -0
  assert_bytes 'a b'
}

@test "--json: a string, or base64 of what is no UTF-8" {
  shm value create t $'grün\t"x"' --type text --json
  assert_done '{"name":"t","kind":"value","type":"text","value":"grün\t\"x\""}'
  printf '\377\0\1' >"$BATS_TEST_TMPDIR/in"
  shm_fed "$BATS_TEST_TMPDIR/in" value set b - --type bytes --json
  assert_done '{"name":"b","kind":"value","type":"bytes","value_base64":"/wAB"}'
  shm value set b plain --json
  assert_done '{"name":"b","kind":"value","type":"bytes","value":"plain"}'
  shm value append b er --json
  assert_done '{"name":"b","kind":"value","type":"bytes","length":7}'
  shm value getdel b --json
  assert_done '{"name":"b","kind":"value","type":"bytes","value":"plainer"}'
}

@test "-: all of standard input, of any length and any bytes" {
  local in=$BATS_TEST_TMPDIR/in
  head -c 1000000 /dev/urandom >"$in"
  shm_fed "$in" -q value create b - --type bytes
  assert_done
  shm value get b
  assert_status 0
  cmp "$in" "$OUT" || fail "other bytes came back"
  shm_fed "$in" value append b -
  assert_done 2000000
  shm value swap b short
  assert_status 0
  cmp <(cat "$in" "$in") "$OUT" || fail "other bytes came back"
  printf 'line\n' >"$in"
  shm_fed "$in" value set t - --type text
  assert_bytes 'line\n\n'
  shm_fed "$in" value cas t - changed
  assert_done changed
  shm_fed "$in" value cas t changed -
  assert_bytes 'line\n\n'
  shm_fed "$in" value cas t - -
  assert_refused 2 OLD NEW
  shm_fed /dev/null value set t -
  assert_done ''
}

@test "text must be UTF-8; nothing is changed otherwise" {
  shm -q value create t good --type text
  value_kept t good 3 value set t $'\xff'
  value_kept t good 3 value swap t $'\xc3'
  value_kept t good 3 value cas t good $'\xff'
  value_kept t good 3 value append t $'\xff'
  shm value create other $'\xff' --type text
  assert_refused 3 other UTF-8 bytes
  shm ls --names
  assert_done t
}

@test "set: the type is kept; --type makes a value; --new and --existing" {
  shm value set t x --type text --existing
  assert_refused 1 "$STORE"
  shm value set t x --new
  assert_refused 2 --type
  shm value set t x --new --type text
  assert_done x
  value_kept t x 1 value set t y --new --type text
  value_kept t x 3 value set t y --type bytes
  value_kept t x 3 value set t 1 --type int
  shm value set t y --existing
  assert_done y
  shm value set none y
  assert_refused 1 none --type
  shm -q value create n 1 --type int
  value_kept n 1 3 value set n 2 --type text
  value_kept n 1 2 value set n two
}

@test "swap prints what was there; cas sets it if it holds OLD" {
  shm -q value create t one --type text
  shm value swap t two
  assert_done one
  shm value cas t two three
  assert_done three
  value_kept t three 1 value cas t two four
  shm -q value cas t two four
  assert_status 1
  assert_no_stderr
  local words
  for words in 'swap none x' 'cas none x y' 'getdel none' 'append none x --existing'; do
    # shellcheck disable=SC2086 # several words
    shm value $words
    assert_refused 1 none
  done
  shm ls --names
  assert_done t
}

@test "append: prints the length; makes a text, or what --type says" {
  shm value append t 'one'
  assert_done 3
  shm value append t ', two' --existing
  assert_done 8
  shm value append t ü
  assert_done 10
  shm value get t
  assert_done $'one, twoü'
  shm value append b x --type bytes
  assert_done 1
  shm value get b
  assert_bytes x
  value_kept t $'one, twoü' 3 value append t x --type bytes
  shm value append b x --type int
  assert_refused 2 int text bytes
  shm -q value create n 1 --type int
  value_kept n 1 3 value append n 2
}

@test "getdel: prints and removes; a number is refused" {
  shm -q value create t content --type text
  shm value getdel t
  assert_done content
  shm value getdel t
  assert_refused 1 t
  [ -z "$(ls -A "$STORE")" ] || fail "something is left in the store"
  shm -q value create n 1 --type int
  value_kept n 1 3 value getdel n
}

@test "getdel: of several at once, one gets it" {
  local i n
  for ((i = 0; i < 10; i++)); do
    shm -q value create t "prize $i" --type text
    for n in 1 2 3; do "$SHMCTL" value getdel t >"$BATS_TEST_TMPDIR/got.$n" 2>/dev/null & done
    wait
    [ "$(cat "$BATS_TEST_TMPDIR"/got.*)" = "prize $i" ] || fail "round $i: $(cat "$BATS_TEST_TMPDIR"/got.*)"
  done
}

@test "--ttl: absent when it is over, to every verb" {
  shm value set t x --type text --ttl 100ms
  assert_done x
  until_true is_absent t
  local words
  for words in 'get t' 'set t y' 'set t y --existing' 'set t y --type text --existing' 'swap t y' 'cas t x y' \
    'append t y --existing' 'getdel t'; do
    # shellcheck disable=SC2086 # several words
    shm value $words
    assert_refused 1 t
  done
  shm value get t --default none
  assert_done none
  shm ls
  assert_status 0
  [[ $out == *' t '*'(expired)'* ]] || fail "$out"
  shm stat t --json
  [[ $out == *'"value":null,"length":1,"expires":"'* ]] || fail "$out"
  shm value set t new --new --type text
  assert_done new
  shm stat t
  [[ $out != *expires* ]] || fail "$out"
}

@test "--ttl: whoever makes something of that name may, of whatever type and kind" {
  local name
  for name in a b c d e f; do shm -q value create "$name" x --type text --ttl 0.01; done
  until_true is_absent f
  shm value create a 5 --type int
  assert_done 5
  shm value set b yes --type bool
  assert_done true
  shm value create c y --type bytes
  assert_status 0
  shm counter incr d
  assert_done 1
  shm counter create e 7
  assert_done 7
  shm value append f more
  assert_done 4
  shm queue create b
  assert_refused 1 b
  shm -q value set g x --type text --ttl 0.01
  until_true is_absent g
  shm queue create g
  assert_status 0
  shm ls --kind queue --names
  assert_done g
}

@test "--ttl: set and swap say it anew, cas and append leave it" {
  shm -q value set t x --type text --ttl 1h
  local before after
  before=$(grep -o 'expires.*' <("$SHMCTL" stat t))
  shm -q value append t y
  shm -q value cas t xy z
  after=$(grep -o 'expires.*' <("$SHMCTL" stat t))
  [ -n "$before" ] && [ "$before" = "$after" ] || fail "$before, then $after"
  shm -q value swap t w --ttl 2d
  [ "$(grep -o 'expires.*' <("$SHMCTL" stat t))" != "$before" ] || fail "swap did not change it"
  shm -q value set t w
  grep -q expires <("$SHMCTL" stat t) && fail "set left an end"
  shm value set t w --ttl 0
  assert_refused 2 --ttl
  shm value set t w --ttl soon
  assert_refused 2 --ttl soon
  shm -q value create n 1 --type int
  value_kept n 1 2 value set n 2 --ttl 1h
  value_kept n 1 2 value swap n 2 --ttl 1h
  shm value create m 1 --type int --ttl 1h
  assert_refused 2 --ttl
}

@test "ls and stat: the beginning of a text, its length; no control characters" {
  shm -q value create t $'a\e[31m\nb' --type text
  shm ls t
  [[ $out == *' a?[31m?b '* ]] || fail "$out"
  shm ls t --json
  [[ $out == *'"value":"a\u001b[31m\nb"'* ]] || fail "$out"
  printf 'x%.0s' {1..1000} >"$BATS_TEST_TMPDIR/in"
  shm_fed "$BATS_TEST_TMPDIR/in" -q value create long - --type text
  shm stat long
  grep -qxE 'value: x{40}\.\.\. \(1000 bytes\)' "$OUT" || fail "$out"
  grep -qx 'length: 1000' "$OUT" || fail "$out"
  grep -qx 'type: text' "$OUT" || fail "$out"
  printf '\377%.0s' {1..9} >"$BATS_TEST_TMPDIR/in"
  shm_fed "$BATS_TEST_TMPDIR/in" -q value create b - --type bytes
  shm stat b
  grep -qx 'value: (9 bytes)' "$OUT" || fail "$out"
}

@test "ls and stat: a queue's items, limits and statistics" {
  shm queue create q --max-items 5
  shm -q queue push q a b c
  shm -q queue pop q
  shm ls --kind queue
  [[ $out == *'queue  q     2 items'* ]] || fail "$out"
  shm ls q --json
  [[ $out == '{"kind":"queue","name":"q","value":2,'* ]] || fail "$out"
  shm stat q
  for field in 'kind: queue' 'value: 2 items' 'max-items: 5' 'max-bytes: none' 'ready: 2' 'held: 0' 'pushed: 3' 'popped: 1'; do
    grep -qxF -- "$field" "$OUT" || fail "no '$field' in: $out"
  done
  shm stat q --json
  [[ $out == *'"value":2,"max-items":5,'*'"pushed":3,'* ]] || fail "$out"
}

@test "rm: removes a text and its lock file, expired or not" {
  shm -q value create t x --type text
  shm -q value create u x --type text --ttl 0.01
  until_true is_absent u
  shm rm t u
  assert_done
  [ -z "$(ls -A "$STORE")" ] || fail "something is left in the store"
}

@test "add, and verbs of other kinds, refuse a text; text verbs refuse other kinds" {
  shm -q value create t 1 --type text
  value_kept t 1 3 value add t 1
  value_kept t 1 3 counter incr t
  shm -q counter incr c
  local words
  for words in 'get c' 'set c x --type text' 'swap c x' 'cas c x y' 'append c x' 'getdel c'; do
    # shellcheck disable=SC2086 # several words
    shm value $words
    assert_refused 3 c counter
  done
  assert_counter c 1
}

@test "a damaged text is refused with status 4, and can be removed" {
  shm -q value create t content --type text
  truncate -s 4096 "$STORE/t"
  printf '\377\377\377\377\377\377\377\177' | dd of="$STORE/t" bs=1 seek=176 conv=notrunc status=none
  shm value get t
  assert_refused 4 t
  shm value set t x
  assert_refused 4 t
  shm ls
  [[ $out == *'(damaged)'* ]] || fail "$out"
  shm rm t
  assert_done
}

@test "--mode: others read a text, and change nothing" {
  need_root
  need setpriv
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
  # Every directory above must let others through.
  as alice call test -x "$BATS_TEST_TMPDIR"
  [ "$status" = 0 ] || skip "others can't reach the test's directory"
  shm -q value create t content --type text --mode 644
  chmod 755 "$STORE"
  as alice shm value get t
  assert_status_in 0 4 # another user's store may not be trusted
  if [ "$status" = 0 ]; then assert_stdout content; fi
  local words
  for words in 'set t x' 'swap t x' 'cas t content x' 'append t x' 'getdel t' 'set t x --type text --new'; do
    # shellcheck disable=SC2086 # several words
    as alice shm value $words
    assert_status_in 1 4
    assert_no_stdout
  done
  as alice shm rm t
  assert_status 4
  shm value get t
  assert_done content
}

@test "an ordinary user's own store" {
  need_root
  need setpriv
  chmod 755 "$BATS_RUN_TMPDIR" "$BATS_TEST_TMPDIR"
  mkdir "$BATS_TEST_TMPDIR/alice"
  chown 4001:4001 "$BATS_TEST_TMPDIR/alice"
  as alice call test -x "$SHMCTL" -a -w "$BATS_TEST_TMPDIR/alice"
  [ "$status" = 0 ] || skip "alice can't reach the program or the test's directory"
  export SHMCTL_STORE=$BATS_TEST_TMPDIR/alice/store
  as alice shm value set t x --type text
  assert_done x
  as alice shm value append t y
  assert_done 2
  as alice shm value getdel t
  assert_done xy
  as alice shm rm t
  assert_refused 1 t
}

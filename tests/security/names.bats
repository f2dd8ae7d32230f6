#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Names that are no names: paths, options, what is too long, what would steer a terminal. Refused by every verb with
# status 2 and one line that can be shown anywhere, and nothing is made, inside the store or outside.

load ../helpers

setup() {
  own_store
  shm -q counter incr good
  mkdir "$BATS_TEST_TMPDIR/outside"
}

# refused NAME: by each verb, at each place where a name may stand
refused() {
  local name=$1
  local -a words
  while read -ra words; do
    shm "${words[@]/NAME/"$name"}"
    assert_refused 2
  done <<'END'
counter incr NAME
counter incr good=1 NAME=2
counter create NAME
value get good NAME
value set NAME 1 --type int
stat NAME
rm -f good NAME
run NAME true
who NAME
END
}

assert_nothing_made() {
  shm counter get good
  assert_done 1
  [ "$(ls -A "$STORE")" = good ] || fail "the store has other files: $(ls -A "$STORE")"
  [ -z "$(ls -A "$BATS_TEST_TMPDIR/outside")" ]
}

@test "paths" {
  local name
  for name in . .. / ./good ../outside/x "$BATS_TEST_TMPDIR/outside/x" good/ good/x ../store/good .hidden; do
    refused "$name"
  done
  assert_nothing_made
}

@test "the store's own files" {
  local name
  for name in good,job good,job.lock ,new,0123456789abcdef good,lock,0123456789abcdef ,lock,0123456789abcdef \
    ,change,8123456789abcdef +named @group; do
    refused "$name"
  done
  assert_nothing_made
}

@test "nothing, blanks, and what is too long" {
  local name
  for name in '' ' ' 'two words' ' good' 'good ' "$(printf 'x%.0s' {1..129})" "$(printf 'x%.0s' {1..5000})"; do
    refused "$name"
  done
  assert_nothing_made
}

@test "control characters are refused, and never shown as they are" {
  local name
  for name in $'a\nb' $'\n' $'good\n' $'a\rb' $'\e[31mred' $'\e]0;title\a' $'a\tb' $'\x7f' $'\xc2\x9b31m' $'a\x01'; do
    refused "$name"
    [[ $err != *$'\xc2\x9b'* ]] || fail "a control character of the second set"
  done
  assert_nothing_made
}

# shellcheck disable=SC2016 # not to be expanded
@test "letters that are not ASCII, and bytes that are no text at all" {
  local name
  for name in 'ä' 'naïve' '日本' $'\xff\xfe' $'a\xe2\x80\xaeb' 'a%b' "a'b" 'a"b' 'a\b' 'a*' 'a?' '$(id)' 'a;b' '~'; do
    refused "$name"
  done
  assert_nothing_made
}

@test "a name that begins like an option is one only after --" {
  shm counter get -x
  assert_refused 2 -x
  shm counter get -- -x
  assert_refused 2 -x
  shm run -- -x true
  assert_refused 2 -x
  assert_nothing_made
}

@test "what else others put into the store's directory is shown without its control characters" {
  : >"$STORE/"$'\e[31mred'
  : >"$STORE/"$'\xc2\x9b31m'
  : >"$STORE/"$'new\nline'
  shm ls
  assert_status 0
  [[ $out != *$'\e'* && $out != *$'\xc2\x9b'* ]] || fail "a control character"
  shm doctor
  [[ $out != *$'\e'* && $out != *$'\xc2\x9b'* && $out != *$'\n'line* ]] || fail "a control character"
  shm doctor --json
  [[ $out != *$'\e'* ]] || fail "a control character"
}

@test "other words that are wrong are shown without their control characters as well" {
  local words
  for words in $'\e[31m' $'--\e[31m' $'-\e' $'counter\x9b'; do
    shm "$words"
    assert_refused 2
    shm counter "$words"
    assert_refused 2
    shm counter incr good "$words"
    assert_refused 2
    shm --store "$words" counter incr good
    assert_refused 2
    shm --store "$BATS_TEST_TMPDIR/none/$words" counter incr good
    assert_refused 1
    shm counter create x --mode "$words"
    assert_refused 2
    shm run x --timeout "$words" true
    assert_refused 2
  done
  shm run x $'no-such-\e[31m'
  assert_refused 127
  assert_nothing_made_but_job
}
assert_nothing_made_but_job() {
  shm rm x
  assert_done
  rm "$STORE/,token" # how far the tokens of all jobs are, which outlives each of them
  assert_nothing_made
}

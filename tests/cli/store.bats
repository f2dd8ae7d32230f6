#!/usr/bin/env bats
# shellcheck shell=bats
# ls and rm: what a store holds, and what leaves it.

load ../helpers

setup() { own_store; }

fill() {
  shm -q counter incr zeta=26 alpha=1 mid.dle=13
  shm -q value create flag true --type bool
  shm -q value create ratio -0.25 --type float
}

# Columns are as wide as need be; a test compares words.
words_of_stdout() { sed 's/  */ /g; s/ $//' "$OUT"; }

@test "ls: kind, name, value, owner, mode and size, sorted by name" {
  fill
  shm ls
  assert_status 0
  local owner
  owner=$(stat -c %U "$STORE/alpha")
  diff <(words_of_stdout) <(
    echo "KIND NAME VALUE OWNER MODE SIZE"
    echo "counter alpha 1 $owner 0600 4096"
    echo "value flag true $owner 0600 4096"
    echo "counter mid.dle 13 $owner 0600 4096"
    echo "value ratio -0.25 $owner 0600 4096"
    echo "counter zeta 26 $owner 0600 4096"
  )
}

@test "ls: nothing, and status 0, where there is nothing or no store" {
  shm ls
  assert_done
  [ ! -e "$STORE" ]
  shm -q counter incr x
  shm rm x
  shm ls
  assert_done
}

@test "ls: a glob over names, a kind, and names alone" {
  fill
  shm ls --names
  assert_done $'alpha\nflag\nmid.dle\nratio\nzeta'
  shm ls --names '*a*'
  assert_done $'alpha\nflag\nratio\nzeta'
  shm ls --names 'mid?dle'
  assert_done mid.dle
  shm ls --names '[a-f]*' -k counter
  assert_done alpha
  shm ls --names --kind=value
  assert_done $'flag\nratio'
  shm ls nothing
  assert_done
  shm ls --kind job
  assert_done
}

@test "ls: an unknown kind is status 2, with or without a store" {
  shm ls --kind bogus
  assert_refused 2 bogus
  fill
  shm ls --kind bogus
  assert_refused 2 bogus
}

@test "ls: one glob at most" {
  shm ls a b
  assert_refused 2 b
}

@test "ls --json: one object a line, numbers as numbers" {
  fill
  shm ls --json
  assert_status 0
  local owner
  owner=$(stat -c %U "$STORE/alpha")
  diff "$OUT" <(
    rest='"owner":"'$owner'","mode":"0600","size":4096}'
    echo '{"kind":"counter","name":"alpha","value":1,'"$rest"
    echo '{"kind":"value","name":"flag","value":true,'"$rest"
    echo '{"kind":"counter","name":"mid.dle","value":13,'"$rest"
    echo '{"kind":"value","name":"ratio","value":-0.25,'"$rest"
    echo '{"kind":"counter","name":"zeta","value":26,'"$rest"
  )
  if command -v jq >/dev/null; then [ "$(jq -s length "$OUT")" = 5 ]; fi
  shm ls --names --json 'z*'
  assert_done '{"name":"zeta"}'
}

@test "ls -0: names end with NUL" {
  fill
  shm ls --names -0
  assert_bytes 'alpha\0flag\0mid.dle\0ratio\0zeta\0'
}

@test "ls: a damaged object is named, the others are shown, status 0" {
  fill
  head -c 4096 /dev/zero >"$STORE/broken"
  shm ls
  assert_status 0
  assert_no_stderr
  words_of_stdout | grep -q '^? broken (damaged)'
  words_of_stdout | grep -q '^counter zeta 26'
  shm ls --json broken
  assert_status 0
  grep -q '"kind":"?","name":"broken","value":null' "$OUT"
}

@test "ls: what can't be an object of this store is not shown" {
  fill
  : >"$STORE/.hidden"
  : >"$STORE/two words"
  : >"$STORE/,lock,0123456789abcdef"
  : >"$STORE/,new,0123456789abcdef"
  mkdir -m 700 "$STORE/+other"
  shm ls --names
  assert_done $'alpha\nflag\nmid.dle\nratio\nzeta'
}

@test "ls: objects that others create and remove meanwhile are whole or not there" {
  shm -q counter incr stays
  (for _ in {1..300}; do "$SHMCTL" -q counter incr blink{1..8} && "$SHMCTL" rm -f blink{1..8}; done) 3>&- &
  local rounds=0
  while kill -0 $! 2>/dev/null; do
    shm ls
    assert_status 0
    assert_no_stderr
    if grep -q 'damaged\|^?\| 0000 ' "$OUT"; then fail "a half object"; fi
    grep -q 'counter  stays   *1 ' "$OUT"
    [ -z "$(cut -d' ' -f3 "$OUT" | uniq -d)" ] || fail "a name twice"
    rounds=$((rounds + 1))
  done
  wait $!
  [ "$rounds" -gt 5 ]
}

# More than is printed in one piece.
@test "ls: thousands of objects, by name" {
  cd "$BATS_TEST_TMPDIR" || return
  seq 1 3000 | shuf --random-source=<(yes) | sed 's/.*/counter incr counter-of-many-&=&/' >lines
  echo "value create other-one a --type text" >>lines
  shm exec -q lines
  assert_status 0
  shm ls
  assert_status 0
  tail -n +2 "$OUT" | awk '{ print $2, $3 }' >listed
  { seq 1 3000 | sed 's/.*/counter-of-many-& &/' && echo "other-one a"; } | LC_ALL=C sort -k 1,1 | diff - listed
  [ "$(awk '{ print length }' "$OUT" | sort -u | wc -l)" = 1 ] || fail "the columns don't stand below each other"
  shm ls --names
  assert_status 0
  diff <(cut -d ' ' -f 1 listed) "$OUT"
  shm ls --json
  assert_status 0
  if command -v jq >/dev/null; then diff <(jq -r '"\(.name) \(.value)"' "$OUT") listed; fi
}

@test "ls: a line of exec is answered in one piece, however long" {
  cd "$BATS_TEST_TMPDIR" || return
  seq 1 2000 | sed 's/.*/counter incr counter-with-a-long-name-&/' >lines
  shm exec -q lines
  shm ls
  cp "$OUT" alone
  echo ls >line
  shm exec --status line
  assert_status 0
  [ "$(head -n 1 "$OUT")" = "0 $(wc -c <alone)" ] || fail "the answer begins with $(head -n 1 "$OUT")"
  tail -n +2 "$OUT" | diff alone -
}

@test "rm: one name or many; what is not there is status 1 and the others are gone" {
  fill
  shm rm alpha
  assert_done
  shm rm flag none ratio
  assert_status 1
  assert_no_stdout
  assert_stderr_line none
  shm ls --names
  assert_done $'mid.dle\nzeta'
  shm rm alpha
  assert_refused 1 alpha
  shm rm
  assert_refused 2 NAME
}

@test "rm: quiet, and --force for names that may not be there" {
  shm rm x
  assert_refused 1 "$STORE"
  shm rm -f x
  assert_done
  [ ! -e "$STORE" ]
  fill
  shm rm --force none alpha
  assert_done
  shm -q rm none
  assert_status 1
  assert_no_stderr
}

@test "rm: all names are read before the first is removed" {
  fill
  shm rm alpha ../flag
  assert_refused 2 ../flag
  assert_counter alpha 1
}

@test "rm: a damaged object can be removed" {
  fill
  head -c 100 /dev/urandom >"$STORE/broken"
  shm rm broken
  assert_done
  [ ! -e "$STORE/broken" ]
}

@test "rm: nothing is left in the store's directory" {
  fill
  shm rm alpha flag mid.dle ratio zeta
  assert_done
  [ -z "$(ls -A "$STORE")" ]
}

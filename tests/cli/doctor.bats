#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# doctor: what it finds in a store, what it mends, and that it changes nothing unless asked.

load ../helpers

setup() { own_store; }

# finding HEALTH WORDS: the last call printed one such line
finding() { grep -qE "^$1 +.*$2" "$OUT" || fail "no line: $1 ... $2"; }
no_finding() { ! grep -qE "^$1 " "$OUT" || fail "a line: $1"; }

# snapshot: the files of the store, and their bytes
snapshot() { (cd "$STORE" && for file in *; do md5sum -- "$file"; done); }

@test "doctor: a good store" {
  shm -q counter incr hits
  shm run job true
  shm doctor
  assert_status 0
  assert_no_stderr
  finding ok "store $STORE"
  finding ok 'objects: 1'
  no_finding bad
}

@test "doctor: -q leaves out what is ok" {
  shm -q counter incr hits
  shm -q doctor
  assert_status 0
  no_finding ok
}

@test "doctor: a store that is not there is told and not made; --fix makes it" {
  shm doctor
  assert_status 0
  finding warning 'no store yet'
  [ ! -e "$STORE" ]
  shm doctor --fix
  assert_status 0
  [ "$(stat -c %a "$STORE")" = 700 ]
  shm doctor
  finding ok 'objects: 0'
}

@test "doctor: says that the environment chose the store, which cron does not have" {
  shm -q counter incr hits
  shm doctor
  finding warning SHMCTL_STORE
  shm --store "$STORE" doctor
  if grep SHMCTL_STORE "$OUT"; then fail "the environment is named"; fi
}

@test "doctor: a store that others may change is bad" {
  mkdir "$STORE"
  chmod 777 "$STORE"
  shm doctor
  assert_status 4
  finding bad "store $STORE"
}

@test "doctor: a damaged object is bad, and the others are looked at all the same" {
  shm -q counter incr a b c
  head -c 4096 /dev/zero >"$STORE/b"
  shm doctor
  assert_status 4
  finding bad 'object b'
  finding ok 'objects: 3'
}

@test "doctor: a file that is none of shmctl's" {
  shm -q counter incr a
  echo >"$STORE/some,thing,else"
  : >"$STORE/.hidden"
  shm doctor
  assert_status 0
  finding warning '.hidden'
}

@test "doctor --fix removes what a kill left behind, when it is old enough" {
  shm -q counter incr a
  : >"$STORE/,new,0123456789abcdef"
  shm doctor --fix
  finding warning 'left behind: 1'
  [ -e "$STORE/,new,0123456789abcdef" ]
  touch -d '2 minutes ago' "$STORE/,new,0123456789abcdef"
  shm doctor
  finding warning 'left behind: 1'
  [ -e "$STORE/,new,0123456789abcdef" ]
  shm doctor --fix
  [ ! -e "$STORE/,new,0123456789abcdef" ]
  assert_counter a 1
}

@test "doctor changes nothing, and --fix nothing that is in use" {
  shm -q counter incr a b
  shm -q value set v 1 --type int
  shm run job true
  local before
  before=$(snapshot)
  shm doctor
  shm doctor --fix
  [ "$(snapshot)" = "$before" ]
}

@test "doctor --json: one object a line" {
  need jq
  shm -q counter incr a
  shm --json doctor
  assert_status 0
  [ "$(jq -rs 'map(.health) | unique | map(select(. != "ok" and . != "warning" and . != "bad")) | length' "$OUT")" = 0 ]
  jq -es 'length > 3 and all(has("what"))' "$OUT" >/dev/null
}

@test "doctor finds a token file that holds none: no new job could run" {
  shm run job true
  shm rm job
  shm doctor
  assert_status 0
  echo nothing >"$STORE/,token"
  shm run job true
  assert_refused 4 ",token"
  shm doctor
  assert_status 4
  finding bad 'no new job can run'
  rm "$STORE/,token"
  shm run job true
  assert_done
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# shellcheck disable=SC2030,SC2031,SC2034 # each test is a subshell; damage.bash uses $case
# Files of a store that are cut short, zeroed, filled with noise, or forged so that their checksum is right: every call
# ends with a documented status and one line that names the file, and what else is in the store is not touched.

load ../helpers
load damage

setup() {
  own_store
  shm -q counter set good=7
  shm -q value create goodvalue 2.5 --type float
  shm run goodjob true
}
teardown() {
  if [ -n "${CUTTER-}" ]; then kill "$CUTTER" 2>/dev/null || true; fi
  end_private_mounts
}

# The others are as they were.
assert_others() {
  answered 0 7 counter get good
  answered 0 2.5 value get goodvalue
  answered 0 '' run goodjob true
}

# Verbs that open a counter, a value, a job's record; BAD stands for the name.
COUNTER_VERBS=('counter get BAD' 'counter incr BAD' 'counter decr BAD 2' 'counter set BAD 1' 'counter swap BAD 1'
  'counter cas BAD 5 6' 'counter reset BAD' 'counter max BAD 9' 'counter get BAD --default 1' 'value get BAD' 'stat BAD')
VALUE_VERBS=('value get BAD' 'value set BAD 1' 'value swap BAD 1' 'value cas BAD 5 6' 'value add BAD 1'
  'value set BAD 1 --type int' 'counter incr BAD' 'stat BAD')
JOB_VERBS=('run BAD true' 'run BAD --shared true' 'run BAD --slots 2 true' 'run BAD --wait 1 true' 'who BAD'
  'stat BAD' 'stat --job BAD')

# assert_all_refuse STATUS NAME WORDS...: each of the verbs is refused with one line that says the name
assert_all_refuse() {
  local words status=$1 name=$2
  shift 2
  for words in "$@"; do
    # shellcheck disable=SC2086 # words
    refused "$status" "$name" ${words//BAD/$name}
  done
}

# assert_shown NAME: ls and doctor name it and go on
assert_shown() {
  try ls
  [ "$tried" = 0 ] || complain "ls ended with $tried"
  grep -Eq "^[?] +$1 +.damaged.|^job +$1 +damaged" "$TRIED" || complain "ls does not show $1 as damaged"
  grep -Eq '^counter +good +7 ' "$TRIED" || complain "ls does not show the counters beside $1"
  grep -Eq '^job +goodjob +idle' "$TRIED" || complain "ls does not show the jobs beside $1"
  try doctor
  [ "$tried" = 4 ] || complain "doctor ended with $tried"
  grep -Eq "^bad +(object|the record of job) $1 is damaged" "$TRIED" || complain "doctor does not name $1"
  grep -q '^ok  *objects: ' "$TRIED" || complain "doctor stopped at $1"
}

# assert_removed NAME: rm removes it, and its name can be used again
assert_removed() { answered 0 '' rm "$1"; }

# assert_damaged_counter: all of the above, for the counter `bad`; its bytes are told if not
assert_damaged_counter() {
  assert_all_refuse 4 bad "${COUNTER_VERBS[@]}"
  refused 1 bad counter create bad
  answered 0 '' run bad true
  answered 1 '' who bad
  assert_shown bad
  assert_others
  assert_removed bad
  answered 0 1 counter incr bad
}

@test "a counter's file is cut short" {
  for size in 0 1 64 127 128 129 191; do
    shm -q counter set bad=5
    truncate -s "$size" "$STORE/bad"
    case="cut to $size bytes"
    assert_damaged_counter
  done
  # Of the file's page a counter uses 192 bytes: what is behind them is not missed.
  for size in 192 200 4095 4097 100000; do
    "$SHMCTL" -q counter set bad=5
    truncate -s "$size" "$STORE/bad"
    case="cut to $size bytes"
    answered 0 6 counter incr bad
    answered 0 6 counter get bad
    answered 0 '' rm bad
  done
}

@test "a value's file is cut short" {
  for size in 0 1 64 127 128 129 191; do
    shm -q value set bad 5 --type int
    truncate -s "$size" "$STORE/bad"
    case="cut to $size bytes"
    assert_all_refuse 4 bad "${VALUE_VERBS[@]}"
    assert_shown bad
    assert_removed bad
  done
  assert_others
}

@test "a job's record is cut short" {
  for size in 0 1 64 127 128 129 200 512 4095; do
    shm run bad true
    shm -q counter set bad=5
    truncate -s "$size" "$STORE/bad,job"
    case="cut to $size bytes"
    assert_all_refuse 4 bad "${JOB_VERBS[@]/'stat BAD'/who BAD}"
    answered 0 6 counter incr bad
    assert_shown bad
    answered 0 '' rm --job bad
    answered 0 '' run bad true
    answered 0 '' rm bad
  done
  assert_others
}

@test "zeroed files" {
  shm -q counter set bad=5
  zero "$STORE/bad"
  case=zeroed
  assert_damaged_counter
  shm -q value set badvalue 5 --type int
  zero "$STORE/badvalue"
  assert_all_refuse 4 badvalue "${VALUE_VERBS[@]}"
  assert_shown badvalue
  assert_removed badvalue
  shm run badjob true
  zero "$STORE/badjob,job"
  assert_all_refuse 4 badjob "${JOB_VERBS[@]}"
  assert_shown badjob
  assert_removed badjob
  assert_others
}

@test "files of noise" {
  local round
  for ((round = 0; round < 4; round++)); do
    "$SHMCTL" -q counter set bad=5
    noise "$STORE/bad" 0 4096
    assert_all_refuse 4 bad "${COUNTER_VERBS[@]}"
    assert_shown bad
    assert_removed bad
    "$SHMCTL" run bad true
    noise "$STORE/bad,job" 0 4096
    assert_all_refuse 4 bad "${JOB_VERBS[@]}"
    assert_shown bad
    answered 0 '' rm bad
  done
  assert_others
}

@test "each byte of a header" {
  "$SHMCTL" -q counter set bad=5
  "$SHMCTL" run bad true
  local at
  for ((at = 0; at < 128; at++)); do
    case="byte $at is another"
    flip "$STORE/bad" "$at"
    refused 4 bad counter incr bad
    flip "$STORE/bad" "$at"
    flip "$STORE/bad,job" "$at"
    refused 4 bad run bad true
    flip "$STORE/bad,job" "$at"
  done
  case=restored
  answered 0 6 counter incr bad
  answered 0 '' run bad true
}

@test "each field of a header: every verb" {
  for at in 0 8 12 16 18 20 24 32 40 48 120; do
    case="byte $at is another"
    "$SHMCTL" -q counter set bad=5
    flip "$STORE/bad" "$at"
    assert_all_refuse 4 bad "${COUNTER_VERBS[@]}"
    answered 0 '' run bad true
    assert_shown bad
    assert_removed bad
  done
  assert_others
}

@test "forged: headers that lie, with the right checksum" {
  # WORD=VALUE of the header's 64-bit words; 2 holds kind, type and the payload's offset, 3 its size, 6 to 9 limits
  local kind=1 forgery
  for forgery in \
    "1=0x0102030400000002" "1=0x0403020100000001" \
    "2=$((128 << 32))" "2=$((128 << 32 | 99))" "2=$((128 << 32 | 1000))" "2=$((128 << 32 | 65535))" \
    "2=$((0 << 32 | kind))" "2=$((64 << 32 | kind))" "2=$((127 << 32 | kind))" "2=$((129 << 32 | kind))" \
    "2=$((132 << 32 | kind))" "2=$((4040 << 32 | kind))" "2=$((4096 << 32 | kind))" \
    "2=$((0xfffffff8 << 32 | kind))" "2=$((0xffffffff << 32 | kind))" \
    3=0 3=8 3=63 3=3969 3=4096 3=0x7fffffffffffffff 3=-1 3=-128 3=-192 \
    "6=1" "7=-1" "8=3" "9=0x7fffffffffffffff 7=5"; do
    "$SHMCTL" -q counter set bad=5
    # shellcheck disable=SC2086 # words
    forge "$STORE/bad" $forgery
    case="forged $forgery"
    assert_all_refuse 4 bad 'counter get BAD' 'counter incr BAD' 'counter set BAD 1' 'counter reset BAD' 'stat BAD'
    assert_shown bad
    assert_removed bad
  done
  assert_others
}

@test "forged: a payload behind what this version maps, a moved one, another kind" {
  "$SHMCTL" -q counter set bad=5
  truncate -s 16384 "$STORE/bad"
  forge "$STORE/bad" "2=$((8192 << 32 | 1))"
  case='payload in the third page'
  refused 4 bad counter incr bad
  assert_removed bad

  "$SHMCTL" -q counter set bad=5
  forge "$STORE/bad" "2=$((4032 << 32 | 1))"
  case='payload at the very end of the file'
  refused 4 bad counter incr bad

  forge "$STORE/bad" "2=$((128 << 32 | 2))"
  case='a value of no type'
  refused 3 bad counter incr bad
  refused 4 bad value get bad
  assert_shown bad
  assert_removed bad

  "$SHMCTL" -q counter create bad 5 --max 10
  put_word "$STORE/bad" 16 1000
  case='a number beyond the limits'
  answered 0 1000 counter get bad
  refused 3 bad counter incr bad
  answered 0 10 counter set bad 10
}

@test "forged: a job's record of noise behind a good header" {
  local round size
  for ((round = 0; round < 12; round++)); do
    "$SHMCTL" run bad true
    size=$(stat -c %s "$STORE/bad,job")
    noise "$STORE/bad,job" 128 $((size - 128))
    try who bad
    [ "$tried" -lt 2 ] || complain "who ended with $tried"
    try stat --job bad
    [ "$tried" = 0 ] || complain "stat ended with $tried"
    try ls
    [ "$tried" = 0 ] || complain "ls ended with $tried"
    try --json ls
    [ "$tried" = 0 ] || complain "ls ended with $tried"
    try run bad sh -c 'exit 7'
    [ "$tried" = 75 ] || complain "run ended with $tried" # a pause that can't be read is one
    answered 0 '' resume bad
    try run bad sh -c 'exit 7'
    [ "$tried" = 7 ] || complain "run ended with $tried"
    answered 0 '' rm --job bad
  done
  "$SHMCTL" run bad true
  for forgery in "2=$((128 << 32 | 1))" "2=$((512 << 32 | 1000))" "2=$((0 << 32 | 1000))" 3=-1 "3=$size"; do
    cp "$STORE/bad,job" "$BATS_TEST_TMPDIR/whole"
    forge "$STORE/bad,job" "$forgery"
    case="forged $forgery"
    assert_all_refuse 4 bad "${JOB_VERBS[@]}"
    assert_shown bad
    cat "$BATS_TEST_TMPDIR/whole" >"$STORE/bad,job"
  done
  case=restored
  answered 0 '' run bad true
}

@test "an object whose damage says that it is not there can be removed, and its name used again" {
  shm -q value set gone text --type text
  # the words behind the header: its memory, and that it was removed
  forge "$STORE/gone" 22=1 23=5
  shm value get gone
  assert_status 1
  shm rm -f gone
  assert_done
  [ ! -e "$STORE/gone" ]
  shm value set gone again --type text
  assert_status 0
}

@test "several names in one call: the damaged one is told, the others are done" {
  shm -q counter set bad=5
  zero "$STORE/bad"
  shm counter get bad good
  assert_status 4
  assert_stdout 7
  assert_stderr_line bad
  shm rm bad good
  assert_done
}

@test "a damaged lock or record is no other job's" {
  shm run bad true
  shm run other true
  echo noise >"$STORE/bad,job.lock"
  shm run bad echo ran
  assert_done ran
  zero "$STORE/bad,job"
  shm run other echo ran
  assert_done ran
}

@test "cut and restored while it is counted: 0 or 4, never a signal" {
  shm -q counter set bad=5
  cut_and_restore "$STORE/bad"
  local i n=0
  for ((i = 0; i < 400; i++)); do
    try counter incr bad
    case $tried in
      0) n=$((n + 1)) ;;
      1 | 4) one_line bad ;;
      *) complain "counter incr ended with $tried" ;;
    esac
  done
  stop_cutting
  echo "# $n of 400 increments were done" >&3
  cat "$BATS_TEST_TMPDIR/whole" >"$STORE/bad"
  case=restored
  answered 0 6 counter incr bad
  assert_others
}

@test "cut and restored while a job runs: 0, 4 or 75, never a signal" {
  shm run bad true
  cut_and_restore "$STORE/bad,job"
  local i
  for ((i = 0; i < 150; i++)); do
    try run bad true
    case $tried in
      0) ;;
      4 | 75) own_lines bad ;; # two if the record is cut for the command's process, and again for the supervisor
      *) complain "run ended with $tried" ;;
    esac
    try who bad
    case $tried in
      0) ;;
      1 | 4) one_line bad ;;
      *) complain "who ended with $tried" ;;
    esac
  done
  stop_cutting
  cat "$BATS_TEST_TMPDIR/whole" >"$STORE/bad,job"
  case=restored
  answered 0 '' run bad true
  assert_others
}

@test "cut and restored while it is listed: 0 or 4, never a signal" {
  shm -q counter set bad=5
  cut_and_restore "$STORE/bad"
  local i words
  for ((i = 0; i < 100; i++)); do
    for words in ls doctor 'stat bad'; do
      # shellcheck disable=SC2086 # words
      try $words
      [ "$tried" = 0 ] || [ "$tried" = 4 ] || complain "$words ended with $tried"
    done
  done
  stop_cutting
}

@test "what may not be read is not called damaged" {
  private_mounts
  unset SHMCTL_STORE
  shm -q counter set bad=5
  shm run bad true
  as alice shm --store sys ls
  assert_status 0
  assert_no_stderr
  grep -Eq '^[?] +bad +\(no permission\)' "$OUT" || fail "not the counter"
  grep -Eq '^job +bad +\(no permission\)' "$OUT" || fail "not the job"
  as alice shm --store sys doctor
  assert_status 0
}

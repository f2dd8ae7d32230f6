#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# The Nth system call of each kind fails, once and for good: a documented status, one line, no signal, no hang. And
# afterwards the store is usable, what was told to be done is done, and nothing half made is there. The same for a kill
# before each of them.

load ../helpers

# What touches the store or needs something that may run out. Not what the kernel never refuses.
KINDS=openat,openat2,statx,fstatfs,mmap,fallocate,linkat,pwrite64,pread64,fchmod,fchown,flock,fcntl,getrandom,write
KINDS+=,mkdirat,unlinkat,getdents64,clone,clone3,vfork,pidfd_open

teardown() { end_private_mounts; }
setup() {
  need strace
  own_store
  TRACE=$BATS_TEST_TMPDIR/trace
  strace -o "$TRACE" true 2>/dev/null || skip "can't trace"
  # shellcheck disable=SC2034 # `call` reads it
  PATIENCE=10
  # Calls before main() are not shmctl's.
  strace -o "$TRACE" -e trace="$KINDS" "$SHMCTL" --version >/dev/null
  declare -gA START=()
  count_calls START
  START[write]=0 # of the version
}

# count_calls TABLE: how often each kind is in the trace
count_calls() {
  local -n table=$1
  local kind line count
  while read -r line; do
    kind=${line%%(*}
    count=${table[$kind]-0}
    if [[ $line == *'('* ]]; then table["$kind"]=$((count + 1)); fi
  done <"$TRACE"
}

# injected WHAT WORDS...: shmctl with that injected, as strace's -e inject= has it
injected() { call strace -qq -o "$TRACE" -e trace="$KINDS" -e inject="$1" "$SHMCTL" "${@:2}"; }

# sound WHERE: no signal, no hang, a documented status, and one line or none
sound() {
  local kind=${1%%:*}
  assert_status_in 0 4 5 || return
  if [ "$status" != 0 ]; then
    if [ "$kind" != write ]; then assert_stderr_line; fi
  elif [ "$kind" != write ]; then
    assert_no_stderr
  fi
}

# every WORDS...: a table of the calls that shmctl with these words makes goes to CALLS, without those of the start
every() {
  declare -gA CALLS=()
  strace -qq -o "$TRACE" -e trace="$KINDS" "$SHMCTL" "$@" >/dev/null
  count_calls CALLS
}

# ways KIND N: how the Nth call of that kind may fail, as strace has it. EINTR for good would be retried for good.
ways() {
  echo "error=ENOSPC:when=$2 error=ENOMEM:when=$2+ error=EINTR:when=$2"
  case $1 in
    openat | openat2) echo "error=EMFILE:when=$2 error=EROFS:when=$2" ;;
    mkdirat | linkat | unlinkat | fchmod) echo "error=EROFS:when=$2+" ;;
  esac
}

# each_failure PREPARE CHECK WORDS...: for each call that WORDS make, and each way in which it may fail: PREPARE, the call
# with that injected, CHECK
each_failure() {
  local prepare=$1 check=$2 kind n how cases=0 wrong=0
  shift 2
  "$prepare"
  every "$@"
  for kind in "${!CALLS[@]}"; do
    for ((n = ${START[$kind]-0} + 1; n <= CALLS[$kind]; n++)); do
      for how in $(ways "$kind" "$n"); do
        "$prepare"
        injected "$kind:$how" "$@"
        cases=$((cases + 1))
        if ! { sound "$kind:$how" && "$check"; }; then
          echo "$kind:$how"
          wrong=$((wrong + 1))
        fi
      done
    done
  done
  echo "$cases cases"
  [ "$wrong" = 0 ] && [ "$cases" -ge 20 ]
}

# each_kill PREPARE CHECK WORDS...: the same, killed as the call begins
each_kill() {
  local prepare=$1 check=$2 kind n cases=0
  shift 2
  "$prepare"
  every "$@"
  for kind in "${!CALLS[@]}"; do
    for ((n = ${START[$kind]-0} + 1; n <= CALLS[$kind]; n++)); do
      "$prepare"
      injected "$kind:signal=KILL:when=$n" "$@"
      cases=$((cases + 1))
      assert_status_in 137 265 # strace ends as what it traced did
      status=137
      "$check" || fail "killed at $kind $n"
    done
  done
  echo "$cases cases"
  [ "$cases" -ge 4 ]
}

# no_half: everything in the store can be read, and nothing is there that nobody knows
no_half() {
  local verdict=$status told=$out
  shm ls
  assert_status 0 && assert_no_stderr || return
  [[ $out != *damaged* && $out != *'?'* ]] || fail "a half object" || return
  shm doctor
  assert_status 0 || return
  [[ $out != *killed* ]] || fail "something was left behind" || return
  status=$verdict out=$told
}

# value_after NAME: what the counter holds now, or nothing
value_after() { "$SHMCTL" counter get "$1" 2>/dev/null || true; }

# --- one prepare and one check for each command ----------------------------------------------------------------------

with_counter() {
  "$SHMCTL" -q counter get x 2>/dev/null || "$SHMCTL" -q counter set x=5 || return
  BEFORE=$("$SHMCTL" counter get x)
}
incremented() {
  local found
  found=$(value_after x)
  if [ "$status" = 0 ]; then
    [ "$out" = $((BEFORE + 1)) ] && [ "$found" = "$out" ] || fail "told $out, found $found" || return
  else
    [ "$found" = "$BEFORE" ] || [ "$found" = $((BEFORE + 1)) ] || fail "found $found" || return
  fi
  no_half
}

without_object() {
  rm -rf "$STORE"
  "$SHMCTL" -q counter set other=1
}
created() {
  local found
  found=$(value_after x)
  if [ "$status" = 0 ]; then
    [ "$out" = 1 ] && [ "$found" = 1 ] || fail "told $out, found $found" || return
  else
    [ -z "$found" ] || [ "$found" = 1 ] || fail "found $found" || return
  fi
  no_half || return
  "$SHMCTL" -q counter incr x other || fail "the store can't be used"
}

without_store() { rm -rf "$STORE"; }
made() {
  # Where even the directory was not made, there is nothing to look at.
  if [ -d "$STORE" ]; then created; else [ "$status" != 0 ]; fi
}

removed() {
  if [ "$status" = 0 ]; then
    [ ! -e "$STORE/x" ] || fail "still there" || return
  fi
  no_half
}

with_job() {
  [ -e "$STORE/job,job" ] || "$SHMCTL" run job true || return
  rm -f "$BATS_TEST_TMPDIR/ran"
}
without_job() { rm -rf "$STORE" "$BATS_TEST_TMPDIR/ran"; }
ran() {
  if [ "$status" = 0 ]; then
    [ -e "$BATS_TEST_TMPDIR/ran" ] || fail "not run" || return
  else
    [ ! -e "$BATS_TEST_TMPDIR/ran" ] || fail "run, and then refused" || return
  fi
  shm run job true
  assert_status 0 || fail "the job is not free" || return
  shm ls --kind job
  [[ $out == *idle* ]] || fail "the record is not whole"
}

listed() { no_half; }

# Objects that are changed by transactions: afterwards another process can change them, and what was told is true. Their
# lock file is made before their name and removed after it, so one may be left: doctor says so, and how to remove it.
no_half_object() {
  local verdict=$status told=$out
  shm ls
  assert_status 0 && assert_no_stderr || return
  [[ $out != *damaged* && $out != *'?'* ]] || fail "a half object" || return
  status=$verdict out=$told
}
with_text() {
  [ -e "$STORE/t" ] || "$SHMCTL" -q value create t old --type text || return
  "$SHMCTL" -q value set t old
}
text_set() {
  local found
  found=$("$SHMCTL" value get t 2>/dev/null) || found=
  if [ "$status" = 0 ]; then
    [ "$found" = new ] || fail "found $found" || return
  else
    [[ $found =~ ^(${1-old|new})$ ]] || fail "found $found" || return
  fi
  no_half_object || return
  "$SHMCTL" -q value set t again --type text || fail "it can't be changed"
}
text_made() { text_set 'new|'; }
text_taken() {
  local found
  found=$("$SHMCTL" value get t 2>/dev/null) || found=
  if [ "$status" = 0 ]; then
    [ -z "$found" ] || fail "still there: $found" || return
  else
    [[ $found =~ ^(old|)$ ]] || fail "found $found" || return
  fi
  no_half_object || return
  "$SHMCTL" -q value set t again --type text || fail "it can't be made again"
}

with_queue() {
  if [ -e "$STORE/q" ]; then "$SHMCTL" -q queue clear q; else "$SHMCTL" -q queue create q; fi || return
  "$SHMCTL" queue push q a b
}
# queue_holds AFTER BEFORE: the items, with blanks between; after the call, or, if it failed, perhaps still before it
queue_holds() {
  local found
  found=$("$SHMCTL" queue peek q --count 99 2>/dev/null | tr '\n' ' ')
  found=${found% }
  [ "$found" = "$1" ] || { [ "$status" != 0 ] && [ "$found" = "$2" ]; } || fail "found $found" || return
  no_half_object || return
  "$SHMCTL" queue push q again || fail "it can't be changed"
}
pushed() { queue_holds 'a b c d' 'a b'; }
first_pushed() { queue_holds 'c d' ''; }
popped() { queue_holds b 'a b'; }

# One change of several objects, one of which it makes.
with_several() {
  rm -rf "$STORE"
  printf '%s\n' 'counter set x=5 y=5' 'queue push q a' | "$SHMCTL" -q exec || return
  MOVE=$BATS_TEST_TMPDIR/move
  printf '%s\n' 'counter decr x 2' 'queue push q b' 'list append l new' 'counter incr y 2' >"$MOVE"
}
# All of it happened, or nothing; and it can be done.
moved() {
  local found
  found=$("$SHMCTL" counter get x y && "$SHMCTL" queue len q && "$SHMCTL" list get l 2>/dev/null)
  case ${found//$'\n'/ } in
    '3 7 2 new') ;;
    '5 5 1') [ "$status" != 0 ] || fail "nothing happened" || return ;;
    *) fail "found $found" || return ;;
  esac
  no_half_object || return
  "$SHMCTL" -q exec --atomic "$MOVE" || fail "it can't be done"
}
of_several() {
  with_several
  "$1" with_several moved exec --atomic "$MOVE"
}

@test "value set of a text that is there" { each_failure with_text text_set value set t new; }
@test "value set of a new text" { each_failure without_object text_made value set t new --type text; }
@test "value getdel" { each_failure with_text text_taken value getdel t; }
@test "queue push of a queue that is there" { each_failure with_queue pushed queue push q c d; }
@test "queue push of a new queue" { each_failure without_object first_pushed queue push q c d; }
@test "queue pop" { each_failure with_queue popped queue pop q; }
@test "exec --atomic of several objects" { of_several each_failure; }
@test "killed: value set of a text that is there" { each_kill with_text text_set value set t new; }
@test "killed: value set of a new text" { each_kill without_object text_made value set t new --type text; }
@test "killed: value getdel" { each_kill with_text text_taken value getdel t; }
@test "killed: queue push of a queue that is there" { each_kill with_queue pushed queue push q c d; }
@test "killed: queue push of a new queue" { each_kill without_object first_pushed queue push q c d; }
@test "killed: queue pop" { each_kill with_queue popped queue pop q; }
@test "killed: exec --atomic of several objects" { of_several each_kill; }

@test "counter incr of a counter that is there" { each_failure with_counter incremented counter incr x; }
@test "counter incr of a new counter" { each_failure without_object created counter incr x; }
@test "counter incr in a new store" { each_failure without_store made counter incr x; }
@test "counter create with a mode" { each_failure without_object created counter create x 1 --mode 640; }
@test "counter get" { each_failure with_counter listed counter get x; }
@test "rm" { each_failure with_counter removed rm x; }
@test "ls" { each_failure with_counter listed ls; }
@test "run of a job that is there" { each_failure with_job ran run job touch "$BATS_TEST_TMPDIR/ran"; }
@test "run of a new job" { each_failure without_job ran run job touch "$BATS_TEST_TMPDIR/ran"; }

@test "killed: counter incr of a counter that is there" { each_kill with_counter incremented counter incr x; }
@test "killed: counter incr of a new counter" { each_kill without_object created counter incr x; }
@test "killed: counter incr in a new store" {
  umask 077
  each_kill without_store made counter incr x
  umask 777
  each_kill without_store made counter incr x
}
@test "killed: the first call in a default place, whatever the umask" {
  unset SHMCTL_STORE
  private_mounts
  package_layout
  local user umask n
  for user in alice root; do
    for umask in 022 777; do
      for n in {1..8}; do
        inside rm -rf /run/shmctl/u/4001 /run/shmctl/sys "/run/shmctl/g/$TEAM"
        (umask "$umask" && as "$user" call strace -qq -o /dev/null -e trace=mkdirat,fchmod,fchown,linkat,renameat2 \
          -e inject=mkdirat,fchmod,fchown,linkat,renameat2:signal=KILL:when="$n" "$SHMCTL" -q counter incr x)
        as "$user" shm counter incr x
        assert_status 0
        as root shm --store "@$TEAM" run job true
        assert_status 0
      done
    done
  done
  for n in {1..8}; do
    inside rm -rf "/run/shmctl/g"
    call strace -qq -o /dev/null -e trace=mkdirat,fchmod,fchown,linkat,renameat2 \
      -e inject=mkdirat,fchmod,fchown,linkat,renameat2:signal=KILL:when="$n" "$SHMCTL" --store "@$TEAM" counter incr x
    as root shm --store "@$TEAM" counter incr x
    assert_status 0
    as carol shm --store "@$TEAM" counter incr x
    assert_status 0
  done
}
@test "killed: rm" { each_kill with_counter removed rm x; }

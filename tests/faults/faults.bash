# shellcheck shell=bash disable=SC2154 # what `call` sets
# What the files of this folder share that make system calls fail: by strace, each call in turn. After `load ../helpers`,
# with own_store; $TRACE is where strace writes, $RAN the file that a command makes.

# failing FAULTS WORDS...: shmctl with these faults (CALL:error=E:when=N, several with blanks between), itself alone and
# not its command
failing() {
  local fault faults=()
  for fault in $1; do faults+=(-e "inject=$fault"); done
  shift
  call strace -qq -o "$TRACE" "${faults[@]}" "$SHMCTL" "$@"
}

# calls_of NAME WORDS...: how often shmctl makes that call with these words
calls_of() {
  local name=$1
  shift
  strace -qq -o "$TRACE" -e trace="$name" "$SHMCTL" "$@" >/dev/null 2>&1 || true
  grep -c "^$name(" "$TRACE" || true
}

# each_fault CHECK PREPARE ERRORS CALLS WORDS...: for every one of CALLS, every time it is made, once with each error and,
# but for EINTR, for good: PREPARE, the call, CHECK, which finds in $fault what was done
each_fault() {
  local check=$1 prepare=$2 errors=$3 calls=$4 name error n times when cases=0
  shift 4
  for name in $calls; do
    "$prepare"
    times=$(calls_of "$name" "$@")
    for ((n = 1; n <= times; n++)); do
      for error in $errors; do
        for when in "$n" "$n+"; do
          if [ "$error" = EINTR ] && [ "$when" != "$n" ]; then continue; fi
          "$prepare"
          fault=$name:error=$error:when=$when
          failing "$fault" "$@"
          cases=$((cases + 1))
          "$check" || fail "with $fault"
        done
      done
    done
  done
  [ "$cases" -gt 0 ] || fail "nothing was tried"
}

# sound: the status of the last call is one that a fault may have, and what it says of a failure is one line
sound() {
  assert_status_in 0 1 4 5 75 126 || return
  if [ "$status" -ge 4 ]; then assert_stderr_line || return; fi
}

# sound_run: and the command ran if that was said, else not; the job is free
sound_run() {
  sound || return
  if [ "$status" = 0 ]; then
    [ -e "$RAN" ] || fail "it did not run" || return
  else
    [ ! -e "$RAN" ] || fail "it ran, and then was refused" || return
  fi
  job_is_free
}
job_is_free() {
  shm who job
  assert_status 1 || return
  shm run job true
  assert_status 0 || return
  if [ -n "$(compgen -G "$STORE/,new,*")" ]; then fail "a half file"; fi
}

nothing() { rm -f "$RAN"; }
fresh_store() { rm -rf "$STORE" "$RAN"; }
idle_job() { [ -e "$STORE/job,job" ] || "$SHMCTL" run job true; rm -f "$RAN"; }

# sound_asker: who only asks may fail, and calls nothing damaged
sound_asker() {
  sound || return
  [[ $out != *damaged* ]] || fail "called damaged"
}

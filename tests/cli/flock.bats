#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# flock: the examples of flock(1)'s manual page, the forms and the options, on files and on jobs. Where flock(1) itself is
# installed, flock-same.bats makes the same calls with both, and they must agree.

load ../helpers
load jobs

setup() {
  own_store
  holding
  DIR=$BATS_TEST_TMPDIR/dir
  mkdir "$DIR"
  cd "$DIR" || exit
}
teardown() { end_what_was_started; }

# start_shm_flock TAG WORDS...: `shmctl flock WORDS...` in the background, until its command runs; as `start`
start_shm_flock() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" flock "$@" "$HOLD" "$tag" >"$tag.out" 2>"$tag.err" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true test -s "$tag.pid"
  JOB=$(<"$tag.pid")
  STARTED+=("$JOB")
}
# linked NAME: LINK is a link to the program, by that name
linked() {
  mkdir -p "$BATS_TEST_TMPDIR/bin"
  ln -sf "$SHMCTL" "$BATS_TEST_TMPDIR/bin/$1"
  LINK=$BATS_TEST_TMPDIR/bin/$1
}
# Whether the process sleeps in the kernel's queue for a lock: /proc/locks has who waits behind an arrow.
in_flock() { grep -q -- "-> FLOCK.* $1 " /proc/locks; }
# Leaves something behind in the background, once that runs.
LEAVE='"$0" "$1" >/dev/null 2>&1 & until [ -s "$1.pid" ]; do sleep 0.02; done'
locked() { ! "$SHMCTL" flock -n "$1" true 3>&-; }

# --- the examples of flock(1) ------------------------------------------------------------------------------------------

@test "example: an exclusive lock of a directory, and a second command that fails" {
  start_shm_flock one "$DIR"
  shm flock -w .007 "$DIR" -c echo
  assert_status 1
  assert_no_stdout
  assert_no_stderr
}

@test "example: a shared lock of a directory, and a second command that does not fail" {
  start_shm_flock one -s "$DIR"
  shm flock -s -w .007 "$DIR" -c 'echo here'
  assert_done here
  shm flock -w .007 "$DIR" -c echo
  assert_status 1
}

@test "example: flock -x local-lock-file echo 'a b c'" {
  shm flock -x local-lock-file echo 'a b c'
  assert_done 'a b c'
  shm flock -x ./local-lock-file echo 'a b c'
  assert_done 'a b c'
  [ -f local-lock-file ]
}

@test "example: the commands of a subshell, by its descriptor 9" {
  cat >script <<'END'
(
  "$SHMCTL" flock -n 9 || exit 1
  echo "$1"
  [ "$1" = two ] || bash "$0" two
) 9>./mylockfile
END
  call bash script one
  assert_status 1
  assert_stdout one
  call bash script two
  assert_done two
}

@test "example: boilerplate that locks the script itself" {
  cat >script <<'END'
#!/bin/bash
[ "${FLOCKER}" != "$0" ] && exec env FLOCKER="$0" "$SHMCTL" flock -en "$0" "$0" "$@" || :
echo "run $*"
[ "$1" != again ] || exec env -u FLOCKER "$0" once more
END
  chmod 755 script
  call ./script a 'b c'
  assert_done 'run a b c'
  call ./script again
  assert_status 1
  assert_stdout 'run again'
}

@test "example: a file locked by the shell's own descriptor, without a subprocess" {
  exec 4<>./mylockfile
  shm flock -n 4
  assert_done
  shm flock -n ./mylockfile true
  assert_status 1
  exec 4>&-
  shm flock -n ./mylockfile true
  assert_done
}

# --- forms and options -------------------------------------------------------------------------------------------------

@test "on a path it is the same lock as flock's" {
  need flock
  start_shm_flock one ./file
  call flock -n ./file true
  assert_status 1
  kill_and_wait "$JOB"
  ended 137 "$SUPERVISOR"
  # shellcheck disable=SC2034 # for start_flock
  LOCK=$DIR/file
  start_flock two
  shm flock -n ./file true
  assert_status 1
}

@test "-E says the status of a conflict, with -n and with -w" {
  start_shm_flock one ./file
  shm flock -n -E 123 ./file true
  assert_status 123
  shm flock -w 0.01 -E 0 ./file true
  assert_status 0
  shm flock -n --conflict-exit-code=255 ./file true
  assert_status 255
  shm flock -w 0 ./file true
  assert_status 1
}

@test "without -n it waits, and goes on when the lock is free" {
  start_shm_flock one ./file
  "$SHMCTL" flock ./file echo went >"$BATS_TEST_TMPDIR/waiter" 3>&- &
  local waiter=$!
  STARTED+=("$waiter")
  until_true in_flock "$waiter"
  kill_and_wait "$JOB"
  ended 0 "$waiter"
  [ "$(<"$BATS_TEST_TMPDIR/waiter")" = went ]
}

@test "-u drops the lock of a descriptor, for all that have it" {
  exec 9>./file
  shm flock 9
  locked ./file
  shm flock -u 9
  assert_done
  not locked ./file
  shm flock -u ./file echo unlocked
  assert_done unlocked
}

@test "what the command leaves behind keeps a file's lock, but with -o" {
  shm flock ./one bash -c "$LEAVE" "$HOLD" "$BATS_TEST_TMPDIR/left"
  assert_done
  pid_in "$BATS_TEST_TMPDIR/left.pid"
  locked ./one
  shm flock -o ./two bash -c "$LEAVE" "$HOLD" "$BATS_TEST_TMPDIR/left2"
  assert_done
  pid_in "$BATS_TEST_TMPDIR/left2.pid"
  not locked ./two
}

@test "-F becomes the command" {
  call bash -c 'echo $$; exec "$SHMCTL" flock -F ./file bash -c "echo \$\$; \"\$SHMCTL\" flock -n ./file true || echo locked"'
  assert_status 0
  local first second third
  { read -r first && read -r second && read -r third; } <"$OUT"
  [ "$first" = "$second" ] || fail "another process"
  [ "$third" = locked ]
  shm flock -F -o ./file true
  assert_refused 64 incompatible
}

@test "--verbose says how long it took, what is run, and why there is no lock" {
  shm flock --verbose ./file echo x
  assert_status 0
  [ "$(sed -E 's/[0-9]+\.[0-9]{6}/N/' "$OUT")" = 'flock: getting lock took N seconds
flock: executing echo
x' ] || fail "it says something else"
  start_shm_flock one ./file
  shm flock --verbose -n ./file true
  assert_refused 1 'failed to get lock'
  shm flock --verbose -w 0.01 ./file true
  assert_refused 1 'timeout while waiting to get lock'
}

@test "the statuses of sysexits.h" {
  shm flock
  assert_refused 64 'not enough arguments'
  shm flock ./file
  assert_refused 64 'bad file descriptor'
  shm flock -n
  assert_refused 64 'requires file descriptor'
  shm flock -w soon ./file true
  assert_refused 64 "'soon'"
  shm flock -E 256 ./file true
  assert_refused 64 "'256'"
  shm flock -z ./file true
  assert_refused 64 "'-z'"
  shm flock ./file -c a b
  assert_refused 64 'exactly one'
  shm flock 77 77>&-
  assert_refused 65 'descriptor 77'
  shm flock ./nowhere/file true
  assert_refused 66 nowhere
  shm flock ./file ./nothing
  assert_refused 69 nothing
  shm flock ./file /etc/passwd
  assert_refused 69 /etc/passwd
  shm flock ./file sh -c 'exit 7'
  assert_status 7
  shm flock ./file sh -c 'kill -9 $$'
  assert_status 137
}

@test "-c is for the shell of SHELL, else for /bin/sh" {
  SHELL=/bin/bash shm flock ./file -c 'echo "$0"; exit 3'
  assert_status 3
  assert_stdout /bin/bash
  SHELL='' shm flock ./file --command 'echo "$0"'
  assert_done /bin/sh
}

@test "help and version, of the verb and of a link that is named flock" {
  shm flock --help
  local help=$out word
  for word in -h --he; do
    shm flock "$word"
    assert_done "$help"
  done
  shm --version
  local version=$out
  shm flock -V
  assert_done "$version"
  linked flock
  call "$LINK" --help
  assert_done "$help"
  call "$LINK" -V
  assert_done "$version"
  call "$LINK" -n ./file echo linked
  assert_done linked
  call "$LINK"
  assert_refused 64 'not enough arguments'
}

@test "a signal that is sent to it goes to the command" {
  start_shm_flock one ./file
  kill -TERM "$SUPERVISOR"
  ended 143 "$SUPERVISOR"
  until_true gone "$JOB"
  not locked ./file
}

@test "the file removed while somebody waits for it: who gets it has the one that is there" {
  start_shm_flock one ./file
  "$SHMCTL" flock ./file "$HOLD" "$BATS_TEST_TMPDIR/two" 3>&- &
  local two=$!
  STARTED+=("$two")
  until_true in_flock "$two"
  rm ./file
  kill_and_wait "$JOB"
  pid_in "$BATS_TEST_TMPDIR/two.pid"
  locked ./file
}

@test "a file of another user's in a directory like /tmp is locked by root too" {
  need_root
  mkdir sticky && chmod 1777 sticky
  : >sticky/file && chown 4001:4001 sticky/file && chmod 666 sticky/file
  shm flock -n ./sticky/file echo locked
  assert_done locked
}

# --- on a job ----------------------------------------------------------------------------------------------------------

@test "a plain name is a job's: run and flock exclude each other, and no file is made" {
  start_shm_flock one job
  shm run job true
  assert_busy "pid $JOB"
  shm flock -n -E 9 job true
  assert_status 9
  assert_no_stderr
  shm flock --verbose -n job true
  assert_refused 1 "pid $JOB" 'holds it since'
  shm flock -w 0.01 job true
  assert_status 1
  [ ! -e job ]
  kill_and_wait "$JOB"
  ended 137 "$SUPERVISOR"
  shm flock job sh -c 'echo $SHMCTL_JOB'
  assert_done job
}

@test "a plain name that a file has is that file" {
  : >job
  start_shm_flock one job
  free job
  locked ./job
  shm run job true
  assert_done
}

@test "on a job, what the command leaves behind keeps nothing" {
  shm flock job bash -c "$LEAVE" "$HOLD" "$BATS_TEST_TMPDIR/left"
  assert_done
  pid_in "$BATS_TEST_TMPDIR/left.pid"
  free job
}

@test "on a job, a killed shmctl lets no second command in" {
  start_shm_flock one job
  kill_and_wait "$SUPERVISOR"
  shm flock -n job true
  assert_status 1
  kill_and_wait "$JOB"
  shm flock -n job true
  assert_done
}

@test "-s on a job is beside others that share" {
  start_shm_flock one -s job
  shm flock -n -s job true
  assert_done
  shm run --shared job true
  assert_done
  shm flock -n job true
  assert_status 1
}

@test "-F on a job: the command holds it, with no supervisor" {
  "$SHMCTL" flock -F job "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&- &
  local one=$!
  STARTED+=("$one")
  until_true test -s "$BATS_TEST_TMPDIR/one.pid"
  [ "$(<"$BATS_TEST_TMPDIR/one.pid")" = "$one" ]
  shm run job true
  assert_busy "pid $one"
  rm "$STORE/job,job.lock"
  shm run job true
  assert_busy "pid $one"
  kill_and_wait "$one"
  free job
  assert_fact runs job 0
}

@test "inside itself it fails with -n and -w, and says so when it would wait for ever" {
  shm flock job "$SHMCTL" flock -n job true
  assert_status 1
  assert_no_stderr
  shm flock job "$SHMCTL" flock job true
  assert_refused 75 'would wait for itself'
}

@test "a store that is not to be trusted: status 66" {
  mkdir "$STORE" && chmod 777 "$STORE"
  shm flock job true
  assert_status 66
  assert_stderr_line "$STORE"
}

@test "options of shmctl stand before the verb" {
  shm --store "$BATS_TEST_TMPDIR/other" flock job true
  assert_done
  [ -e "$BATS_TEST_TMPDIR/other/job,job" ]
  shm -n flock job true
  assert_refused 2 "'-n'"
}

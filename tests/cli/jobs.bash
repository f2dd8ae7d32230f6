# shellcheck shell=bash
# What run*.bats and who.bats share: commands that say when they run and end when told, and what /proc says of them.
# After `load ../helpers`.

# A command for a job: writes its pid to $1.pid once it runs, then sleeps; with more words it runs those before.
# It is ended by its pid, so that nothing else needs to be known of it.
holding() {
  HOLD=$BATS_TEST_TMPDIR/hold LOCK=$BATS_TEST_TMPDIR/flock.lock
  cat >"$HOLD" <<'END'
#!/bin/bash
echo $BASHPID >"$1.new" && mv "$1.new" "$1.pid"
exec sleep 60
END
  chmod 755 "$HOLD"
}

# start TAG WORDS...: `shmctl run WORDS... hold TAG` in the background; SUPERVISOR and JOB are the pids once it runs.
# What it says goes to files TAG.out and TAG.err.
start() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" run "$@" "$HOLD" "$tag" >"$tag.out" 2>"$tag.err" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true test -s "$tag.pid"
  JOB=$(<"$tag.pid")
  STARTED+=("$JOB")
}

# run_in_background TAG WORDS...: `shmctl run WORDS...`, whether it gets the job or not; its pid in BACKGROUND
run_in_background() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" run "$@" >"$tag.out" 2>"$tag.err" 3>&- &
  BACKGROUND=$!
  STARTED+=("$BACKGROUND")
}

# pid_in FILE: the number that a command wrote there, once it has
pid_in() {
  until_true test -s "$1"
  local pid
  read -r pid <"$1"
  STARTED+=("$pid")
  echo "$pid"
}

STARTED=()
# For teardown: whatever a test started and did not end.
end_what_was_started() {
  local pid
  for pid in "${STARTED[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  for pid in "${STARTED[@]}"; do wait "$pid" 2>/dev/null || true; done
}

# ended STATUS PID: waits for a background process of this shell and checks its exit status
ended() {
  local found=0
  until_true gone "$2" || return
  wait "$2" || found=$?
  [ "$found" = "$1" ] || fail "process $2 ended with $found, not $1"
}

# The state letter of a process as /proc has it; X when it is gone.
state_of() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || { echo X; return; }
  stat=${stat##*) }
  echo "${stat%% *}"
}
state_is() { [[ $(state_of "$1") == ["$2"] ]]; }
lives() { state_is "$1" RSDT; }
gone() { state_is "$1" ZX; }

kill_and_wait() { kill -9 "$1"; until_true gone "$1"; }

held() { "$SHMCTL" -q who "$1" >/dev/null 2>&1; }
free() { ! held "$1"; }
# As many processes as that wait for the job, or more.
waiting() { [[ $("$SHMCTL" who "$1") == *"$2 waiting:"* ]]; }

# not COMMAND...: it fails (bash itself lets a test go on after `! COMMAND`)
not() { if "$@"; then fail "it succeeded: $*"; fi; }

# fact NAME JOB: what `stat` says of it
fact() { "$SHMCTL" stat "$2" | sed -n "s/^$1: //p"; }
assert_fact() {
  local found
  found=$(fact "$1" "$2")
  [ "$found" = "$3" ] || fail "$1 of $2 is '$found', not '$3'"
}

# assert_busy WORDS...: the last call was refused because somebody else holds the job
assert_busy() { assert_refused 75 busy "$@"; }

# --- on a terminal -----------------------------------------------------------------------------------------------------

# need_terminal: TERMINAL is the program that runs a command on a terminal; of the build that shmctl is of, or as said
need_terminal() {
  TERMINAL=${SHMCTL_TERMINAL:-$BESIDE/../tests/terminal}
  [ -x "$TERMINAL" ] || skip "needs the tests' program terminal"
}

# on_terminal COMMAND...: runs it on a terminal of its own, in the background. What it shows goes to the file SCREEN; the
# process SESSION ends with its status. Keys go to 4, which takes them whether the command still lives or not.
on_terminal() {
  need_terminal
  SCREEN=$BATS_TEST_TMPDIR/screen
  mkfifo "$BATS_TEST_TMPDIR/keys"
  exec 4<>"$BATS_TEST_TMPDIR/keys"
  "$TERMINAL" "$BATS_TEST_TMPDIR/keys" "$@" >"$SCREEN" 2>&1 3>&- 4>&- &
  SESSION=$!
  STARTED+=("$SESSION")
}
# press KEY: as printf has it, '\003' is ^C. For a command that runs: the terminal signals those that are there.
# shellcheck disable=SC2059
press() { printf "$1" >&4; }

# --- flock(1) in the same place ----------------------------------------------------------------------------------------

# start_flock TAG OPTIONS...: the same as start, by flock
start_flock() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  flock "$@" "$LOCK" "$HOLD" "$tag" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true test -s "$tag.pid"
  JOB=$(<"$tag.pid")
  STARTED+=("$JOB")
}
second_copy_starts() { flock -n "$LOCK" true 3>&-; }

# Closes every descriptor but the standard ones, says so, and goes on.
# shellcheck disable=SC2034 # for who sources this
CLOSING='for fd in /proc/$$/fd/*; do fd=${fd##*/}; case $fd in 0|1|2|255) ;; *) eval "exec $fd>&-";; esac; done
  echo $$ >"$1.new"; mv "$1.new" "$1"; exec sleep 60'

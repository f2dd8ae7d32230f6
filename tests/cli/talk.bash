# shellcheck shell=bash
# What attach.bats and run-join.bats share: a command that prints what it is told to, and onlookers.
# After `load ../helpers` and `load jobs`.

# says FILE TEXT: the file has that line by now
says() { grep -qxF -- "$2" "$1" 2>/dev/null; }

# A command that prints a line whenever it is told one, and ends with the status that `end` says.
# talking: TELL is the pipe to tell it by (5 is open on it)
talking() {
  TALK=$BATS_TEST_TMPDIR/talk TELL=$BATS_TEST_TMPDIR/tell
  mkfifo "$TELL"
  exec 5<>"$TELL"
  cat >"$TALK" <<'END'
#!/bin/bash
echo $$ >"$1.new" && mv "$1.new" "$1.pid"
while read -r word rest; do
  case $word in
    end) exit "$rest" ;;
    error) echo "$rest" >&2 ;;
    *) echo "$word $rest" ;;
  esac
done <"$2"
END
  chmod 755 "$TALK"
}
tell() { echo "$*" >&5; }

# start_talking TAG WORDS...: `shmctl run WORDS...` of that command; what it says goes to files TAG.out and TAG.err
start_talking() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" run "$@" "$TALK" "$tag" "$TELL" >"$tag.out" 2>"$tag.err" 3>&- 5>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  JOB=$(pid_in "$tag.pid")
  STARTED+=("$JOB")
}
# watch TAG WORDS...: `shmctl attach WORDS...` in the background; its pid in WATCHER
watch() {
  local tag=$BATS_TEST_TMPDIR/$1
  shift
  "$SHMCTL" attach "$@" >"$tag.out" 2>"$tag.err" 3>&- 5>&- &
  WATCHER=$!
  STARTED+=("$WATCHER")
}

# has_open PID PATTERN: one of its descriptors leads to something of that name
has_open() {
  local file
  for file in /proc/"$1"/fd/*; do
    # shellcheck disable=SC2053 # a pattern
    if [[ $(readlink "$file" 2>/dev/null) == $2 ]]; then return 0; fi
  done
  return 1
}

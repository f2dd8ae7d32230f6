# shellcheck shell=bash disable=SC2154 # what `call` sets
# What queue-work*.bats share: work in the background, commands that say that they run and end when told.
# After `load ../helpers` and `load jobs`.

# For setup: a store, and the command that waits to be told.
working() {
  own_store
  T=$BATS_TEST_TMPDIR
  # A command that says it runs, with its pid in ITEM.pid, and ends when ITEM.go is there, with the status in it.
  GATE=$T/gate
  cat >"$GATE" <<'END'
#!/bin/bash
# Without a trap bash forgets a SIGINT that comes while mv or sleep ends by itself.
trap 'trap - INT && kill -INT $$' INT
cd "${0%/*}" || exit
echo $$ >"$1.new" && mv "$1.new" "$1.pid"
for ((i = 0; i < 3000; i++)); do
  if [ -e "$1.go" ]; then exit "$(<"$1.go")"; fi
  sleep 0.02
done
exit 99
END
  chmod 755 "$GATE"
}

# work WORDS...: `shmctl queue work q WORDS...` in the background; its pid in POOL, what it says in $T/out and $T/err
work() {
  env --default-signal "$SHMCTL" queue work q "$@" >"$T/out" 2>"$T/err" 3>&- &
  POOL=$!
  STARTED+=("$POOL")
}
push() { "$SHMCTL" queue push q "$@"; }
# runs ITEM: waits until its gate runs; its pid in COMMAND
runs() {
  until_true test -s "$T/$1.pid"
  COMMAND=$(<"$T/$1.pid")
  STARTED+=("$COMMAND")
}
go() { echo "${2-0}" >"$T/go.new" && mv "$T/go.new" "$T/$1.go"; }
# count STATE N: as many items are in it
count() { [ "$("$SHMCTL" queue stats q | sed -n "s/^$1: //p")" = "$2" ] || fail "not $2 $1"; }
counts() { count "$@" 2>/dev/null; }
# said TEXT...: each is in what the work has said on stderr
said() {
  local text
  for text in "$@"; do grep -qF -- "$text" "$T/err" || fail "it has not said '$text': $(<"$T/err")"; done
}
nothing_said() { [ ! -s "$T/err" ] || fail "it said: $(<"$T/err")"; }
# attempts ID N
attempts() {
  local found
  found=$("$SHMCTL" queue items q --json | sed -n 's/.*"id":'"$1"',.*"attempts":\([0-9]*\).*/\1/p')
  [ "$found" = "$2" ] || fail "item $1 has $found attempts, not $2"
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# run: signals, stopping and going on, time limits, and how long the job is held.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

# A tree: bash with a child and a grandchild, none of which leaves the process group, and a grandchild that has become
# a daemon by a double fork. Their pids go to the files main, child, grandchild and daemon; `ready` comes last.
# With --deaf, all of them ignore TERM. (INT and QUIT would not do: shells ignore them in what they start with `&`.)
TREE='
  cd "$1"
  if [ "$2" = --deaf ]; then trap "" TERM; fi
  say() { echo "$2" >"$1.new"; mv "$1.new" "$1"; }
  say main $$
  bash -c "echo \$\$ >child.new; mv child.new child
    bash -c \"echo \\\$\\\$ >grandchild.new; mv grandchild.new grandchild; exec sleep 60\" & wait" &
  (setsid bash -c "echo \$\$ >daemon.new; mv daemon.new daemon; exec sleep 60" >/dev/null 2>&1 & )
  until [ -s child ] && [ -s grandchild ] && [ -s daemon ]; do sleep 0.02; done
  say ready 1
  while :; do sleep 0.1; done'

# start_tree DEAF-OR-NOTHING WORDS...: `shmctl run job WORDS... ` with that tree; TREE_DIR has its files.
# A time limit must leave the tree the time to grow on a loaded machine.
start_tree() {
  TREE_DIR=$BATS_TEST_TMPDIR/tree
  mkdir "$TREE_DIR"
  local deaf=$1
  shift
  env --default-signal "$SHMCTL" run job "$@" bash -c "$TREE" tree "$TREE_DIR" "$deaf" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true test -s "$TREE_DIR/ready"
  MAIN=$(<"$TREE_DIR/main") CHILD=$(<"$TREE_DIR/child") GRANDCHILD=$(<"$TREE_DIR/grandchild") DAEMON=$(<"$TREE_DIR/daemon")
  STARTED+=("$MAIN" "$CHILD" "$GRANDCHILD" "$DAEMON")
}

# A command that writes each signal it gets to $1.log, on which it does nothing else.
LISTENER='
  for signal in INT TERM HUP QUIT USR1 USR2 CONT ALRM; do trap "echo $signal >>\"$1.log\"" $signal; done
  : >"$1.log"; echo $$ >"$1.new"; mv "$1.new" "$1.pid"
  while [ ! -e "$1.end" ]; do sleep 0.02; done'
start_listener() {
  LOG=$BATS_TEST_TMPDIR/one.log
  env --default-signal "$SHMCTL" run job bash -c "$LISTENER" bash "$BATS_TEST_TMPDIR/one" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  until_true test -s "$BATS_TEST_TMPDIR/one.pid"
  JOB=$(<"$BATS_TEST_TMPDIR/one.pid")
  STARTED+=("$JOB")
}
heard() { [ "$(<"$LOG")" = "$1" ]; }

# --- signals ---------------------------------------------------------------------------------------------------------

@test "INT, TERM, HUP, QUIT, USR1, USR2, ALRM and CONT reach the command, each once" {
  start_listener
  local signal
  for signal in INT TERM HUP QUIT USR1 USR2 ALRM CONT; do
    : >"$LOG"
    kill "-$signal" "$SUPERVISOR"
    until_true test -s "$LOG"
    until_true heard "$signal"
  done
  lives "$SUPERVISOR"
  : >"$BATS_TEST_TMPDIR/one.end"
  ended 0 "$SUPERVISOR"
}

@test "TERM to the supervisor ends the whole tree, not its shell alone; so does HUP" {
  local signal
  for signal in TERM HUP; do
    start_tree ""
    kill "-$signal" "$SUPERVISOR"
    ended $((128 + $(kill -l "$signal"))) "$SUPERVISOR"
    until_true gone "$MAIN"
    until_true gone "$CHILD"
    until_true gone "$GRANDCHILD"
    # The daemon had left the tree before: it is none of the command's any more.
    lives "$DAEMON"
    kill "$DAEMON"
    free job
    rm -r "$TREE_DIR"
  done
}

@test "flock leaves the tree behind when it gets TERM" {
  need flock
  mkdir "$BATS_TEST_TMPDIR/tree"
  flock "$BATS_TEST_TMPDIR/lock" bash -c "$TREE" tree "$BATS_TEST_TMPDIR/tree" 3>&- &
  local wrapper=$!
  until_true test -s "$BATS_TEST_TMPDIR/tree/ready"
  local pid
  for pid in main child grandchild daemon; do STARTED+=("$(<"$BATS_TEST_TMPDIR/tree/$pid")"); done
  kill "$wrapper"
  until_true gone "$wrapper"
  lives "$(<"$BATS_TEST_TMPDIR/tree/main")"
  lives "$(<"$BATS_TEST_TMPDIR/tree/grandchild")"
}

@test "USR1 is for the command alone, not for its children, whom it would end" {
  "$SHMCTL" run job bash -c 'trap "echo heard >\"$1.log\"" USR1; sleep 60 & echo $! >"$1.child"; echo $$ >"$1.pid"
    wait $!; wait $!' bash "$BATS_TEST_TMPDIR/one" 3>&- &
  SUPERVISOR=$!
  local child
  child=$(pid_in "$BATS_TEST_TMPDIR/one.child")
  STARTED+=("$SUPERVISOR" "$child")
  pid_in "$BATS_TEST_TMPDIR/one.pid" >/dev/null
  kill -USR1 "$SUPERVISOR"
  until_true test -s "$BATS_TEST_TMPDIR/one.log"
  lives "$child"
  kill "$SUPERVISOR"
  ended 143 "$SUPERVISOR"
}

@test "what is ignored stays ignored: HUP under nohup" {
  (trap '' HUP; exec "$SHMCTL" run job "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&-) &
  SUPERVISOR=$!
  JOB=$(pid_in "$BATS_TEST_TMPDIR/one.pid")
  STARTED+=("$SUPERVISOR" "$JOB")
  kill -HUP "$SUPERVISOR" "$JOB"
  kill -USR1 "$SUPERVISOR"  # comes after HUP, and ends the command
  ended 138 "$SUPERVISOR"
}

@test "a command that signals its own group does not get it back from the supervisor" {
  # A shell whose TERM trap sends TERM to the group again would go round for ever.
  call env --default-signal setsid -w "$SHMCTL" run job bash -c \
    'trap "echo got >>\"$1\"" TERM; kill -TERM 0; sleep 0.3; exit 5' bash "$BATS_TEST_TMPDIR/log"
  assert_status 5
  [ "$(wc -l <"$BATS_TEST_TMPDIR/log")" = 1 ]
}

@test "keys: ^C and ^\\ reach the command once, from the terminal; the supervisor only waits" {
  # The terminal's own signals go to the whole foreground group.
  on_terminal "$SHMCTL" run job bash -c "$LISTENER" bash "$BATS_TEST_TMPDIR/one"
  LOG=$BATS_TEST_TMPDIR/one.log
  until_true test -s "$BATS_TEST_TMPDIR/one.pid"
  STARTED+=("$(<"$BATS_TEST_TMPDIR/one.pid")")
  press '\003'
  until_true heard INT
  press '\034'
  until_true heard $'INT\nQUIT' || fail "heard: $(<"$LOG")"
  : >"$BATS_TEST_TMPDIR/one.end"
  ended 0 "$SESSION"
  heard $'INT\nQUIT'
}

@test "stop and go on: TSTP stops the command and the supervisor, CONT continues both" {
  start_tree ""
  kill -TSTP "$SUPERVISOR"
  until_true state_is "$SUPERVISOR" T
  until_true state_is "$MAIN" T
  until_true state_is "$CHILD" T
  until_true state_is "$GRANDCHILD" T
  held job
  kill -CONT "$SUPERVISOR"
  until_true state_is "$SUPERVISOR" RSD
  until_true state_is "$MAIN" RSD
  until_true state_is "$CHILD" RSD
  until_true state_is "$GRANDCHILD" RSD
  kill "$SUPERVISOR"
  ended 143 "$SUPERVISOR"
}

@test "stop and go on: a command that is stopped by TTIN, TTOU or TSTP stops the supervisor; one by STOP does not" {
  start one job
  local signal
  for signal in TTIN TTOU TSTP; do
    kill "-$signal" "$JOB"
    until_true state_is "$SUPERVISOR" T
    kill -CONT "$SUPERVISOR"
    until_true state_is "$SUPERVISOR" SRD
    until_true state_is "$JOB" SRD
  done
  kill -STOP "$JOB"
  until_true state_is "$JOB" T
  # The supervisor has looked at it when it has answered a later signal.
  kill -USR1 "$SUPERVISOR"
  kill -CONT "$JOB"
  ended 138 "$SUPERVISOR"
}

@test "job control: a shell sees the job stop, and fg continues it" {
  need_terminal
  local commands=$BATS_TEST_TMPDIR/commands tag=$BATS_TEST_TMPDIR/one
  cat >"$commands" <<END
set -m
"$SHMCTL" run job "$HOLD" "$tag" &
until [ -s "$tag.pid" ]; do sleep 0.02; done
kill -TSTP \$!
wait \$!; echo "stopped \$?"
jobs
kill -CONT %1
until read -r stat </proc/\$!/stat && [[ \${stat##*)} != " T"* ]]; do sleep 0.02; done
jobs
kill %1
wait \$!; echo "ended \$?"
END
  call "$TERMINAL" /dev/null bash --norc "$commands"
  [[ $out == *"stopped 147"*Stopped*Running*"ended 143"* ]] || fail "job control"
}

# --- time limits -----------------------------------------------------------------------------------------------------

@test "--timeout: the command is ended with status 124; one that is quick enough is not" {
  shm run job --timeout 200ms sleep 60
  assert_status 124
  assert_no_stderr
  shm run job --timeout 30s sh -c 'exit 6'
  assert_status 6
  shm run job --timeout 0 true
  assert_done
  # Whatever the command makes of it.
  shm run job --timeout 200ms bash -c 'trap "exit 0" TERM; while :; do sleep 0.05; done'
  assert_status 124
  assert_fact last-status job 124
}

@test "--timeout: the whole tree is ended, daemons too, before the job is free" {
  start_tree "" --timeout 4s
  ended 124 "$SUPERVISOR"
  gone "$MAIN"
  gone "$CHILD"
  gone "$GRANDCHILD"
  gone "$DAEMON"
  free job
}

@test "--timeout --kill-after: what ignores TERM is killed, and the job is busy until then" {
  start_tree --deaf --timeout 4s --kill-after 1s
  shm run job --wait 30 bash -c "for f in main child grandchild daemon; do
    read -r pid <'$TREE_DIR'/\$f; if kill -0 \$pid 2>/dev/null; then echo \"\$f lives\"; fi; done"
  assert_done
  ended 124 "$SUPERVISOR"
  gone "$MAIN"
  gone "$CHILD"
  gone "$GRANDCHILD"
  gone "$DAEMON"
}

@test "flock under timeout: the lock is free while the task's children run on" {
  need flock
  mkdir "$BATS_TEST_TMPDIR/tree"
  timeout 2 flock -o "$BATS_TEST_TMPDIR/lock" setsid bash -c "$TREE" tree "$BATS_TEST_TMPDIR/tree" 3>&- || true
  until_true test -s "$BATS_TEST_TMPDIR/tree/ready"
  local pid
  for pid in main child grandchild daemon; do STARTED+=("$(<"$BATS_TEST_TMPDIR/tree/$pid")"); done
  lives "$(<"$BATS_TEST_TMPDIR/tree/grandchild")"
  flock -n "$BATS_TEST_TMPDIR/lock" true
}

@test "--timeout: a stopped tree is ended as well" {
  start_tree "" --timeout 4s
  kill -STOP "$MAIN" "$CHILD"
  ended 124 "$SUPERVISOR"
  gone "$CHILD"
}

@test "--timeout: a tree that forks without end is ended" {
  shm run job --timeout 300ms --kill-after 100ms bash -c \
    'trap "" TERM; for i in 1 2 3 4; do (while :; do (setsid sleep 30 & exec sleep 0.01); done) & done; wait'
  assert_status 124
  free job
}

@test "--timeout: children that the caller had before are let alone" {
  call bash -c 'sleep 60 & echo $! >"$1"; exec "$SHMCTL" run job --timeout 300ms sleep 50' bash "$BATS_TEST_TMPDIR/stranger"
  assert_status 124
  lives "$(pid_in "$BATS_TEST_TMPDIR/stranger")"
  kill "$(pid_in "$BATS_TEST_TMPDIR/stranger")"
  call bash -c 'sleep 60 & echo $! >"$1"; exec "$SHMCTL" run job --hold kill-tree bash -c "setsid sleep 50 & sleep 0.1; exit 4"' \
    bash "$BATS_TEST_TMPDIR/stranger2"
  assert_status 4
  lives "$(pid_in "$BATS_TEST_TMPDIR/stranger2")"
  kill "$(pid_in "$BATS_TEST_TMPDIR/stranger2")"
}

@test "an alarm that the caller set ends the command" {
  need perl
  call perl -e 'alarm 1; exec @ARGV' "$SHMCTL" run job sleep 60
  assert_status 142
  free job
}

# --- how long the job is held ----------------------------------------------------------------------------------------

LEAVING='setsid bash -c "echo \$\$ >\"$1.new\"; mv \"$1.new\" \"$1\"; exec sleep 60" >/dev/null 2>&1 &
  until [ -s "$1" ]; do sleep 0.02; done; exit 6'

@test "--hold main: until the command has ended" {
  shm run job --hold main bash -c "$LEAVING" bash "$BATS_TEST_TMPDIR/left"
  assert_status 6
  lives "$(pid_in "$BATS_TEST_TMPDIR/left")"
  free job
  kill "$(pid_in "$BATS_TEST_TMPDIR/left")"
}

@test "--hold tree: until everything that it started has ended; the status is the command's" {
  "$SHMCTL" run job --hold tree bash -c "$LEAVING" bash "$BATS_TEST_TMPDIR/left" 3>&- &
  SUPERVISOR=$!
  local left
  left=$(pid_in "$BATS_TEST_TMPDIR/left")
  STARTED+=("$SUPERVISOR" "$left")
  until_true orphaned "$left"
  shm run job true
  assert_busy
  kill "$left"
  ended 6 "$SUPERVISOR"
  free job
}
# Its parent is the supervisor, which was given it.
orphaned() {
  local stat
  read -r stat <"/proc/$1/stat"
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  [ "$2" = "$SUPERVISOR" ]
}

@test "--hold tree: a signal reaches what the command left, and the time limit too" {
  "$SHMCTL" run job --hold tree bash -c "$LEAVING" bash "$BATS_TEST_TMPDIR/left" 3>&- &
  SUPERVISOR=$!
  STARTED+=("$SUPERVISOR")
  local left
  left=$(pid_in "$BATS_TEST_TMPDIR/left")
  until_true orphaned "$left"
  kill "$SUPERVISOR"
  ended 6 "$SUPERVISOR"
  gone "$left"
  rm "$BATS_TEST_TMPDIR/left"
  shm run job --hold tree --timeout 4s bash -c "$LEAVING" bash "$BATS_TEST_TMPDIR/left"
  assert_status 124
  gone "$(pid_in "$BATS_TEST_TMPDIR/left")"
}

@test "--hold kill-tree: what the command leaves is ended, then the job is free; the status is the command's" {
  shm run job --hold kill-tree bash -c "$LEAVING" bash "$BATS_TEST_TMPDIR/left"
  assert_status 6
  gone "$(pid_in "$BATS_TEST_TMPDIR/left")"
  free job
  rm "$BATS_TEST_TMPDIR/left"
  shm run job --hold kill-tree --kill-after 200ms bash -c "trap '' TERM; $LEAVING" bash "$BATS_TEST_TMPDIR/left"
  assert_status 6
  gone "$(pid_in "$BATS_TEST_TMPDIR/left")"
  shm run job --hold kill-tree true
  assert_done
}

# shellcheck shell=bash
# Calling the front door and the program behind it with the same words, in equal stores; for front.bats and
# front-circumstances.bats.
# Sourced by `load same`, after helpers.

# both_programs: FRONT and WHOLE; skips where there is no front door, or another program is under test
both_programs() {
  FRONT=$SHMCTL WHOLE=$BESIDE/libexec/shmctl/static/shmctl
  [ -x "$WHOLE" ] || skip "there is no front door"
  ! cmp -s "$FRONT" "$WHOLE" || skip "this is the program behind the front door"
  export STORE=$BATS_TEST_TMPDIR/store
  TEMPLATE=$BATS_TEST_TMPDIR/template # what a store holds before each call; without it there is none
  PLACE=$BATS_TEST_TMPDIR/place       # where each call works
  export SHMCTL_STORE=$STORE
  CELLS=()
  DIFFERENCES=0
}

# template WORDS...: one more call that prepares what each store holds
template() {
  SHMCTL_STORE=$TEMPLATE "$WHOLE" "$@" >/dev/null
  mapfile -t CELLS < <("$WHOLE" --store "$TEMPLATE" ls --kind counter --names)
}

# How a call is made: a function that runs its words; what differs from call to call by its nature: a script for sed.
HOW=plainly
MASK=
plainly() { "$@"; }

# What is left when a call is over: what there is by names, modes and sizes, what it holds, and the very bytes of the
# counters that were there before. Ids and times are drawn and told anew by each call.
state_of_store() {
  if [ ! -d "$STORE" ]; then
    echo "no store"
    return
  fi
  {
    find "$STORE" -printf '%P %y %m %U %G %s %n\n'
    "$WHOLE" --store "$STORE" dump
    if [ ${#CELLS[@]} -gt 0 ]; then (cd "$STORE" && cksum "${CELLS[@]}"); fi
  } 2>&1 | sed -E 's/,[0-9a-f]{16}\b/,ID/g; s/[0-9]{12,}/N/g' | sort
}

# one_call DIRECTORY PROGRAM WORDS...: leaves out, err, status and state there
one_call() {
  local to=$1 status=0
  shift
  rm -rf "$STORE" "$PLACE" "$to"
  mkdir "$to" "$PLACE"
  if [ -d "$TEMPLATE" ]; then cp -a "$TEMPLATE" "$STORE"; fi
  (
    # bats keeps files of its own open, on one number or another
    cd "$PLACE" && exec 3>&- && "$HOW" "$@"
  ) >"$to/out" 2>"$to/err" </dev/null || status=$?
  echo "$status" >"$to/status"
  if [ -n "$MASK" ]; then sed -E -i "$MASK" "$to/out" "$to/err"; fi
  state_of_store >"$to/state"
}

# same WORDS...: both programs do the same
same() {
  local one=$BATS_TEST_TMPDIR/one other=$BATS_TEST_TMPDIR/other differs
  one_call "$one" timeout -k 2 20 "$FRONT" "$@"
  one_call "$other" timeout -k 2 20 "$WHOLE" "$@"
  if ! differs=$(diff -a -r "$one" "$other"); then
    DIFFERENCES=$((DIFFERENCES + 1))
    printf '%s: shmctl' "$HOW" >&2
    printf ' %.200q' "${@:1:20}" >&2
    printf ': front door <, program behind it >\n%.2000s\n' "$differs" >&2
  fi
}

# same_lines: each line of stdin is words, as a shell reads them
same_lines() {
  local line
  while IFS= read -r line <&9; do
    if [[ $line != '#'* ]]; then eval "same $line"; fi
  done 9<&0 </dev/null
  all_same
}

all_same() { [ "$DIFFERENCES" = 0 ] || fail "$DIFFERENCES differences"; }

# What calls are about: counters of all sorts, a value and a queue.
some_counters() {
  template counter set a=5 b=-3 top=9223372036854775807 low=-9223372036854775808
  template counter create limited 5 --min 0 --max 10
  template counter create wraps 9 --min 0 --max 10 --on-limit wrap
  template counter create saturates 9 --min 0 --max 10 --on-limit saturate
  template value create v 7 --type int
  template queue push q one two
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2154 # a subshell a test; what `call` sets
# flock beside flock(1) of util-linux: the same words, on a lock that is free, held or shared by somebody else, end with
# the same status, print the same, and leave the same files. What is said on standard error differs; whether something is
# said does not.

load ../helpers
load jobs

setup() {
  own_store
  need flock
  [[ $(flock --version) == *util-linux* ]] || skip "this flock is not util-linux's"
  mkdir "$BATS_TEST_TMPDIR/at"
  cd "$BATS_TEST_TMPDIR/at" || exit
}

# What a call has done, in words; how long something took left out.
outcome() {
  local said=silent
  [ ! -s "$ERR" ] || said=speaks
  echo "status $status, $said on stderr, files:" *
  sed -E 's/[0-9]+\.[0-9]{6} seconds/N seconds/' "$OUT" | sort # flock(1) may print its part after the command's
}

# Each call in a clean directory, where `dir` is a directory, `old` a file, and 9 is open on `old`.
place() {
  rm -rf ./* && mkdir dir && : >old
  exec 9<>old
}

# same WORDS...: both do the same with them
same() {
  local theirs ours
  place
  call "${HELD[@]}" flock "$@"
  theirs=$(outcome)
  place
  call "${HELD[@]}" "$SHMCTL" flock "$@"
  ours=$(outcome)
  [ "$ours" = "$theirs" ] || fail "flock $*: $(printf '\n--- flock\n%s\n--- shmctl flock\n%s' "$theirs" "$ours")"
}

# Every form and option, on the file $1
forms() {
  local file=$1 word
  for word in -s -e -n -o -F -u --shared --nonblock --nb --no-f -xnF '-n -E 0' -w.03 '-w 0 -E7' '-n -w 9' '-w 9 -n' \
    --wait=.03 '-w 1e-9' -xs -us '-E 5 -w 0 -E 6' --; do
    # What may wait for ever is said to give up; the order of options is part of what is compared.
    # shellcheck disable=SC2086
    same -w 0.02 $word "$file" echo run
  done
  same -n "$file" -c 'echo run; exit 3'
  same -n "$file" --command 'echo run; exit 3'
  same -n "$file" sh -c 'exit 255'
  same -n "$file" sh -c 'kill -TERM $$'
  same -n "$file" sh -c 'kill -KILL $$'
  same -n "$file" echo -n -w --help
  same -n "$file" echo -c x
  same -n "$file" ./nothing
  same -n "$file" nothing-of-that-name
  same -n "$file" /etc/passwd
  same -n "$file" /
  same -n "$file" ''
  same --verbose -n "$file" echo run
  same --verbose -w 0.02 "$file" echo run
  same --verbose -o -n "$file" -c 'echo run'
}

@test "on a file that is there, and free" {
  HELD=()
  forms ./old
}

@test "on a file that somebody has locked" {
  HELD=(flock ./old)
  forms ./old
}

@test "on a file that somebody shares" {
  HELD=(flock -s ./old)
  local word
  for word in -n -s -x -sn -sx -xs -u -F; do
    # shellcheck disable=SC2086
    same -w 0.02 $word ./old echo run
  done
}

@test "on a directory, free and locked" {
  local -a words
  for HELD in '' 'flock dir'; do
    read -ra words <<<"$HELD"
    HELD=("${words[@]}")
    same -n ./dir echo run
    same -n -s ./dir echo run
    same -n dir echo run
    same -n -E 9 ./dir -c 'echo run'
    same --verbose -n ./dir/ echo run
  done
}

@test "on a file that is not there" {
  HELD=()
  same ./new echo run
  same -u ./new echo run
  same -n ./dir/new ls dir
  same ./nowhere/new echo run
  same ./old/new echo run
  same ./dir/new/ echo run
  same '' echo run
  ln -s nothing link
  same ./link echo run
  same /proc/nothing echo run
  same ./new ./nothing
}

@test "on a descriptor" {
  HELD=()
  local word
  for word in '' -n -s -x -u '-n -s' '-w .05' -F -o --verbose '--verbose -n'; do
    # shellcheck disable=SC2086
    same $word 9
  done
  same 99
  same -u 99
  same -n 123456789012
  same ' 9'
  same 9x
  same +9
  HELD=(flock ./old)
  for word in -n '-n -s' '-w .05' '-n -E 4' '-n --verbose'; do
    # shellcheck disable=SC2086
    same $word 9
  done
}

@test "words that make no sense" {
  HELD=()
  same
  same -n
  same ./old
  same old
  same ./old -c
  same ./old -c a b
  same ./old --command
  same -c 'echo run' ./old
  same -w
  same -E
  same -w x ./old true
  same -w '' ./old true
  same -w 1s ./old true
  same -w 1,5 ./old true
  same -E x ./old true
  same -E '' ./old true
  same -E 256 ./old true
  same -E -1 ./old true
  same -E 1e1 ./old true
  same -E ' 5' ./old true
  same -E 99999999999 ./old true
  same -q ./old true
  same -9
  same --no ./old true
  same --nonsense ./old true
  same --shared=1 ./old true
  same --timeout
  same -F -o ./old true
  same -oF ./old
  same --
}

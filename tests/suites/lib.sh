# shellcheck shell=bash
# What the suites share; sourced, never run. A suite prints TAP on stdout and nothing else (one `1..N` for each block of
# cases, so that a suite which breaks off is noticed); what is worth reading after a failure goes to stderr.
# Sourcing it changes to the top of the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
TOP=$PWD
export LC_ALL=C.UTF-8
export SHMCTL_JOURNAL=none # the machine's own is not for tests to write to
cases=0

# report STATUS NAME [FILE]: one case; FILE is shown when it failed
report() {
  cases=$((cases + 1))
  if [ "$1" = 0 ]; then
    echo "ok $cases $2"
  else
    echo "not ok $cases $2"
    if [ -n "${3-}" ]; then tail -n 30 "$3" | sed 's/^/# /'; fi
  fi
}

# check NAME COMMAND...: one case, that COMMAND succeeds
check() {
  local name=$1 status=0 out
  shift
  out=$(mktemp)
  "$@" >"$out" 2>&1 || status=$?
  cat "$out" >&2
  report "$status" "$name" "$out"
  rm -f "$out"
}

finish() { echo "1..$cases"; }

# skip_all REASON: this suite can't run here
skip_all() {
  echo "1..1"
  echo "ok 1 # skip $1"
  exit 0
}

need_root() {
  if [ "$(id -u)" != 0 ]; then skip_all "needs root"; fi
  if ! unshare --mount --pid --fork --mount-proc true 2>/dev/null; then skip_all "needs mount and pid namespaces"; fi
}

# preset NAME [TARGET...]: configures and builds, into build/NAME
preset() {
  local name=$1
  shift
  alone "$name" cmake --preset "$name" --log-level=WARNING
  alone "$name" cmake --build --preset "$name" ${1:+--target "$@"}
}

# alone NAME COMMAND...: no other such command works on build/NAME meanwhile. What is built there ahead of time is
# ended, for it gets no time that anybody else wants: ninja goes on where that was.
alone() {
  local name=$1
  shift
  mkdir -p build/tests
  if [ -z "${SHMCTL_BUILD_ONLY-}" ] && [ -s build/tests/ahead.pid ] && ! flock -n "build/tests/$name.lock" true; then
    kill -- "-$(cat build/tests/ahead.pid)" 2>/dev/null || true
  fi
  flock "build/tests/$name.lock" "$@" >&2
}

# The end of what tests/run has done ahead of time, while other suites wait for what they test.
built() { if [ -n "${SHMCTL_BUILD_ONLY-}" ]; then exit 0; fi; }

# bats_dir DIR...: the files of tests/DIR against $SHMCTL
bats_dir() {
  local files
  files=$(bats_files "$@")
  if [ -z "$files" ]; then skip_all "no tests/$1/*.bats"; fi
  # shellcheck disable=SC2086 # several names, without blanks
  bats --formatter tap $files || true # the counts say it
}

# bats_dir_twofold DIR...: the same, several files at a time; for files that leave what belongs to the machine alone
bats_dir_twofold() { bats_files "$@" | bats_twofold '' "$SHMCTL"; }

# bats_twofold [PREFIX PROGRAM]...: the files that stdin names, against each of the programs; the names of the cases
# begin with its prefix. Large files first, and two for each processor, for most of them wait now and then: so all are
# busy to the end.
bats_twofold() {
  local out file number
  out=$(mktemp -d)
  # shellcheck disable=SC2016 # for the inner shell
  xargs ls -S | while read -r file; do
    for ((number = 1; number < $#; number += 2)); do
      printf '%s\0' "$file" "${!number}" "${@:number + 1:1}" "$out/$(basename "$file").$number.tap"
    done
  done | xargs -0 -n 4 -P $(($(nproc) * 2)) bash -c '
    SHMCTL=$3 BATS_TEST_NAME_PREFIX=$2 bats --formatter tap "$1" >"$4"' bash || true
  cat "$out"/*.tap
  rm -rf "$out"
}

bats_files() {
  local dir file
  for dir in "$@"; do
    for file in tests/"$dir"/*.bats; do if [ -e "$file" ]; then echo "$file"; fi; done
  done
}

release_shmctl() {
  preset release shmctl docs terminal
  export SHMCTL=$TOP/build/release/src/main/shmctl
}

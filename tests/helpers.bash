# shellcheck shell=bash
# What all *.bats files share: calling shmctl, checking what it said, being another user, having private mounts.
# Sourced by `load ../helpers`. Needs bash, coreutils, util-linux, mount, sed and grep; what else a test needs it asks
# for with `need`, and is skipped without it.

SHMCTL=$(command -v "${SHMCTL:-shmctl}") || { echo "no shmctl: set SHMCTL" >&2; exit 1; }
if [[ $SHMCTL != /* ]]; then SHMCTL=$PWD/$SHMCTL; fi
export SHMCTL
# The directory with all programs: bin (in a build, main), where the one is that users call, and libexec.
BESIDE=${SHMCTL%/*/*}
BESIDE=${BESIDE%/libexec/shmctl}
unset SHMCTL_STORE
export SHMCTL_JOURNAL=none # the machine's own is not for tests to write to
export LC_ALL=C

# bats notes before each command where it is, for what it says after a failure: half of the time that tests take. It is
# enough to note it when a command has failed.
bats_debug_trap() { trap - DEBUG; }
bats_error_trap() {
  bats_check_status_from_trap
  if [ -n "$BATS_DEBUG_LAST_STACK_TRACE_IS_VALID" ]; then return; fi
  bats_capture_stack_trace
  BATS_DEBUG_LAST_STACK_TRACE_IS_VALID=1
}

# Users and groups by number: they need no entry in /etc/passwd. `games` is in every Debian.
ALICE=(setpriv --reuid=4001 --regid=4001 --clear-groups)
BOB=(setpriv --reuid=4002 --regid=4002 --clear-groups)
# Two that share the group `games`, and one that does not.
TEAM=games
TEAM_GID=60
CAROL=(setpriv --reuid=4003 --regid=4003 --groups="$TEAM_GID")
DAVE=(setpriv --reuid=4004 --regid=4004 --groups="$TEAM_GID")

# Words that stand before every command that `call`, `shm` and `inside` run; `as` sets them.
AS=()
# Words that take a command into the private mounts; private_mounts sets them.
INSIDE=()

# --- calling ---------------------------------------------------------------------------------------------------------

# call COMMAND...: runs it, leaving $status, $out and $err (without the last newline), and the bytes in $OUT and $ERR.
# A hang is an error: it ends after $PATIENCE seconds with status 124 or 137.
PATIENCE=30
call() {
  OUT=$BATS_TEST_TMPDIR/out ERR=$BATS_TEST_TMPDIR/err
  status=0
  "${INSIDE[@]}" "${AS[@]}" timeout -k 2 "$PATIENCE" "$@" >"$OUT" 2>"$ERR" 3>&- || status=$?
  # By the shell itself: it is the most frequent thing that the tests do. What follows a NUL is left out.
  IFS= read -r -d '' STDOUT <"$OUT" || true
  IFS= read -r -d '' STDERR <"$ERR" || true
  out=${STDOUT%$'\n'} err=${STDERR%$'\n'}
  last="${AS[*]} $*"
}

# shm WORDS...: calls shmctl with them
shm() { call "$SHMCTL" "$@"; }

# inside COMMAND...: runs it among the private mounts, if there are any, as whom `as` says
inside() { "${INSIDE[@]}" "${AS[@]}" "$@" 3>&-; }

# as NAME COMMAND...: `as alice shm counter get x`; NAME is root, alice, bob, carol or dave
as() {
  local -a AS
  case $1 in
    root) AS=() ;;
    alice) AS=("${ALICE[@]}") ;;
    bob) AS=("${BOB[@]}") ;;
    carol) AS=("${CAROL[@]}") ;;
    dave) AS=("${DAVE[@]}") ;;
    *) fail "no user $1" ;;
  esac
  shift
  "$@"
}

# --- checking --------------------------------------------------------------------------------------------------------

fail() {
  printf '%s\n' "$*" >&2
  if [ -n "${last-}" ]; then
    printf 'last call: %s\nstatus: %s\nstdout: %s\nstderr: %s\n' "$last" "$status" "$out" "$err" >&2
  fi
  return 1
}

assert_status() { [ "$status" = "$1" ] || fail "status $status, not $1"; }

# One of several: assert_status_in 0 1 4
assert_status_in() {
  local each
  for each in "$@"; do if [ "$status" = "$each" ]; then return 0; fi; done
  fail "status $status, none of $*"
}

# All bytes of stdout; the last newline is added.
assert_stdout() { [ "$STDOUT" = "$1"$'\n' ] || fail "stdout is not: $1"; }

# All bytes of stdout, as printf makes them: assert_bytes '1\0'
# shellcheck disable=SC2059
assert_bytes() { cmp -s "$OUT" <(printf "$1") || fail "stdout is not the bytes: $1"; }

assert_no_stdout() { [ ! -s "$OUT" ] || fail "something on stdout"; }
assert_no_stderr() { [ ! -s "$ERR" ] || fail "something on stderr"; }

# stderr is one line of shmctl's own, of printable characters; it contains the words given.
assert_stderr_line() {
  local line=${err#shmctl: } word
  if [[ $STDERR != *$'\n' ]] || [ "$line" = "$err" ] || [[ $line == *$'\n'* ]]; then
    fail "stderr is not one line of shmctl's"
    return
  fi
  if [[ $line == *[[:cntrl:]]* ]]; then fail "a control character on stderr"; fi
  for word in "$@"; do
    [[ $line == *"$word"* ]] || fail "stderr does not say: $word"
  done
}

# stderr is one such line for each word, in their order.
assert_stderr_lines() {
  local -a lines
  mapfile -t lines <"$ERR"
  [ "${#lines[@]}" = $# ] || fail "stderr is not $# lines"
  local line
  for line in "${lines[@]}"; do
    [[ $line == "shmctl: "*"$1"* ]] || fail "a line does not say: $1"
    shift
  done
}

# Refused: that status, nothing on stdout, one line on stderr with these words.
assert_refused() {
  assert_status "$1" && assert_no_stdout && assert_stderr_line "${@:2}"
}

# Done: status 0, these bytes and a newline on stdout (nothing at all without an argument), nothing on stderr.
assert_done() {
  assert_status 0 && assert_no_stderr && if [ $# = 0 ]; then assert_no_stdout; else assert_stdout "$1"; fi
}

# assert_counter NAME N: read by another call, with the options that $STORE_WORDS says
STORE_WORDS=()
assert_counter() {
  local found
  found=$(inside "$SHMCTL" "${STORE_WORDS[@]}" counter get "$1" 2>&1) || true
  [ "$found" = "$2" ] || fail "counter $1 is $found, not $2"
}

# unchanged NAME N STATUS WORDS...: the call is refused with one line, and NAME still holds N
unchanged() {
  local name=$1 number=$2 status_wanted=$3
  shift 3
  shm "$@"
  assert_refused "$status_wanted" "$name"
  assert_counter "$name" "$number"
}

# --- waiting ---------------------------------------------------------------------------------------------------------

# until_true COMMAND...: polls, for at most 30 s: a loaded machine is slow, and nothing waits longer than it has to
until_true() {
  local end=$((SECONDS + 30))
  until "$@"; do
    if ((SECONDS > end)); then
      fail "never came true: $*"
      return
    fi
    sleep 0.02
  done
}

# --- places ----------------------------------------------------------------------------------------------------------

# own_store: a store of this test alone, made by its first use
own_store() {
  STORE=$BATS_TEST_TMPDIR/store
  export SHMCTL_STORE=$STORE
}

need() {
  local tool
  for tool in "$@"; do command -v "$tool" >/dev/null || skip "needs $tool"; done
}
need_root() { [ "$(id -u)" = 0 ] || skip "needs root"; }

# private_mounts: from now on, `shm` and `inside` work in a mount namespace where /run and /dev/shm are empty and nobody
# else's. For setup(); end_private_mounts belongs into teardown(). $SHMCTL can be run by every user there.
private_mounts() {
  need_root
  need unshare nsenter mount setpriv
  local ready=$BATS_TEST_TMPDIR/mounted
  # Asked for twice, the first ones would say that the second ones are there, and the machine's /run would be met.
  [ ! -e "$ready" ] || fail "private mounts are there already"
  # shellcheck disable=SC2016 # the inner shell expands it
  unshare --mount --propagation private bash -c '
    mount -t tmpfs -o mode=755 run /run && mount -t tmpfs -o mode=1777 shm /dev/shm || exit
    if ! setpriv --reuid=4001 --regid=4001 --clear-groups test -x "$SHMCTL"; then
      # The others are where it looks for them.
      mkdir /run/under-test && cp -r "$2/libexec" /run/under-test/ 2>/dev/null
      mkdir -p "/run/under-test/${3%/*}" && cp "$SHMCTL" "/run/under-test/$3"
      chmod -R a+rX /run/under-test
    fi
    echo >"$1"
    exec sleep 600' private_mounts "$ready" "$BESIDE" "${SHMCTL#"$BESIDE"/}" </dev/null >/dev/null 2>&1 3>&- &
  MOUNTS_PID=$!
  until_true mounts_settled "$ready"
  [ -e "$ready" ] || skip "can't have mounts of its own"
  INSIDE=(nsenter --target "$MOUNTS_PID" --mount --root --wd)
  if inside test -e /run/under-test; then SHMCTL=/run/under-test/${SHMCTL#"$BESIDE"/}; fi
}
mounts_settled() { [ -e "$1" ] || ! kill -0 "$MOUNTS_PID" 2>/dev/null; }
end_private_mounts() {
  if [ -n "${MOUNTS_PID-}" ]; then
    kill -9 "$MOUNTS_PID" 2>/dev/null || true
    wait "$MOUNTS_PID" 2>/dev/null || true
    rm -f "$BATS_TEST_TMPDIR/mounted"
  fi
}

# package_layout: the directories as the package's tmpfiles.d makes them; after private_mounts
# shellcheck disable=SC2016 # the inner shell expands it
package_layout() {
  inside bash -c 'umask 022 && mkdir /run/shmctl /run/shmctl/sys /run/shmctl/g &&
    mkdir -m 1777 /run/shmctl/u && mkdir -m 700 "/run/shmctl/g/$1" &&
    chgrp "$1" "/run/shmctl/g/$1" && chmod 2770 "/run/shmctl/g/$1"' package_layout "$TEAM"
}

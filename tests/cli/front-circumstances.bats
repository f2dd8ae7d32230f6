#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2034,SC2154 # HOW and MASK are for `same`; what `call` sets
# As front.bats: the front door and the program behind it do the same, `run` too, and whatever the circumstances of a
# call are.

load ../helpers
load same

setup() { both_programs; }
teardown() { rm -rf "${ELSEWHERE-}"; }

@test "the front door and the program behind it: run" {
  template run once true
  template counter set a 5
  MASK='s/pid [0-9]+/pid N/g; s/since [^,)]*/since then/g; s/[0-9.]+ m?s\b/T/g'
  same_lines <<'EOF'
run job true
run job false
run job sh -c 'exit 7'
run job sh -c 'echo out; echo err >&2'
run job sh -c 'kill -TERM $$'
run job sh -c 'kill -KILL $$'
run job -- echo -n x
run job -- -- x
run job --
run job
run
run -- job true
run job nosuchcommand
run job /etc/passwd
run job /
run job ''
run '' true
run a true
run ../x true
run job --timeout 100ms sleep 30
run job --timeout 100ms --kill-after 1 sleep 30
run job --timeout 0 true
run job --timeout x true
run job --timeout 1.5h true
run job --on-busy skip true
run job --on-busy wait true
run job --on-busy nope true
run job --on-busy queue true
run job --on-busy skip --wait 5 true
run job --on-busy nope --on-busy skip true
run job -w 5 true
run job -w5 true
run job -w forever true
run job -w -1 true
run job --wait 9999999999999d true
run job --shared true
run job -s true
run job --shared --slots 2 true
run job --slots 2 true
run job --slots 0 true
run job --slots x true
run job --slots 99999999999 true
run job --journal none true
run job --journal nope true
run job --trigger me sh -c 'echo "$SHMCTL_TRIGGER"'
run job --trigger '' true
run -q job echo said
run job --json true
run job --raw echo x
run job --help
run job echo --help
run job sh -c 'echo "$SHMCTL_JOB"'
run once --once-per 1d true
run job "$SHMCTL" counter incr a
run job "$SHMCTL" run job true
run job "$SHMCTL" run other echo inner
run "$(printf '%0129d' 1)" true
run job "$(printf '%05000d' 1)"
EOF
}

@test "the front door and the program behind it: run's standard streams and environment" {
  MASK='s/\bSHMCTL_TOKEN=.*/SHMCTL_TOKEN=N/; s/^(_|SHLVL)=.*//'
  same run job env
  same run job sh -c 'ls -l /proc/self/fd | wc -l'
  same run job sh -c 'trap' # ignored signals are inherited
  same run job sh -c 'grep -E "^Sig(Blk|Ign|Cgt)" /proc/self/status'
  same run job sh -c 'ulimit -a; umask; pwd'
  HOW=deaf
  same run job sh -c 'grep -E "^Sig(Blk|Ign|Cgt)" /proc/self/status'
  same run job sh -c 'kill -INT $$'
  HOW=without_input
  same run job cat
  HOW=without_output
  same run job echo x
  HOW=without_errors
  same run job sh -c 'echo x; echo y >&2'
  all_same
}
deaf() (
  trap '' INT HUP PIPE
  "$@"
)

without_input() { "$@" <&-; }
without_output() { "$@" >&-; }
without_errors() { "$@" 2>&-; }
without_both() { "$@" >&- 2>&-; }
without_any() { "$@" <&- >&- 2>&-; }
into_full() { "$@" >/dev/full; }
all_into_full() { "$@" >/dev/full 2>&1; }
into_one() { "$@" 2>&1; }
from_read_only() { "$@" >&0; }
into_broken_pipe() (
  mkfifo pipe
  # shellcheck disable=SC2094 # that is how it has no reader
  exec 7<>pipe 8>pipe 7>&-
  "$@" >&8 8>&-
)
into_broken_pipe_deaf() (
  trap '' PIPE
  into_broken_pipe "$@"
)

@test "the front door and the program behind it: standard streams that are closed, full or broken" {
  some_counters
  for HOW in without_input without_output without_errors without_both without_any into_full all_into_full into_one \
    from_read_only into_broken_pipe into_broken_pipe_deaf; do
    same counter incr a
    same counter incr new
    same counter incr a v new nope/ b
    same counter incr a v new b
    same counter get nope
    same counter get a top low
    same queue push q x
    same queue pop q
    same value get v
    same run job true
    same counter nope
    same ls --names
  done
  all_same
}

own_name() { (exec -a "$NAME" "${@:5}"); }
@test "the front door and the program behind it: names that it is called by" {
  some_counters
  HOW=own_name
  for NAME in shmctl /x/y/shmctl ./shmctl -shmctl other '' / shmctl/ flock shmctl-generator; do
    same counter incr a
    same counter nope
  done
  all_same
}

empty_environment() { env -i "$@"; }
many_variables() (
  for ((i = 0; i < 1000; ++i)); do export "VARIABLE_$i=$i"; done
  "$@"
)
large_variable() (
  LARGE=$(printf '%0120000d' 1)
  export LARGE
  "$@"
)
odd_variables() { env SHMCTL_STORE_=/x SHMCTL_STOR=/y XSHMCTL_STORE=/z "$@"; }
store_is() { SHMCTL_STORE=$SAID "$@"; }
@test "the front door and the program behind it: environments" {
  some_counters
  for HOW in many_variables large_variable odd_variables; do
    same counter incr a
    same counter nope
    same run job sh -c 'env | grep -v ^SHMCTL_TOKEN= | sort'
  done
  HOW=empty_environment
  same --store "$STORE" counter incr a
  same --store "$STORE" run job /bin/true
  HOW=store_is
  for SAID in . ./s s/ /nowhere/x @nosuchgroup 'no name' @ "$(printf '%01100d' 1)/x" /dev/null ' '; do
    same counter incr a
    same counter get a
    same run job true
  done
  all_same
}

# Without timeout(1), the first four words, which would meet it too.
few_files() (
  ulimit -n "$FILES"
  exec "${@:5}"
)
# What it prints must not go into a file.
small_files() (
  set -o pipefail
  {
    ulimit -f 0
    "${@:5}" 2>&1
  } | cat
)
little_memory() (
  ulimit -v 200000
  exec "${@:5}"
)
no_rights() (
  umask 777
  exec "${@:5}"
)
gone_directory() (
  mkdir gone
  cd gone || exit
  rmdir ../gone
  exec "$@"
)
@test "the front door and the program behind it: few files, small files, a strict umask, no working directory" {
  some_counters
  HOW=few_files
  for FILES in 3 4 5 6; do
    same counter incr a
    same counter incr new
    same counter get a nope top low b a b a b
    same queue push q x
    same run job true
  done
  for HOW in small_files little_memory no_rights gone_directory; do
    same counter incr a
    same counter incr new
    same counter incr a --store ./s
    same queue push q x
    same queue push newqueue x
    same run job true
  done
  all_same
}

@test "the front door and the program behind it: objects that are damaged, foreign or out of reach" {
  some_counters
  : >"$TEMPLATE/empty"
  head -c 100 "$TEMPLATE/a" >"$TEMPLATE/short"
  head -c 4096 /dev/zero >"$TEMPLATE/zeros"
  head -c 4096 /dev/urandom >"$TEMPLATE/noise"
  cp "$TEMPLATE/a" "$TEMPLATE/damaged"
  printf 'x' | dd of="$TEMPLATE/damaged" bs=1 seek=20 conv=notrunc status=none
  cp "$TEMPLATE/q" "$TEMPLATE/cutqueue"
  truncate -s 8192 "$TEMPLATE/cutqueue"
  ln -s a "$TEMPLATE/link"
  ln "$TEMPLATE/a" "$TEMPLATE/second"
  mkfifo "$TEMPLATE/fifo"
  mkdir "$TEMPLATE/directory"
  cp "$TEMPLATE/b" "$TEMPLATE/sealed"
  chmod 400 "$TEMPLATE/sealed"
  cp "$TEMPLATE/b" "$TEMPLATE/closed"
  chmod 0 "$TEMPLATE/closed"
  local name
  for name in empty short zeros noise damaged cutqueue link a second fifo directory sealed closed; do
    same counter incr "$name"
    same counter get "$name"
    same counter get "$name" --default 5
    same counter incr b "$name" new
    same queue pop "$name"
    same queue push "$name" x
    same value get "$name"
    same dict get "$name" k
    same run "$name" true
  done
  all_same
}

as_alice() { "${ALICE[@]}" "$@"; }
@test "the front door and the program behind it: another user's store" {
  need_root
  need setpriv
  some_counters
  "${ALICE[@]}" test -x "$FRONT" || skip "another user can't call it"
  HOW=as_alice
  local mode
  for mode in 700 755 775 777 2770; do
    chmod "$mode" "$TEMPLATE"
    same counter incr a
    same counter get a
    same counter incr new
    same run job true
  done
  chown -R 4001:4001 "$TEMPLATE"
  chmod 700 "$TEMPLATE"
  same counter incr a
  same counter incr new
  same run job id -u
  all_same
}

@test "the front door says in one line that the program behind it is missing" {
  [ ! -e /usr/libexec/shmctl ] && [ ! -e /usr/local/libexec/shmctl ] || skip "it is installed"
  mkdir "$BATS_TEST_TMPDIR/alone" "$BATS_TEST_TMPDIR/alone/bin"
  cp "$FRONT" "$BATS_TEST_TMPDIR/alone/bin/shmctl"
  SHMCTL=$BATS_TEST_TMPDIR/alone/bin/shmctl
  shm counter incr a
  assert_done 1
  shm ls
  assert_refused 4 'whole program' 'install it again'
}

@test "the front door with its owner's rights believes neither the environment nor the place that it is called from" {
  need_root
  need setpriv
  local top=/dev/shm/shmctl-test-$$
  ELSEWHERE=$top
  install -d -m 755 "$top" "$top/bin" "$top/evil" "$top/evil/bin" "$top/evil/libexec/shmctl/static"
  install -d -m 700 -o 4002 "$top/store"
  install -d -m 700 -o 4001 "$top/own"
  install -m 4755 -o 4002 "$FRONT" "$top/bin/shmctl"
  [ "$("${ALICE[@]}" "$top/bin/shmctl" --store "$top/store" counter incr a 2>&1)" = 1 ] || skip "no such rights here"
  as alice call env SHMCTL_STORE="$top/own" "$top/bin/shmctl" counter incr a --store "$top/store"
  assert_done 2
  as alice call env SHMCTL_STORE="$top/store" "$top/bin/shmctl" counter get a --default 77
  assert_stdout 77
  # The place is its own, and not that of a link to it.
  printf '#!/bin/sh\necho evil\n' >"$top/evil/libexec/shmctl/static/shmctl"
  chmod 755 "$top/evil/libexec/shmctl/static/shmctl"
  ln "$top/bin/shmctl" "$top/evil/bin/shmctl"
  as alice call "$top/evil/bin/shmctl" ls
  [[ $out != *evil* ]] || fail "it became what somebody else put there"
}

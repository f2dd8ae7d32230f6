#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2034,SC2154 # HOW and MASK are for `same`; what `call` sets
# The front door does by itself what the program behind it does, to the byte: output, errors, status, and what is left in
# the store. Whatever it is called with, and wherever.

load ../helpers
load same

setup() { both_programs; }

some_counters() {
  template counter set a=5 b=-3 top=9223372036854775807 low=-9223372036854775808
  template counter create limited 5 --min 0 --max 10
  template counter create wraps 9 --min 0 --max 10 --on-limit wrap
  template counter create saturates 9 --min 0 --max 10 --on-limit saturate
  template value create v 7 --type int
  template queue push q one two
}

@test "the front door and the program behind it: counters" {
  some_counters
  same_lines <<'EOF'
counter incr a
counter incr new
counter incr a 7
counter incr a -7
counter incr a=2 b=3 new=-4
counter incr a a a
counter incr a --existing
counter incr new --existing
counter incr a --new
counter incr new --new
counter incr new --new --existing
counter incr top
counter incr low=-1 a top b
counter incr limited 6
counter incr limited=5 limited
counter incr wraps 5
counter incr saturates 5
counter decr limited 6
counter decr a
counter decr new
counter decr new=5 a=5
counter decr low
counter decr a -9223372036854775808
counter decr a=-9223372036854775807
counter incr a 9223372036854775808
counter incr a 5x
counter incr a 0x10
counter incr a 1.5
counter incr a 1e3
counter incr a ''
counter incr a +5
counter incr a -0
counter incr a --0
counter incr a -
counter incr a -- -5
counter incr ''
counter incr a= b
counter incr a=1=2
counter incr =5
counter incr ../x
counter incr /etc/passwd
counter incr .hidden
counter incr "$(printf 'a\nb')"
counter incr "$(printf '\033[2J')"
counter incr "$(printf '\xff\xfe')"
counter incr "$(printf '%0127d' 1)x" 
counter incr "$(printf '%0128d' 1)x"
counter incr "$(printf '%0300d' 1)"
counter incr "$(printf '%02000d' 1)"
counter incr v
counter incr q
counter incr a v new q b
counter get a
counter get a b new
counter get new
counter get new --default 5
counter get a new --default=-5
counter get new --default 5x
counter get new --default ''
counter get v
counter get v --default 5
counter get a v b
counter get ''
counter get a ''
counter get a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a
counter get top low top low top low top low top low top low top low top low top low top low top low top low top low
counter set a 9
counter set a=1 b=2
counter set a
counter set a=1 b
counter set new 9
counter set limited 11
counter set limited=3 new=4 v=5
counter swap a 9
counter swap new 9
counter swap a=1 new=2
counter swap a
counter cas a 5 6
counter cas a 4 6
counter cas new 0 1
counter cas a 5 x
counter cas a x 5
counter cas a 5 5
counter cas a 5
counter cas a 5 6 7
counter cas limited 5 50
counter max a 9
counter max a 1
counter max new 3
counter min a 1
counter min a 9
counter min a=1 b=-9
counter reset a
counter reset a new b
counter reset limited
counter reset v
counter create a
counter create made 5
EOF
}

@test "the front door and the program behind it: how it is printed, and what is no call" {
  some_counters
  same_lines <<'EOF'

--help
-h
--version
--nope
-q
--
-- ls
''
counter
counter --help
counter nope
counter incr
counter incr --help
counter incr a --help
counter incr a --nope
counter incr a -x
counter incr a --existign
counter incr a --existing=1
counter incr a --exist
nope
COUNTER incr a
counter INCR a
'counter incr' a
counter incr a --raw
counter incr a --null
counter incr a -0
counter incr a b --raw
counter incr a b --null
counter incr a --json
counter incr a b --json
counter incr a --raw --null
counter incr a --raw --raw
counter incr a --json --raw
counter incr a -q
counter incr a -q0
counter incr -q a v
counter get new -q
counter get new v -q
counter incr a --quiet --null
-q counter incr a
--raw counter incr a
counter -q incr a
counter incr a --store
counter incr a --store ''
counter incr a --store=
counter incr a --store nope/
counter incr a --store .
counter incr a --store ./s
counter incr a --store s/
counter incr a --store "$STORE"
counter incr a --store="$STORE/"
counter incr a --store "$STORE//"
counter incr a --store /nowhere/at/all
counter incr a --store /dev/null
counter incr a --store @nosuchgroup
counter incr a --store @
counter incr a --store 'no name'
counter incr a --store "$(printf '%01100d' 1)/x"
counter incr a --store x --store "$STORE"
counter get a --store nope/
counter get a --default 7 --store nope/
counter incr a --store=/etc/passwd/x
ls
stat a
queue len q
who
EOF
}

@test "the front door and the program behind it: values, dicts and queues" {
  some_counters
  template value create f 1.5 --type float
  template value create yes true --type bool
  template value create u 18446744073709551615 --type uint
  template value create t text --type text
  template value create bytes '' --type bytes
  template dict set d k=v n=5
  template queue create small --max-items 2
  template queue push small x y
  same_lines <<'EOF'
value get v
value get f
value get yes
value get u
value get t
value get bytes
value get v f t
value get new
value get new --default x
value get a
value get v --raw
value get v --null
value get v --json
value get t --json
value get f --quiet
value set t -
value set t --ttl 5 x
value set v 8 --ttl 5
value swap t other
value swap t other --ttl 1
value set v 8
value set v x
value set v 1.5
value set f 2.25
value set f nan
value set yes false
value set yes maybe
value set u -1
value set t other
value set t ''
value set new 5
value set new text
value set new 5 --type int
value set new 5 --type nope
value set new x --existing
value set v 1 --new
value set a 5
value set v
value set v 1 2
value swap v 9
value cas v 7 8
value cas v 6 8
value cas t text other
value cas t nope other
value add v 5
value add v -5
value add v 9223372036854775807
value add f 0.5
value add t 1
value add new 1
dict get d k
dict get d k n
dict get d nope
dict get d k nope n
dict get d nope --default x
dict get new k
dict get new k --default x
dict get new k --wait 10ms
dict get d k --wait 0
dict get a k
dict get d
dict get d ''
dict set d k=w
dict set d new=1 k=2
dict set d k=a k=b
dict set new k=v
dict set d k
dict set d =x
dict set d k=
dict set d k=v --existing
dict set d nope=v --existing
dict set d k=v --new
dict set d other=v --new
dict set d k=v --existing --new
dict set d k=v --ttl 5
dict set d k=v --ttl 0
dict set d k=v --ttl x
dict set d k -
dict set d -
dict set a k=v
dict set d "$(printf '%070000d' 1)=x"
dict incr d n
dict incr d n 5
dict incr d n -5
dict incr d n=3 k=2
dict incr d n=3 fresh
dict incr d k
dict incr d fresh
dict incr d fresh --existing
dict incr d fresh --new
dict incr new fresh
dict incr d n 1.5
dict incr d n x
dict incr d n 9223372036854775807
dict decr d n
dict decr d n 3
dict decr d n -9223372036854775808
dict del d k
dict del d k n nope
dict del d nope
dict del new k
dict contains d k
dict contains d k n
dict contains d nope
dict contains new k
dict contains d k --json
dict get d k --json
dict get d k --raw
dict get d k n --null
dict incr d n -q
queue len q
queue len q small
queue len new
queue len a
queue len q --json
queue push q x
queue push q x y z
queue push q ''
queue push new x
queue push new x --existing
queue push q x --front
queue push q x --priority 5
queue push q x --priority -5
queue push q x --priority=-5
queue push q x --priority nope
queue push q x --unique one
queue push q x --unique ''
queue push q
queue push small z
queue push small z --wait 0
queue push small z --wait 10ms
queue push small z --wait nope
queue push small z -w -1
queue push a x
queue push q x -q
queue push q x --json
queue push q "$(printf '%070000d' 1)"
queue pop q
queue pop q --back
queue pop q --count 2
queue pop q --count 5
queue pop q --count 0
queue pop q --count x
queue pop q --count -1
queue pop q --raw
queue pop q --null --count 2
queue pop q --json
queue pop q -q
queue pop new
queue pop new --wait 10ms
queue pop a
queue pop q small
queue pop q --wait 0
queue pop q --wait 1 --count 3
EOF
}

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

own_name() { (exec -a "$NAME" "${@:4}"); }
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

few_files() (
  ulimit -n "$FILES"
  exec "${@:4}"
)
# What it prints must not go into a file.
small_files() (
  set -o pipefail
  {
    ulimit -f 0
    "${@:4}" 2>&1
  } | cat
)
no_rights() (
  umask 777
  exec "${@:4}"
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
    same counter get a nope
    same queue push q x
  done
  for HOW in small_files no_rights gone_directory; do
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
  [ ! -e /usr/libexec/shmctl ] || skip "it is installed"
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
  trap 'rm -rf "$top"' EXIT
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

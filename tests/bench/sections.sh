# shellcheck shell=bash
# The sections of the benchmark: who takes part in each. Sourced by tests/bench/run after lib.sh.
: "${rounds:?}" "${work:?}" "${store:?}" "${shmctl:?}" "${json:?}"

start_redis() {
  have redis-server redis-server && have redis-cli redis-tools || return 1
  redis-server --port 0 --unixsocket "$work/redis" --save '' --appendonly no --dir "$work" >/dev/null 2>&1 </dev/null &
  children+=($!)
  until_true redis-cli -s "$work/redis" ping
}

section_counter() {
  begin
  program true "$(type -P true)"
  program "shmctl counter incr" "$shmctl counter incr hits" 1.25
  program "shmctl --store DIR counter incr" "$shmctl --store $store counter incr hits" 1.25
  if have flock util-linux; then
    echo 0 >"$work/count"
    candidate "flock in a subshell, a file" "(flock 9; read -r n <$work/count; echo \$((n + 1)) >$work/count) 9>$work/count.lock"
    program "flock FILE sh -c ..., a file" "flock $work/count.lock sh -c 'read n <$work/count; echo \$((n + 1)) >$work/count'"
  fi
  if start_redis; then program "redis-cli INCR, unix socket" "redis-cli -s $work/redis incr hits"; fi
  if have sqlite3 sqlite3; then
    sqlite3 "$work/db" 'create table counters (n integer); insert into counters values (0)'
    program "sqlite3 UPDATE" "sqlite3 $work/db 'update counters set n = n + 1 returning n'"
  fi
  measure counter "A counter incremented" true
}

section_run() {
  have flock util-linux || return 0
  begin
  program flock "flock $work/run.flock true"
  program "shmctl run" "$shmctl run job true" 0.65
  program "shmctl --store DIR run" "$shmctl --store $store run job true" 0.65
  program "shmctl flock, a file" "$shmctl flock $work/run.sflock true"
  program "flock -o" "flock -o $work/run.flock true"
  if have setlock daemontools; then program setlock "setlock $work/run.setlock true"; fi
  if have lckdo moreutils; then program lckdo "lckdo $work/run.lckdo true"; fi
  if have with-lock-ex chiark-utils-bin; then program with-lock-ex "with-lock-ex -w $work/run.wlx true"; fi
  program "true, no lock" "$(type -P true)"
  measure run "The command 'true' run under a lock" flock
}

# holder COMMAND...: takes a lock by it, with a cat as the command that ends when the section does
holder() { "$@" cat <"$work/gate" >/dev/null 2>&1 & }

section_loser() {
  local gate
  have flock util-linux || return 0
  begin
  mkfifo "$work/gate"
  holder "$shmctl" run busy
  holder flock "$work/busy.flock"
  if have setlock daemontools; then holder setlock "$work/busy.setlock"; fi
  if have lckdo moreutils; then holder lckdo "$work/busy.lckdo"; fi
  if have with-lock-ex chiark-utils-bin; then holder with-lock-ex -w "$work/busy.wlx"; fi
  exec {gate}>"$work/gate"

  loser 1 "flock -n" "flock -n $work/busy.flock true"
  loser 75 "shmctl run" "$shmctl run busy true" 0.5
  loser 75 "shmctl -q run" "$shmctl -q run busy true" 0.5
  if type -P setlock >/dev/null; then loser 111 "setlock -n" "setlock -n $work/busy.setlock true"; fi
  if type -P lckdo >/dev/null; then loser 75 lckdo "lckdo $work/busy.lckdo true"; fi
  if type -P with-lock-ex >/dev/null; then loser 0 "with-lock-ex -q" "with-lock-ex -q $work/busy.wlx false"; fi
  measure loser "A lock that is held, until it is given up" "flock -n"
  exec {gate}>&-
  rm "$work/gate"
}

section_wakeup() {
  have flock util-linux || return 0
  begin
  {
    pair flock "flock $work/wake.flock" "flock $work/wake.flock"
    pair "flock -w" "flock $work/wake.flock" "flock -w 60 $work/wake.flock"
    pair "shmctl run --on-busy wait" "$shmctl run wake" "$shmctl run wake --on-busy wait" 0.8
    pair "shmctl run --wait" "$shmctl run wake" "$shmctl run wake --wait 60" 0.8
    if have setlock daemontools; then pair setlock "setlock $work/wake.setlock" "setlock $work/wake.setlock"; fi
    if have with-lock-ex chiark-utils-bin; then
      pair "with-lock-ex -w" "with-lock-ex -w $work/wake.wlx" "with-lock-ex -w $work/wake.wlx"
    fi
  } >"$work/pairs"
  "$work/driver" wakeup "$rounds" "$work/pairs" "$work/stamp" "$work/board" 3>"$work/wakeup.times"
  column wakeup "$work/wakeup.times"
  table wakeup "A lock set free, until the waiter's command starts" "$rounds" "flock -w" wakeup
}

# pair LABEL HOLDER WAITER [BOUND]: without their commands, which the driver adds
pair() {
  local words
  labels+=("$1") bounds+=("${4-}")
  for words in "$2" "$3"; do
    read -r -a words <<<"$words"
    printf '%s\0' "${words[@]}"
    printf '\0'
  done
}

section_lock() {
  compile_core locks || return 0
  local way title
  set_unit ns
  mkdir -p "$work/locks.d"
  for way in alone contended attach; do
    case $way in
      alone) title="A lock taken and given back" ;;
      contended) title="The same by two processes at once, for one of either" ;;
      attach) title="A lock found by its name, and used once" ;;
    esac
    rm -rf "$work/locks.d/store"
    own_labels "$work/locks" $way labels
    own_turns $way "$work/locks" $way "$rounds" "$work/locks.d"
    table "lock_$way" "$title" "$rounds" "${labels[0]}" $way
  done
  set_unit us
}

section_queue() {
  compile_core queues || return 0
  local way title item reference
  set_unit ns
  mkdir -p "$work/queues.d"
  for way in alone 1x1 2x2 trip; do
    case $way in
      alone) title="An item pushed and popped by one process" ;;
      1x1) title="An item from one process to another, in a stream" ;;
      2x2) title="The same with two at each end" ;;
      trip) title="An item to another process and back" ;;
    esac
    own_labels "$work/queues" labels
    reference=${labels[0]}
    case $way in
      alone) bounds[1]= ;;
      trip) reference=${labels[4]} bounds[1]=1.15 ;;
    esac
    for item in 16 256 4096 65536; do
      own_turns ${item}B "$work/queues" $way $item "$rounds" "$work/queues.d"
    done
    table "queue_$way" "$title" "$rounds" "$reference" 16B 256B 4096B 65536B
  done
  set_unit us
  section_queue_commands
}

section_dict() {
  local way title number socket='' flags=()
  if echo '#include <lmdb.h>' | ${CXX:-c++} -E -x c++ - >/dev/null 2>&1; then flags=(-llmdb); else note "LMDB: left out, not installed (package liblmdb-dev)"; fi
  compile_core dicts "${flags[@]}" || return 0
  if start_redis; then socket=$work/redis; fi
  set_unit ns
  mkdir -p "$work/dicts.d"
  for way in get incr set; do
    case $way in
      get) title="The number of a key, of so many" ;;
      incr) title="A key's number incremented" ;;
      set) title="A key's number set" ;;
    esac
    own_labels "$work/dicts" labels
    for number in 1000 1000000; do
      own_turns $number "$work/dicts" $way $number "$rounds" "$work/dicts.d" "$socket"
    done
    table "dict_$way" "$title" "$rounds" "${labels[0]}" 1000 1000000
  done
  set_unit us
  if [ "$json" != yes ]; then
    printf '\nBytes of memory for a key, of a million, above its own and its number'"'"'s\n'
    "$work/dicts" bytes 1000000 1 "$work/dicts.d" "" |
      awk -F '\t' '{ printf "%-36s %12s\n", $1, $2 }'
  fi
}

# From the shell: an item pushed, and one popped, by a program each.
section_queue_commands() {
  "$shmctl" queue --help >/dev/null 2>&1 || return 0
  begin
  "$shmctl" queue create items
  program true "$(type -P true)"
  program "shmctl queue push" "$shmctl queue push items hello"
  program "shmctl queue push, queue pop" "sh -c '$shmctl queue push items hello; $shmctl queue pop items'"
  if start_redis; then
    program "redis-cli LPUSH" "redis-cli -s $work/redis lpush items hello"
    program "redis-cli LPUSH, RPOP" "sh -c 'redis-cli -s $work/redis lpush items hello; redis-cli -s $work/redis rpop items'"
  fi
  if have flock util-linux; then
    : >"$work/items"
    program "flock, append to a file" "flock $work/items.lock sh -c 'echo hello >>$work/items'"
    program "the same, and take its first line" "sh -c \"flock $work/items.lock sh -c 'echo hello >>$work/items'; flock $work/items.lock sed -i -e 1w$work/item -e 1d $work/items\""
  fi
  measure queue_commands "Items pushed and popped by commands" true
}

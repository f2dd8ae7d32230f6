# shellcheck shell=bash
# The sections of the benchmark about objects that a program has open: `inprocess`, `lock`, `queue` and `dict`. Sourced by
# tests/bench/run.
# shellcheck disable=SC2154 # labels are lib.sh's
: "${rounds:?}" "${work:?}" "${shmctl:?}" "${quick:?}"

# The core linked in.
section_inprocess() {
  compile_core inprocess || return 0
  local way
  set_unit ns
  mkdir -p "$work/inprocess.d"
  own_labels "$work/inprocess" labels
  for way in alone contended; do
    own_turns $way "$work/inprocess" $way "$rounds" "$work/inprocess.d"
  done
  table inprocess "A number added to by one process, and by two at once, for an addition of either" "$rounds" "${labels[0]}" \
    alone contended
  set_unit us
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
      alone) begin_bounds ;;
      trip)
        reference=${labels[4]}
        begin_bounds
        bound "${labels[1]}" 1.15
        ;;
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
  local way title number line lines many=1000000 socket='' flags=()
  if [ "$quick" = yes ]; then many=100000; fi
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
    for number in 1000 $many; do
      own_turns "$number" "$work/dicts" $way "$number" "$rounds" "$work/dicts.d" "$socket"
    done
    table "dict_$way" "$title" "$rounds" "${labels[0]}" 1000 $many
  done
  set_unit bytes
  begin
  readarray -t lines < <("$work/dicts" bytes $many 1 "$work/dicts.d" "")
  for line in "${lines[@]}"; do
    labels+=("${line%%$'\t'*}")
    echo "$((${#labels[@]} - 1)) ${line#*$'\t'}"
  done >"$work/bytes.times"
  column memory "$work/bytes.times"
  table dict_memory "Memory for a key, of $many, above its own and its number's" 1 "" memory
  set_unit us
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

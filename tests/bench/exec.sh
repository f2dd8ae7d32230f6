# shellcheck shell=bash
# The section `exec` of the benchmark: what one of many commands costs that one process does, the process's own start
# and end included. Sourced by tests/bench/run after sections.sh.
: "${rounds:?}" "${work:?}" "${shmctl:?}"

# What one call of a candidate does so many times.
lines=100000

# repeat COUNT LINE: a file of so many such lines, whose name it prints
repeat() {
  local file
  file=$work/lines.$1.${2//[^a-z]/_}
  # The pipe is cut off, which is no failure here.
  { yes "$2" || true; } 2>/dev/null | head -n "$1" >"$file"
  echo "$file"
}

# line LINE: by exec; left out if there is no such verb
line() { candidate "$1" "$shmctl exec $(repeat $lines "$1")"; }

# Like time_in_loop, but a turn is one call, and its time is that of one line of it, in ps. $1: how many turns
time_lines() {
  local round k from to
  for ((round = 0; round < $1; round++)); do
    # shellcheck disable=SC2154 # what lib.sh has
    for k in "${!texts[@]}"; do
      from=$EPOCHREALTIME
      (eval "${texts[k]}") >/dev/null 2>&1 </dev/null
      to=$EPOCHREALTIME
      echo "$k $(((${to/[.,]/} - ${from/[.,]/}) * 1000000 * ${scales[k]-1} / lines))"
    done
  done
}

section_exec() {
  local turns=$((rounds / 5 > 3 ? rounds / 5 : 3)) calls=200
  local -a scales=()
  "$shmctl" exec --help >/dev/null 2>&1 || return 0
  begin
  set_unit ns
  "$shmctl" counter set hits 0 >/dev/null
  "$shmctl" value create number --type int >/dev/null
  "$shmctl" value create text x --type text >/dev/null
  line "counter incr hits"
  line "counter get hits"
  line "value set number 5"
  line "value get text"
  line "queue push items hello"
  line "queue pop items"
  line "queue push items --priority 5 hello"
  line "queue pop items --count 1"
  line "list append words hello"
  line "list pop words"
  line "dict incr counts key"
  candidate "counter incr hits, --atomic" "$shmctl exec --atomic $(repeat $lines "counter incr hits")"
  candidate "the same line read by awk, added up" "awk '{ print ++hits[\$3] }' $(repeat $lines "counter incr hits")"
  if start_redis; then
    candidate "redis-cli --pipe, INCR hits" "redis-cli -s $work/redis --pipe <$(repeat $lines "INCR hits")"
  fi
  scales[${#texts[@]}]=$((lines / calls))
  candidate "shmctl counter incr hits, a call each" "for ((i = 0; i < $calls; i++)); do $shmctl counter incr hits; done"
  time_lines "$turns" >"$work/exec.times"
  column exec "$work/exec.times"
  table exec "A command of many in one process, of $lines" "$turns" "counter incr hits" exec
  set_unit us
}

# shellcheck shell=bash
# The section `scale` of the benchmark: what a call costs where a thousand, a hundred thousand and a million objects are.
# It shall not cost more where there are more. Sourced by tests/bench/run.
# shellcheck disable=SC2034,SC2154 # what table.sh reads
: "${rounds:?}" "${work:?}" "${shmctl:?}" "${quick:?}"

# room_for COUNT: whether memory and the file system have it, beside what is there already
room_for() {
  # An object is a page, and what the kernel remembers of a file; then there is the list of all of them.
  local need=$(($1 * 7 / 1024)) free inodes # MiB
  free=$(awk '$1 == "MemAvailable:" { print int($2 / 1024) }' /proc/meminfo)
  if [ "$free" -lt $((need + 512)) ]; then
    note "$1 objects: left out, they take $need MiB, and $free MiB of memory are free"
    return 1
  fi
  free=$(df --output=avail -m "$work" | tail -n 1)
  inodes=$(df --output=iavail "$work" | tail -n 1)
  if [ "$free" -lt "$need" ] || { [ "$inodes" -gt 0 ] && [ "$inodes" -lt $(($1 + 1000)) ]; }; then
    note "$1 objects: left out, they take $need MiB; where the benchmark works there are $((free)) MiB and $((inodes)) files left"
    return 1
  fi
}

# scale_table SECTION TITLE CALLS WAY...: the table of these ways, times or memory (FIELD of the measured lines)
scale_table() {
  local field=$1 way k
  for way in "${@:5}"; do
    awk -v way="$way" -v field="$field" '$1 == way { print $2, $field }' "$work/scale.measured" >"$work/$way.times"
    column "$way" "$work/$way.times"
  done
  begin_bounds
  if [ "$field" = 3 ]; then for k in "${labels[@]:1}"; do bound "$k" 1.5; done; fi
  table "$2" "$3" "$4" "${labels[0]}" "${@:5}"
}

section_scale() {
  compile_core scale || return 0
  local counts=(1000 100000 1000000) count places=() judged=() listings=$((rounds / 30 > 1 ? rounds / 30 : 1))
  if [ "$quick" = yes ]; then counts=(1000 10000); fi
  begin
  for count in "${counts[@]}"; do
    if ! room_for "$count"; then continue; fi
    "$work/scale" make "$work/scale.$count" "$count"
    places+=("$work/scale.$count" "$count")
    labels+=("$count objects")
  done
  if [ ${#places[@]} -gt 0 ] &&
    "$work/scale" time "$shmctl" "$rounds" "$listings" "${places[@]}" >"$work/scale.measured" </dev/null; then
    scale_table 3 scale "A call in a store of so many objects" "$rounds" create incr rm
    set_unit ns
    scale_table 3 scale_list "Listing, time for each object of the store" "$listings" ls json names glob
    set_unit KiB
    scale_table 4 scale_memory "Listing, memory at its peak" "$listings" ls json names glob
    set_unit us
  else
    note "section left out: scale"
  fi
  for count in "${counts[@]}"; do rm -rf "$work/scale.$count"; done # now: it is much memory
}

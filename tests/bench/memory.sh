# shellcheck shell=bash
# The section `memory` of the benchmark: what a program has of memory. Sourced by tests/bench/run.
# shellcheck disable=SC2034,SC2154 # what floor.sh has, what table.sh reads
: "${rounds:?}" "${work:?}" "${shmctl:?}"

section_memory() {
  local k turn turns=$((rounds / 10 > 3 ? rounds / 10 : 3)) words way peak resident share status judged=()
  compile memory
  begin
  set_unit KiB
  program_floor_counter
  program "shmctl counter incr" "$shmctl counter incr hits"
  program "shmctl counter incr, of a new one" "$shmctl counter incr new"
  program "shmctl run, beside its command" "$shmctl run job true"
  program true "$(type -P true)"
  if type -P flock >/dev/null; then program "flock, beside its command" "flock $work/memory.flock true"; fi
  if start_redis; then program "redis-cli INCR" "redis-cli -s $work/redis incr hits"; fi
  bound "shmctl counter incr" 300 itself
  rm -f "$work"/{peak,resident,share}.times
  for ((turn = 0; turn < turns; turn++)); do
    for k in "${!texts[@]}"; do
      "$shmctl" rm new >/dev/null 2>&1 || true
      read -r -a words <<<"${texts[k]}"
      if ! read -r peak resident share status < <("$work/memory" "${words[@]}" 3>&1 >/dev/null 2>&1) || [ "$status" != 0 ]; then
        note "section left out: its programs can't be traced here"
        set_unit us
        return 0
      fi
      echo "$k $peak" >>"$work/peak.times"
      echo "$k $resident" >>"$work/resident.times"
      echo "$k $share" >>"$work/share.times"
    done
  done
  judged=(peak)
  for way in peak resident share; do column $way "$work/$way.times"; done
  table memory "Memory of a program" "$turns" "" peak resident share
  set_unit us
}

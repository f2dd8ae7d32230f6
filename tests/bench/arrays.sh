# shellcheck shell=bash
# The section `array` of the benchmark. Sourced by tests/bench/run after sections.sh.
# shellcheck disable=SC2154 # labels are lib.sh's
: "${rounds:?}" "${work:?}" "${store:?}" "${shmctl:?}"

section_array() {
  compile_core arrays || return 0
  local way title
  set_unit ns
  mkdir -p "$work/arrays.d"
  for way in read change contended many; do
    case $way in
      read) title="An element at a place of chance read" ;;
      change) title="An element at a place of chance added to" ;;
      contended) title="One element added to by two processes, for an addition of either" ;;
      many) title="1,000 elements in one piece" ;;
    esac
    own_labels "$work/arrays" $way labels
    own_turns $way "$work/arrays" $way "$rounds" "$work/arrays.d"
    table "array_$way" "$title" "$rounds" "${labels[0]}" $way
  done
  set_unit us
  section_array_commands
}

# From the shell: one element of a small array and of a large one.
section_array_commands() {
  begin
  "$shmctl" array create small int64 512
  "$shmctl" array create large int64 8388608
  program true "$(type -P true)"
  program "shmctl array get, 4 KiB" "$shmctl array get small 500"
  program "shmctl array get, 64 MiB" "$shmctl array get large 8388000"
  program "shmctl array add, 4 KiB" "$shmctl array add small 500"
  program "shmctl array add, 64 MiB" "$shmctl array add large 8388000"
  measure array_commands "An element read and added to by a command" true
}

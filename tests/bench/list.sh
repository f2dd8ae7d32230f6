# The section `list` of tests/bench/run, which sources this: lists of a thousand and of a million items.
# shellcheck shell=bash disable=SC2154 # variables of the one who sources it

section_list() {
  compile_core lists || return 0
  local way title items
  set_unit ns
  mkdir -p "$work/lists.d"
  for way in append get middle; do
    case $way in
      append) title="An item appended to a list, and popped" ;;
      get) title="An item read by its index" ;;
      middle) title="An item inserted in the middle, and popped there" ;;
    esac
    own_labels "$work/lists" labels
    for items in 1000 1000000; do
      own_turns ${items}_items "$work/lists" $way $items "$rounds" "$work/lists.d"
    done
    table "list_$way" "$title" "$rounds" "${labels[0]}" 1000_items 1000000_items
  done
  set_unit us
}

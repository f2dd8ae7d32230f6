# shellcheck shell=bash
# Sessions: a block of commands behind prompts and what they print (HACKING.md, "Documents"). Sourced by tests/docs/run.

# session_lines FILE PROMPT: each line of a session as `N command TEXT` or `N output TEXT`, N the command it belongs to
session_lines() {
  local line number=0 in_command=0
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ $line == "$2"* ]]; then
      number=$((number + 1)) in_command=1
      printf '%s\n' "$number command ${line#"$2"}"
    elif [[ $in_command == 1 && $line == '> '* ]]; then
      printf '%s\n' "$number command ${line#> }"
    else
      in_command=0
      printf '%s\n' "$number output $line"
    fi
  done <"$1"
}

# session_script FILE PROMPT MARK: a script of all its commands, which prints MARK and a number after each, on a line of
# its own. Statuses pass through, so that a command may ask for that of the one before.
session_script() {
  printf 'session_mark() { local status=$?; printf "\\n%s %%s\\n" "$1"; return $status; }\n' "$3"
  session_lines "$1" "$2" | awk '
    $2 != "command" { next }
    before && $1 != before { print "session_mark " before }
    { before = $1; sub(/^[0-9]+ command /, ""); print }
    END { if (before) print "session_mark " before }'
}

# expected_of FILE PROMPT N: what the N-th command is said to print
expected_of() { session_lines "$1" "$2" | sed -n "s/^$3 output //p"; }

# printed_by OUTPUT MARK N: what the N-th command has printed, without the newline that the mark begins with
printed_by() {
  awk -v mark="$2" -v wanted="$3" '
    BEGIN { now = 1 }
    index($0, mark " ") == 1 { if (now == wanted && line != "") print line; now++; started = 0; line = ""; next }
    { if (now == wanted && started) print line; line = $0; started = 1 }
    END { if (now == wanted && line != "") print line }' "$1"
}

# line_matches LINE PATTERN: `...` in PATTERN stands for any text
line_matches() {
  local glob=$2 special
  # shellcheck disable=SC1003 # a backslash
  for special in '\' '*' '?' '[' '('; do glob=${glob//"$special"/\\"$special"}; done
  glob=${glob//.../'*'}
  # shellcheck disable=SC2053 # a pattern
  [[ $1 == $glob ]]
}

# lines_match I J: whether ${printed[@]} from I on are as ${expected[@]} from J on; a line `...` stands for any lines
lines_match() {
  local at=$1 wanted=$2
  while ((wanted < ${#expected[@]})); do
    if [ "${expected[wanted]}" = ... ]; then
      for ((; at <= ${#printed[@]}; at++)); do
        if lines_match "$at" $((wanted + 1)); then return 0; fi
      done
      return 1
    fi
    if ((at >= ${#printed[@]})) || ! line_matches "${printed[at]}" "${expected[wanted]}"; then return 1; fi
    at=$((at + 1)) wanted=$((wanted + 1))
  done
  ((at == ${#printed[@]}))
}

# check_session FILE PROMPT OUTPUT MARK: says which commands have printed something else
check_session() {
  local number=0 commands failed=0
  local -a printed expected
  commands=$(session_lines "$1" "$2" | awk 'END { print $1 + 0 }')
  while ((number++ < commands)); do
    readarray -t expected < <(expected_of "$1" "$2" "$number")
    readarray -t printed < <(printed_by "$3" "$4" "$number")
    if ! grep -q "^$4 $number\$" "$3"; then
      printf '%s\n' "command $number did not end; so far it printed" "${printed[@]}"
      return 1
    fi
    if ! lines_match 0 0; then
      printf '%s\n' "command $number printed" "${printed[@]/#/  }" "and not" "${expected[@]/#/  }"
      failed=1
    fi
  done
  return "$failed"
}

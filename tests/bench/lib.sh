# shellcheck shell=bash
# What the sections of the benchmark share: a list of candidates and the two ways to time it. table.sh prints what comes
# out. Sourced by tests/bench/run, whose variables these are:
# shellcheck disable=SC2034 # what table.sh reads
: "${here:?}" "${built:?}" "${work:?}" "${libraries:?}" "${rounds:?}" "${burst:?}" "${json:?}"

# The candidates of the section at hand: what the table calls it, the shell text for the loop, and whether it is one
# program that can be started directly; its words then are what the text says.
labels=() texts=() direct=()
# The ways of measure() by which bounds are judged: the loop, which is what users do, if a section says nothing else.
measured_bounds=(loop)
# What is run once before the loop, in its shell; candidates that are added after it has been set may need it.
preamble=

begin() {
  labels=() texts=() direct=() preamble='' measured_bounds=(loop)
  begin_bounds
}

note() { echo "$*" >&2; }

# candidate LABEL TEXT: any shell text. Its first run must succeed, or it is left out.
# program LABEL TEXT: a single command without shell syntax.
# loser STATUS LABEL TEXT: the same, of a command that ends with STATUS because its lock is held by now or very soon.
candidate() { add 0 no "$@"; }
program() { add 0 yes "$@"; }
loser() { if until_true ends_with "$1" "$3"; then add "$1" yes "${@:2}"; else note "$2: left out, it is refused nothing"; fi; }

add() {
  local expected=$1 status=0
  shift
  (eval "$preamble"$'\n'"$3") >"$work/first.out" 2>&1 || status=$?
  if [ "$status" != "$expected" ]; then
    note "$2: left out, its first run ended with $status: $(head -n 1 "$work/first.out")"
    return
  fi
  direct+=("$1")
  labels+=("$2")
  texts+=("$3")
}

# have PROGRAM PACKAGE: whether it is there; says so if not
have() {
  if type -P "$1" >/dev/null; then return 0; fi
  note "$1: left out, not installed (package $2)"
  return 1
}

# Times a script of functions, one a candidate: each round calls all of them, in a random order, `burst` times each. For
# every call it writes the candidate's number and the time in ns. What they print goes to /dev/null once, for all of them.
time_in_loop() {
  local k
  {
    echo "rounds=$rounds burst=$burst count=${#texts[@]}"
    for k in "${!texts[@]}"; do printf 'candidate_%d() { %s; }\n' "$k" "${texts[k]}"; done
    printf '%s\n' "$preamble"
    cat <<'LOOP'
for ((k = 0; k < count; k++)); do order[k]=$k; done
for ((round = 0; round < rounds; round++)); do
  for ((k = count - 1; k > 0; k--)); do
    other=$((RANDOM % (k + 1))) keep=${order[k]}
    order[k]=${order[other]} order[other]=$keep
  done
  for k in "${order[@]}"; do
    for ((call = 0; call < burst; call++)); do
      from=$EPOCHREALTIME
      "candidate_$k"
      to=$EPOCHREALTIME
      echo "$k $(((${to/[.,]/} - ${from/[.,]/}) * 1000))" >&3
    done
  done
done
LOOP
  } >"$work/loop.sh"
  bash "$work/loop.sh" 3>"$work/loop.times" >/dev/null 2>&1 </dev/null
}

# The same from a small program, for the candidates that are one program.
time_spawned() {
  local k words
  for k in "${!texts[@]}"; do
    if [ "${direct[k]}" = yes ]; then
      eval "words=(${texts[k]})"
      printf '%s\0' "${words[@]}"
    fi
    printf '\0'
  done >"$work/programs"
  "$work/driver" spawn "$rounds" "$burst" "$work/programs" 3>"$work/spawn.times" >/dev/null 2>&1 </dev/null
}

# column WAY FILE: fills median_WAY and slow_WAY (the 90th percentile) from lines of a candidate's number and a time
declare -A median slow
column() {
  local k half most
  for k in "${!labels[@]}"; do median[$1,$k]='' slow[$1,$k]=''; done
  while read -r k half most; do
    median[$1,$k]=$half slow[$1,$k]=$most
  done < <(sort -k1,1n -k2,2n "$2" | awk '
    function tell() {
      if (count) print candidate, times[int((count - 1) * 0.5) + 1], times[int((count - 1) * 0.9) + 1]
    }
    NR == 1 || $1 != candidate { tell(); candidate = $1; count = 0 }
    { times[++count] = $2 }
    END { tell() }')
}

# measure SECTION TITLE REFERENCE [WAY...]: by these ways, loop and spawn if none are said, and the table
measure() {
  local ways=("${@:4}") way judged=("${measured_bounds[@]}")
  if [ ${#ways[@]} = 0 ]; then ways=(loop spawn); fi
  for way in "${ways[@]}"; do
    case $way in loop) time_in_loop ;; spawn) time_spawned ;; esac
    column "$way" "$work/$way.times"
  done
  table "$1" "$2" $((rounds * burst)) "$3" "${ways[@]}"
}

# compile_core NAME [FLAG...]: a program of this folder that calls shmctl's own libraries; false where they are not built
compile_core() {
  if [ ! -f "$libraries/libshmctl_object.a" ]; then
    note "section left out: no libraries beside $built, which is not in its build directory"
    return 1
  fi
  ${CXX:-c++} -std=c++23 -O2 -Wall -Wextra -I"$here/../../src" -o "$work/$1" "$here/$1.cpp" \
    "$libraries"/libshmctl_{object,segment,store,os}.a -lpthread -lrt "${@:2}"
}

# own_labels COMMAND...: the candidates that a program which takes turns by itself (turns.hpp) prints, and their bounds
own_labels() {
  local label most
  begin
  while IFS=$'\t' read -r label most; do
    labels+=("$label")
    if [ -n "$most" ]; then bound "$label" "$most"; fi
  done < <("$@")
}

# own_turns WAY COMMAND...: runs it and takes its times as that column
own_turns() {
  "${@:2}" 3>"$work/own.times" || note "left out: $1"
  column "$1" "$work/own.times"
}

# until_true COMMAND...: waits for it, ten seconds at most
until_true() {
  local tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    if [ $tries = 1000 ]; then
      note "gave up waiting for: $*"
      return 1
    fi
    sleep 0.01
  done
}

# ends_with STATUS TEXT: whether the shell text TEXT does
ends_with() {
  local status=0
  (eval "$2") || status=$?
  [ $status = "$1" ]
}

# shellcheck shell=bash
# What the sections of the benchmark share: a list of candidates, the two ways to time it, and the table.
# Sourced by tests/bench/run, whose variables these are:
: "${here:?}" "${built:?}" "${work:?}" "${libraries:?}" "${rounds:?}" "${burst:?}" "${json:?}"

# The candidates of the section at hand: what the table calls it, the shell text for the loop, the bound beside it ("" for
# none), and whether it is one program that can be started directly; its words then are what the text says.
labels=() texts=() bounds=() direct=()

begin() {
  labels=() texts=() bounds=() direct=()
}

note() { echo "$*" >&2; }

# candidate LABEL TEXT [BOUND]: any shell text. Its first run must succeed, or it is left out.
# program LABEL TEXT [BOUND]: a single command without shell syntax.
# loser STATUS LABEL TEXT: the same, of a command that ends with STATUS because its lock is held by now or very soon.
candidate() { add 0 no "$@"; }
program() { add 0 yes "$@"; }
loser() { until_true ends_with "$1" "$3" && add "$1" yes "${@:2}"; }

add() {
  local expected=$1 status=0
  shift
  (eval "$3") >"$work/first.out" 2>&1 || status=$?
  if [ "$status" != "$expected" ]; then
    note "$2: left out, its first run ended with $status: $(head -n 1 "$work/first.out")"
    return
  fi
  direct+=("$1")
  labels+=("$2")
  texts+=("$3")
  bounds+=("${4-}")
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

# quantile FILE CANDIDATE FRACTION: in ns; empty if the candidate has no times
quantile() {
  awk -v candidate="$2" '$1 == candidate { print $2 }' "$1" | sort -n | awk -v fraction="$3" '
    { times[NR] = $1 }
    END { if (NR > 0) print times[int((NR - 1) * fraction) + 1] }'
}

# column WAY FILE: fills median_WAY and slow_WAY (the 90th percentile)
declare -A median slow
column() {
  local k
  for k in "${!labels[@]}"; do
    median[$1,$k]=$(quantile "$2" "$k" 0.5)
    slow[$1,$k]=$(quantile "$2" "$k" 0.9)
  done
}

ratio() { if [ -n "$1" ] && [ -n "$2" ]; then LC_ALL=C awk "BEGIN { printf \"%.2f\", $1 / $2 }"; else echo -; fi; }
# As the table shows it: microseconds of nanoseconds, or, with unit=ns, nanoseconds of picoseconds.
unit=us
set_unit() { unit=$1; }
thousandth() {
  local digits=0
  if [ $unit = ns ]; then digits=1; fi
  if [ -n "$1" ]; then LC_ALL=C awk "BEGIN { printf \"%.${digits}f\", $1 / 1000 }"; else echo -; fi
}

in_ns() { if [ $unit = ns ]; then thousandth "$1"; else echo "$1"; fi; }

# table SECTION TITLE CALLS REFERENCE WAY...: medians; REFERENCE is the label that the ratios are to
table() {
  local section=$1 title=$2 calls=$3 reference=$4 way k base=
  shift 4
  for k in "${!labels[@]}"; do if [ "${labels[k]}" = "$reference" ]; then base=$k; fi; done
  if [ "$json" = yes ]; then
    for k in "${!labels[@]}"; do
      for way in "$@"; do
        if [ -z "${median[$way,$k]}" ]; then continue; fi
        printf '{"section":"%s","way":"%s","candidate":"%s","median_ns":%s,"p90_ns":%s,"ratio":%s,"bound":%s,"calls":%d}\n' \
          "$section" "$way" "${labels[k]}" "$(in_ns "${median[$way,$k]}")" "$(in_ns "${slow[$way,$k]}")" \
          "$(ratio "${median[$way,$k]}" "${base:+${median[$way,$base]}}" | sed 's/^-$/null/')" "${bounds[k]:-null}" "$calls"
      done
    done
    return
  fi
  printf '\n%s (median of %d, %s)\n%-38s' "$title" "$calls" "$unit" ""
  for way in "$@"; do printf '%9s %8s' "$way" "/ ${reference%% *}"; done
  printf '%8s\n' bound
  for k in "${!labels[@]}"; do
    printf '%-38s' "${labels[k]}"
    for way in "$@"; do
      printf '%9s %8s' "$(thousandth "${median[$way,$k]}")" "$(ratio "${median[$way,$k]}" "${base:+${median[$way,$base]}}")"
    done
    printf '%8s\n' "${bounds[k]}"
  done
}

# measure SECTION TITLE REFERENCE: both ways, and the table
measure() {
  time_in_loop
  column loop "$work/loop.times"
  time_spawned
  column spawn "$work/spawn.times"
  table "$1" "$2" $((rounds * burst)) "$3" loop spawn
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

# own_labels COMMAND...: the candidates that a program which takes turns by itself (turns.hpp) prints
own_labels() {
  local label bound
  begin
  while IFS=$'\t' read -r label bound; do
    labels+=("$label") bounds+=("$bound")
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

# shellcheck shell=bash
# The tables of the benchmark: times, and below them what shmctl is meant to keep and whether it does. As text, as JSON
# (a line a fact), and as Markdown for docs/performance.md. Sourced by tests/bench/run, whose variables these are:
# shellcheck disable=SC2154 # what lib.sh has
: "${work:?}" "${json:?}" "${markdown?}"

# The bounds of the section at hand: a candidate's label, the most that it may be, of what (a candidate's label; "" is the
# table's reference; "itself" is what was measured, in the table's unit).
bound_labels=() bound_mosts=() bound_references=()
begin_bounds() { bound_labels=() bound_mosts=() bound_references=(); }

# bound LABEL MOST [REFERENCE]
bound() { bound_labels+=("$1") bound_mosts+=("$2") bound_references+=("${3-}"); }

# The ways by which bounds are judged; none: all of the table.
judged=()

# In the files of times a microsecond is a thousand, for the time is in ns, and a nanosecond too, for it is in ps; KiB
# and bytes are in bytes.
unit=us
set_unit() { unit=$1; }
digits() { case $unit in ns | bytes) echo 1 ;; *) echo 0 ;; esac; }
per_unit() { case $unit in KiB) echo 1024 ;; bytes) echo 1 ;; *) echo 1000 ;; esac; }
in_unit() { if [ -n "$1" ]; then LC_ALL=C awk "BEGIN { printf \"%.$(digits)f\", $1 / $(per_unit) }"; else echo -; fi; }
unit_name() { case $unit in us) echo µs ;; *) echo "$unit" ;; esac; }

ratio() { if [ -n "$1" ] && [ -n "$2" ]; then LC_ALL=C awk "BEGIN { printf \"%.2f\", $1 / $2 }"; else echo -; fi; }
# at_most NUMBER MOST
at_most() { LC_ALL=C awk "BEGIN { exit !($1 <= $2) }"; }

# index_of LABEL: its number, or nothing
index_of() {
  local k
  for k in "${!labels[@]}"; do if [ "${labels[k]}" = "$1" ]; then echo "$k" && return; fi; done
}

# judge SECTION BOUND WAY REFERENCE: sets $measured, and $verdict: kept, missed, or "" where nobody judges; false if one of
# the two was not measured
judge() {
  local of=${bound_references[$2]:-$4} k other each way=$3
  measured='' verdict=''
  k=$(index_of "${bound_labels[$2]}")
  if [ -z "$k" ] || [ -z "${median[$way,$k]}" ]; then return 1; fi
  if [ "$of" = itself ]; then
    measured=$(in_unit "${median[$way,$k]}")
  else
    other=$(index_of "$of")
    if [ -z "$other" ] || [ -z "${median[$way,$other]}" ]; then return 1; fi
    measured=$(ratio "${median[$way,$k]}" "${median[$way,$other]}")
  fi
  if [ ${#judged[@]} -gt 0 ]; then
    for each in "${judged[@]}"; do if [ "$each" = "$way" ]; then verdict='?'; fi; done
    if [ -z "$verdict" ]; then return 0; fi
  fi
  if at_most "$measured" "${bound_mosts[$2]}"; then verdict=kept; else verdict=missed; fi
}

# of_what BOUND REFERENCE: in words
of_what() {
  case ${bound_references[$1]} in
    itself) echo "${bound_labels[$1]}, $unit" ;;
    *) echo "${bound_labels[$1]} / ${bound_references[$1]:-$2}" ;;
  esac
}

# table SECTION TITLE CALLS REFERENCE WAY...: medians; REFERENCE is the label that the ratios are to
table() {
  if [ "$json" = yes ]; then table_json "$@"; else table_text "$@"; fi
  if [ -n "$markdown" ]; then table_markdown "$@" >>"$work/tables.md"; fi
  note_bounds "$@"
}

quoted() {
  local text=${1//\\/\\\\}
  echo "\"${text//\"/\\\"}\""
}

table_json() {
  local section=$1 calls=$3 reference=$4 way k b base scale=1 name=$unit of
  shift 4
  base=$(index_of "$reference")
  # us and ns are both written in ns.
  case $unit in us) name=ns ;; *) scale=$(per_unit) ;; esac
  number() { LC_ALL=C awk "BEGIN { printf \"%.$(digits)f\", $1 / $scale }"; }
  for k in "${!labels[@]}"; do
    for way in "$@"; do
      if [ -z "${median[$way,$k]}" ]; then continue; fi
      printf '{"section":%s,"way":%s,"candidate":%s,"unit":"%s","median":%s,"p90":%s,"reference":%s,"ratio":%s,"calls":%d}\n' \
        "$(quoted "$section")" "$(quoted "$way")" "$(quoted "${labels[k]}")" "$name" "$(number "${median[$way,$k]}")" \
        "$(number "${slow[$way,$k]}")" "$(quoted "$reference")" \
        "$(ratio "${median[$way,$k]}" "${base:+${median[$way,$base]}}" | sed 's/^-$/null/')" "$calls"
    done
  done
  for b in "${!bound_labels[@]}"; do
    for way in "$@"; do
      if ! judge "$section" "$b" "$way" "$reference" || [ -z "$verdict" ]; then continue; fi
      case ${bound_references[b]} in itself) of=null ;; *) of=$(quoted "${bound_references[b]:-$reference}") ;; esac
      printf '{"section":%s,"way":%s,"candidate":%s,"reference":%s,"bound":%s,"measured":%s,"kept":%s}\n' \
        "$(quoted "$section")" "$(quoted "$way")" "$(quoted "${bound_labels[b]}")" "$of" "${bound_mosts[b]}" "$measured" \
        "$(if [ "$verdict" = kept ]; then echo true; else echo false; fi)"
    done
  done
}

table_text() {
  local section=$1 title=$2 calls=$3 reference=$4 way k b base
  shift 4
  base=$(index_of "$reference")
  printf '\n%s (median of %d, %s)\n%-40s' "$title" "$calls" "$unit" ""
  for way in "$@"; do printf '%14s %8s' "$way" "${reference:+/ ${reference%%[ ,]*}}"; done
  printf '\n'
  for k in "${!labels[@]}"; do
    printf '%-40s' "${labels[k]}"
    for way in "$@"; do
      printf '%14s %8s' "$(in_unit "${median[$way,$k]}")" \
        "$(if [ -n "$reference" ]; then ratio "${median[$way,$k]}" "${base:+${median[$way,$base]}}"; fi)"
    done
    printf '\n'
  done
  if [ ${#bound_labels[@]} = 0 ]; then return; fi
  printf '%-72s%8s' "bound" "at most"
  for way in "$@"; do printf '%16s' "$way"; done
  printf '\n'
  for b in "${!bound_labels[@]}"; do
    printf '%-72s%8s' "$(of_what "$b" "$reference")" "${bound_mosts[b]}"
    for way in "$@"; do
      judge "$section" "$b" "$way" "$reference" || true
      printf '%9s %-6s' "${measured:--}" "$verdict"
    done
    printf '\n'
  done
}

table_markdown() {
  local title=$2 calls=$3 reference=$4 way k base
  shift 4
  base=$(index_of "$reference")
  printf '\n### %s\n\n| median of %d, %s |' "$title" "$calls" "$(unit_name)"
  for way in "$@"; do printf ' %s |%s' "${way//_/ }" "${reference:+ / ${reference%%[ ,]*} |}"; done
  printf '\n|---|'
  for way in "$@"; do printf -- '--:|%s' "${reference:+--:|}"; done
  printf '\n'
  for k in "${!labels[@]}"; do
    printf '| %s |' "${labels[k]}"
    for way in "$@"; do
      printf ' %s |' "$(in_unit "${median[$way,$k]}")"
      if [ -n "$reference" ]; then printf ' %s |' "$(ratio "${median[$way,$k]}" "${base:+${median[$way,$base]}}")"; fi
    done
    printf '\n'
  done
}

# For the summary: a line a judged bound, fields between tabs
note_bounds() {
  local section=$1 reference=$4 way b
  shift 4
  for b in "${!bound_labels[@]}"; do
    for way in "$@"; do
      if ! judge "$section" "$b" "$way" "$reference" || [ -z "$verdict" ]; then continue; fi
      printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$section" "$(of_what "$b" "$reference")" "${bound_mosts[b]}" "${way//_/ }" \
        "$measured" "$verdict" >>"$work/bounds"
    done
  done
}

# How many bounds were kept, and which were not.
summary_text() {
  if [ ! -s "$work/bounds" ]; then return; fi
  awk -F '\t' '
    { all++ }
    $6 == "kept" { kept++; next }
    { missed[++count] = sprintf("missed: %s, %s: %s, at most %s", $2, $4, $5, $3) }
    END {
      printf "\n%d of %d bounds kept\n", kept, all
      for (i = 1; i <= count; i++) print missed[i]
    }' "$work/bounds"
}

summary_markdown() {
  printf '| bound | at most | measured | | in |\n|---|--:|--:|---|---|\n'
  if [ -s "$work/bounds" ]; then
    awk -F '\t' '{ printf "| %s | %s | %s | %s | %s, %s |\n", $2, $3, $5, ($6 == "kept" ? "kept" : "**missed**"), $1, $4 }' "$work/bounds"
  fi
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2034,SC2153,SC2154 # what the helpers use and set
# Shell completion: for bash as readline calls it, for fish and zsh where they are installed.

load ../helpers
load docs

setup() {
  own_store
  "$SHMCTL" -q counter create hits
  "$SHMCTL" -q counter create host:a@b
  "$SHMCTL" -q counter create host:a@c
  "$SHMCTL" -q value create heat --type float
  "$SHMCTL" queue create jobs
  "$SHMCTL" run nightly true
  # The completion calls the program by the word on the line.
  mkdir "$BATS_TEST_TMPDIR/bin"
  ln -s "$SHMCTL" "$BATS_TEST_TMPDIR/bin/shmctl"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

# --- bash ------------------------------------------------------------------------------------------------------------

use_bash() {
  completion shmctl.bash /usr/share/bash-completion/completions/shmctl
  # shellcheck source=/dev/null
  source "$FOUND"
}

# offers LINE [WORD...]: for that line with the cursor at its end, the completion offers these words and no other
offers() {
  local line=$1 rest=$1
  shift
  COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
  COMP_LINE=$line COMP_POINT=${#line} COMP_WORDS=() COMPREPLY=()
  while [[ $rest =~ ^[[:space:]]*([^[:space:]:=@]+|[:=@]+)(.*)$ ]]; do
    COMP_WORDS+=("${BASH_REMATCH[1]}")
    rest=${BASH_REMATCH[2]}
  done
  if [[ $line == *[[:space:]] ]]; then COMP_WORDS+=(''); fi
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _shmctl || true
  # Without another process: it is done for every option of every verb.
  local word
  local -A found=() wanted=()
  for word in "${COMPREPLY[@]}"; do found["=$word"]=1; done
  for word; do wanted["=$word"]=1; done
  for word; do [ -n "${found["=$word"]-}" ] || fail "not offered for '$line': $word"; done
  [ ${#found[@]} = ${#wanted[@]} ] || fail "offered for '$line': ${COMPREPLY[*]}"
}

@test "bash: verbs and kinds" {
  use_bash
  # shellcheck disable=SC2046
  offers 'shmctl ' $(help_section Verbs) $(help_section 'Kinds of objects')
  offers 'shmctl coun' counter
  offers 'shmctl counter de' decr
  offers 'shmctl --json counter inc' incr
  offers 'shmctl --store /nonexistent counter inc' incr
  offers 'shmctl counter -q inc' incr
  offers 'shmctl nosuch '
  offers 'shmctl counter nosuch '
}

@test "bash: every verb completes its options" {
  use_bash
  local words option options longer each
  while read -ra words <&4; do
    mapfile -t options < <("$SHMCTL" "${words[@]}" --help | sed -n 's/^  [-a-z0-9, ]* \(--[a-z-]*\).*/\1/p')
    [ ${#options[@]} -gt 0 ]
    for option in "${options[@]}"; do
      longer=()
      for each in "${options[@]}"; do if [[ $each == "$option"* ]]; then longer+=("$each"); fi; done
      offers "shmctl ${words[*]} $option" "${longer[@]}"
    done
  done 4< <(all_verbs)
}

@test "bash: names of objects of the verb's kind, and of jobs" {
  use_bash
  offers 'shmctl counter incr ' hits host:a@b host:a@c
  offers 'shmctl counter get hits hi' hits
  offers 'shmctl value add ' heat
  offers 'shmctl queue push ' jobs
  offers 'shmctl queue take --wait 5 j' jobs
  offers 'shmctl queue create '
  offers 'shmctl rm h' heat hits host:a@b host:a@c
  offers 'shmctl stat night' nightly
  offers 'shmctl who ' nightly
  offers 'shmctl pause n' nightly
  offers 'shmctl token ' get check
  offers 'shmctl token check n' nightly
  offers 'shmctl run n' nightly
  offers 'shmctl counter create '
  offers 'shmctl counter cas hits '
}

@test "bash: names with the characters that readline splits at" {
  use_bash
  offers 'shmctl counter get host:' a@b a@c
  offers 'shmctl counter get host:a@' b c
  offers 'shmctl counter get host:a@b' b
}

@test "bash: arguments of options" {
  use_bash
  offers 'shmctl counter create x --on-limit ' fail saturate wrap
  offers 'shmctl counter create x --on-limit=s' saturate
  offers 'shmctl run --on-busy w' wait
  offers 'shmctl queue items jobs --state ' ready held delayed buried all
  offers 'shmctl value create x --type ' int uint float bool text bytes
  offers 'shmctl ls --kind ' array block counter dict list queue value job
  offers 'shmctl ls -k j' job
  offers 'shmctl counter create x --group roo' root
  offers 'shmctl --store @roo' root
  offers 'shmctl counter create x --min '
  mkdir "$BATS_TEST_TMPDIR/one" && touch "$BATS_TEST_TMPDIR/one-file"
  offers "shmctl --store $BATS_TEST_TMPDIR/on" "$BATS_TEST_TMPDIR/one"
  offers "shmctl counter incr --store=$BATS_TEST_TMPDIR/on" "$BATS_TEST_TMPDIR/one"
}

@test "bash: names from the store that the line says" {
  use_bash
  local other=$BATS_TEST_TMPDIR/other
  "$SHMCTL" -q --store "$other" counter incr elsewhere
  offers "shmctl --store $other counter get " elsewhere
  offers "shmctl counter --store=$other get e" elsewhere
  offers "shmctl counter get --store $BATS_TEST_TMPDIR/nosuch "
  [ ! -e "$BATS_TEST_TMPDIR/nosuch" ]
}

@test "bash: the command of run" {
  use_bash
  offers 'shmctl run nightly timeou' timeout
  offers 'shmctl run -w 5 nightly timeou' timeout
  offers 'shmctl run nightly --timeout 5 timeou' timeout
  offers 'shmctl run nightly -- timeou' timeout
  offers 'shmctl queue work -j 4 jobs --retries 2 timeou' timeout
  offers 'shmctl queue work jobs --ret' --retries
  offers 'shmctl queue work jobs cat --ret'
  touch "$BATS_TEST_TMPDIR/one-file"
  offers "shmctl run nightly cat $BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/one-file"
  offers 'shmctl run nightly cat --sto'
  offers 'shmctl run nightly --sto' --store
  offers 'shmctl run-one timeou' timeout
  offers 'shmctl run-one --on-busy r' replace
  offers "shmctl flock $BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/one-file"
  offers "shmctl flock -s -w 5 $BATS_TEST_TMPDIR/one-file timeou" timeout
}

@test "bash: the command of run completes as on a line of its own" {
  use_bash
  [ -e /usr/share/bash-completion/bash_completion ] || skip "needs bash-completion"
  # shellcheck source=/dev/null
  source /usr/share/bash-completion/bash_completion
  _its_own() { COMPREPLY=("${COMP_WORDS[0]}/$COMP_CWORD/$2"); }
  complete -F _its_own its-own
  offers 'shmctl --store=/x:y run -q nightly its-own --a b' its-own/2/b
}

@test "bash: help completes what it takes" {
  use_bash
  offers 'shmctl help coun' counter
  offers 'shmctl help counter icn'
  offers 'shmctl help counter inc' incr
}

@test "bash: the script is accepted by shellcheck" {
  need shellcheck
  use_bash
  call shellcheck "$FOUND"
  assert_done
}

# --- fish ------------------------------------------------------------------------------------------------------------

# fish_offers LINE [WORD...]: to be asked by fish_asked, for all such lines at once. That a fish starts takes long, and so
# does that it looks for the manual pages of commands, which it does for what it says beside them.
fish_offers() {
  FISH_LINES+=("$1")
  FISH_WANTED+=("$(printf '%s\n' "${@:2}" | sort -u)")
}
fish_asked() {
  local found i
  # shellcheck disable=SC2016 # fish expands it
  mapfile -d '' -t found < <(HOME=$BATS_TEST_TMPDIR fish --no-config -c '
    function __fish_describe_command; end
    source $argv[1]
    for line in $argv[2..]; complete -C $line; printf "\0"; end' "$FOUND" "${FISH_LINES[@]}" 2>&1)
  [ ${#found[@]} = ${#FISH_LINES[@]} ] || fail "fish says: ${found[*]}"
  for i in "${!FISH_LINES[@]}"; do
    [ "$(cut -f1 <<<"${found[i]%$'\n'}" | sort -u)" = "${FISH_WANTED[i]}" ] ||
      fail "fish offers for '${FISH_LINES[i]}': ${found[i]}"
  done
}

@test "fish: verbs, names, arguments and commands" {
  need fish
  local FISH_LINES=() FISH_WANTED=()
  completion shmctl.fish /usr/share/fish/vendor_completions.d/shmctl.fish
  # shellcheck disable=SC2046
  fish_offers 'shmctl ' $(help_section Verbs) $(help_section 'Kinds of objects')
  fish_offers 'shmctl counter inc' incr
  fish_offers 'shmctl --json counter incr ' hits host:a@b host:a@c
  fish_offers 'shmctl who ' nightly
  fish_offers 'shmctl counter incr --exi' --existing
  fish_offers 'shmctl run --hold ' kill-tree main tree
  fish_offers 'shmctl run nightly --on-busy w' wait
  fish_offers 'shmctl run nightly --sla'
  fish_offers 'shmctl run nightly --slo' --slots
  fish_offers 'shmctl run -w 5 nightly timeou' timeout
  fish_offers 'shmctl run nightly -- timeou' timeout
  fish_offers 'shmctl queue work jobs --ret' --retries
  fish_offers 'shmctl queue work -j 4 jobs --retries 2 timeou' timeout
  fish_offers 'shmctl queue work jobs -- timeou' timeout
  fish_offers 'shmctl queue work jobs --follow cat --ret'
  fish_offers 'shmctl ls --kind ' array block counter dict list queue value job
  fish_offers 'shmctl run-one timeou' timeout
  fish_offers 'shmctl run-one --on-busy r' replace
  fish_offers 'shmctl flock -w 5 /dev/null timeou' timeout
  fish_offers 'shmctl help counter inc' incr
  fish_asked
}

# --- zsh -------------------------------------------------------------------------------------------------------------

# zsh_completes LINE WHOLE: a tab after LINE makes it WHOLE; tried by zsh_tried, in one zsh
zsh_completes() { ZSH_PAIRS+=("$1" "$2"); }
# shellcheck disable=SC2016 # zsh expands it
zsh_tried() {
  call zsh -f -c '
    zmodload zsh/zpty
    zpty shell "PS1=\"READY\" TERM=dumb zsh -f -i"
    zpty -r -m shell line "*READY" || exit
    zpty -w -n shell "fpath=(${1:h} \$fpath); autoload -Uz compinit; compinit -u -D; PS1=COMPLETE:
"
    zpty -r -m shell line "*
*COMPLETE:" || exit
    shift
    for before whole in "$@"; do
      zpty -w -n shell "$before"$'"'\t'"'
      zpty -r -m shell line "*$whole" && print -r "$before: $whole"
      # An empty line, and a command of which is known that it was run.
      zpty -w -n shell $'"'\x15'"'"print DO\"\"NE
"
      zpty -r -m shell line "*DONE*COMPLETE:" || exit
    done
    zpty -d shell' zsh_tried "$FOUND" "${ZSH_PAIRS[@]}"
  assert_done "$(printf '%s: %s\n' "${ZSH_PAIRS[@]}")"
}

@test "zsh: verbs, names, arguments and commands" {
  need zsh
  local ZSH_PAIRS=()
  completion _shmctl /usr/share/zsh/vendor-completions/_shmctl
  zsh_completes 'shmctl coun' 'shmctl counter'
  zsh_completes 'shmctl counter inc' 'shmctl counter incr'
  zsh_completes 'shmctl --json counter get hi' 'shmctl --json counter get hits'
  zsh_completes 'shmctl who ' 'shmctl who nightly'
  zsh_completes 'shmctl counter incr hits --exi' 'shmctl counter incr hits --existing'
  zsh_completes 'shmctl run nightly --on-busy w' 'shmctl run nightly --on-busy wait'
  zsh_completes 'shmctl run -w 5 nightly timeou' 'shmctl run -w 5 nightly timeout'
  zsh_completes 'shmctl help counter inc' 'shmctl help counter incr'
  zsh_tried
}

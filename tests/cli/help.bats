#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Help at every level, the manual pages, and how the command line is read.

load ../helpers
load docs

setup() { own_store; }

# help_is_good: the last call printed help
help_is_good() {
  assert_status 0
  assert_no_stderr
  [ -s "$OUT" ] || fail "no help"
  local long
  long=$(grep -nE -e '^.{81}' -e '[[:space:]]$' "$OUT") && fail "wider than 80 columns, or white space at an end: $long"
  return 0
}

# --- help ------------------------------------------------------------------------------------------------------------

@test "there are verbs" {
  local verbs
  verbs=$(all_verbs)
  for verb in run who ls rm stat doctor help 'counter incr' 'queue push' 'value set'; do
    grep -qx "$verb" <<<"$verbs" || fail "the help does not name $verb"
  done
}

@test "--help, -h and help print the same, at most 80 columns wide" {
  shm --help
  help_is_good
  local all=$out
  shm -h
  assert_done "$all"
  shm help
  assert_done "$all"
}

@test "every kind and every verb has help, by --help, -h and help" {
  local words
  while read -ra words <&4; do
    shm "${words[@]}" --help
    help_is_good
    local text=$out
    [[ $text == "Usage: shmctl ${words[*]} "* ]] || fail "does not begin with the usage of ${words[*]}"
    shm "${words[@]}" -h
    assert_done "$text"
    shm help "${words[@]}"
    assert_done "$text"
  done 4< <(help_section 'Kinds of objects' && all_verbs)
}

@test "the help of a verb names its manual page, and that is there" {
  local words page
  while read -ra words <&4; do
    shm "${words[@]}" --help
    [[ $out =~ More\ in\ ([a-z-]+)\(1\) ]] || fail "names no page"
    page=${BASH_REMATCH[1]}.1
    man_page "$page"
  done 4< <(all_verbs)
}

@test "--help wins over operands that are missing, too many or wrong" {
  local words
  for words in 'counter incr' 'counter cas a b c d e' 'counter incr x y=z' 'run' 'who a b c' 'value create x'; do
    # shellcheck disable=SC2086
    shm $words --help
    help_is_good
  done
  shm --help counter incr
  help_is_good
  [[ $out == "Usage: shmctl counter incr"* ]]
}

@test "--help in the command of run is the command's" {
  shm run job printf '%s\n' --help
  assert_done --help
  shm run job --help echo
  help_is_good
  [[ $out == "Usage: shmctl run"* ]]
}

@test "help opens nothing: it works where there can be no store" {
  SHMCTL_STORE=/nonexistent/a shm counter incr --help
  help_is_good
  SHMCTL_STORE=/nonexistent/a shm help run
  help_is_good
}

@test "--version" {
  shm --version
  assert_status 0
  assert_no_stderr
  [[ $out =~ ^shmctl\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "not a version"
  local version=$out
  shm counter incr --version
  assert_done "$version"
}

# --- wrong words -----------------------------------------------------------------------------------------------------

@test "a near miss is suggested, nothing is done" {
  local words meant
  while IFS='|' read -r words meant <&4; do
    # shellcheck disable=SC2086
    shm $words
    assert_refused 2 "did you mean '$meant'?"
  done 4<<'END'
conter incr x|counter
lss|ls
doktor|doctor
counter icnr x|incr
counter swpa x 1|swap
quue push x 1|queue
queue psuh x 1|push
value st x 1|set
help countr|counter
help counter icr|incr
counter get x --defualt 1|--default
counter incr x --exist|--existing
ls --json --knd counter|--kind
run job --on-busy wiat true|wait
counter create x --on-limit warp|wrap
END
  [ ! -e "$STORE" ]
}

@test "what is far from everything gets no suggestion" {
  shm xyzzy
  assert_refused 2 "unknown verb 'xyzzy'"
  [[ $err != *"did you mean"* ]]
  shm counter xyzzy a
  assert_refused 2 "unknown verb 'xyzzy'"
  [[ $err != *"did you mean"* ]]
}

@test "a verb that is missing, and operands that are missing or too many" {
  shm
  assert_refused 2 --help
  shm counter
  assert_refused 2 'counter --help'
  shm counter incr
  assert_refused 2 NAME
  shm counter cas x 1
  assert_refused 2 NEW
  shm counter cas x 1 2 3
  assert_refused 2 "'3'"
  shm run job
  assert_refused 2 COMMAND
  shm stat
  assert_refused 2 NAME
}

@test "options are never abbreviated" {
  local words
  for words in '--js counter get x' 'counter incr x --exist' 'counter incr x --ne' '--vers' '--hel' \
    'run job --on wait true' 'ls --name' 'counter get x --def 1'; do
    # shellcheck disable=SC2086
    shm $words
    assert_refused 2 'unknown option'
  done
}

@test "an option of another verb, an argument that is missing or not wanted" {
  shm counter get x --existing
  assert_refused 2 "'--existing'"
  shm counter get x --default
  assert_refused 2 default
  shm counter incr x --existing=yes
  assert_refused 2 existing
  shm counter get x -z
  assert_refused 2 "'-z'"
  shm --json --raw counter get x
  assert_refused 2 exclude
}

# --- options anywhere ------------------------------------------------------------------------------------------------

@test "options may stand anywhere" {
  shm -q counter incr x
  assert_done
  shm counter -q incr x
  assert_done
  shm counter incr -q x
  assert_done
  shm counter incr x -q
  assert_done
  shm counter incr x 5 --raw
  assert_bytes 9
  shm counter --null get x x
  assert_bytes '9\09\0'
  shm -q0 counter get x
  assert_no_stdout
}

@test "--store as one word and as two, anywhere, and over SHMCTL_STORE" {
  local other=$BATS_TEST_TMPDIR/other
  shm "--store=$other" counter incr x 7
  assert_done 7
  shm counter get --store "$other" x
  assert_done 7
  shm counter get x --store "$other"
  assert_done 7
  shm counter get --default 0 x
  assert_done 0
}

@test "options of run stand before its command, after or before NAME" {
  shm run --timeout 9 job --hold main echo --hold -x
  assert_done '--hold -x'
  shm run job -- echo --json
  assert_done --json
  shm -q --store "$STORE" run -s job -- echo -- -q
  assert_done '-- -q'
}

@test "-- ends the options; negative numbers are operands" {
  shm counter incr -5 x
  assert_refused 2 "'-5'"
  shm counter incr x -5
  assert_done -5
  shm counter incr -- x -5
  assert_done -10
  shm counter get -- --json
  assert_refused 2 "'--json'"
}

# --- manual pages ----------------------------------------------------------------------------------------------------

@test "every verb has a section in its manual page, with its options" {
  local words page section option
  local -A sources=()
  while read -ra words <&4; do
    shm "${words[@]}" --help
    [[ $out =~ More\ in\ ([a-z-]+)\(1\) ]]
    page=${BASH_REMATCH[1]}.1
    if [ -z "${sources[$page]-}" ]; then
      man_page "$page"
      sources[$page]=$(gzip -cdf "$FOUND" | sed 's/[\]//g')
    fi
    section=$(sed -n "/^\\.SS ${words[*]}\$/,/^\\.S[SH]/p" <<<"${sources[$page]}")
    [ -n "$section" ] || fail "$page has no section on ${words[*]}"
    while read -r option; do
      [[ $section == *"fB--${option}fR"* ]] || fail "$page does not say --$option of ${words[*]}"
    done < <(sed -n '/^Options:/,/^$/s/^[^-]*-*[a-z]*,* *--\([a-z-]*\).*/\1/p' "$OUT")
  done 4< <(all_verbs)
}

@test "man shmctl VERB finds a page" {
  local verb end
  man_page shmctl.1
  [[ $FOUND == *.gz ]] && end=.gz
  for verb in $(help_section Verbs); do
    [ -e "$(dirname "$FOUND")/shmctl-$verb.1${end-}" ] || fail "no page shmctl-$verb(1) where shmctl(1) is"
  done
}

# those that have verbs
PAGES=(shmctl.1 shmctl-run.1 shmctl-jobs.1 shmctl-flock.1 shmctl-exec.1 shmctl-metrics.1 shmctl-objects.1
  shmctl-save.1 shmctl-array.1 shmctl-block.1 shmctl-counter.1 shmctl-dict.1 shmctl-list.1 shmctl-queue.1
  shmctl-value.1)

@test "the manual pages have the exit statuses of the help" {
  local page number
  for page in "${PAGES[@]}" shmctl.7; do
    man_page "$page"
    shm --help
    while read -r number <&4; do
      gzip -cdf "$FOUND" | grep -qF "\\fB$number\\fR" || fail "$page does not have $number"
    done 4< <(sed -n '/^Exit status:/,/^$/s/^  \([0-9, ]*[0-9]\|else\)  .*/\1/p' "$OUT")
  done
}

# each_page COMMAND...: runs it with the path of a copy of each page that is not a mere link, in one directory
each_page() {
  local page
  for page in "${PAGES[@]}" shmctl-jobs.conf.5 shmctl-services.7 shmctl.7; do
    man_page "$page"
    gzip -cdf "$FOUND" >"$BATS_TEST_TMPDIR/$page"
    call "$@" "$BATS_TEST_TMPDIR/$page"
    assert_status 0
    assert_no_stderr
  done
}

@test "man formats every page without a warning" {
  need man groff
  each_page man --warnings -E UTF-8 -l -Tutf8 -Z
}

@test "mandoc finds nothing wrong with any page" {
  need mandoc
  each_page mandoc -T lint -W warning
}

@test "every verb is named in a test" {
  local words pattern
  [ -e "$BATS_TEST_DIRNAME/help.bats" ] || skip "the tests are not here"
  while read -ra words <&4; do
    pattern="\\b(shm|run_in_background|\"\\\$SHMCTL\")( -[^ ]+)* ${words[*]}( |\$)"
    grep -qE -- "$pattern" "$BATS_TEST_DIRNAME"/*.bats || fail "no test calls: ${words[*]}"
  done 4< <(all_verbs)
}

# shellcheck shell=bash disable=SC2034 # FOUND is for the tests
# What help.bats and completion.bats share: the verbs as the help tells them, and where the generated files are.
# After `load ../helpers`.

# The words of one section of `shmctl --help`, a line each.
help_section() { "$SHMCTL" --help | sed -n "/^$1:/,/^\$/s/^  \\([a-z][a-z-]*\\).*/\\1/p"; }

# Every verb as its user types it, a line each: "ls", "counter incr".
all_verbs() {
  local kind
  help_section Verbs
  for kind in $(help_section 'Kinds of objects'); do
    "$SHMCTL" "$kind" --help | sed -n "/^Verbs:/,/^\$/s/^  \\([a-z][a-z0-9-]*\\).*/$kind \\1/p"
  done
}

# find_generated FILE DIRECTORY...: the first of the directories that has FILE, or FILE.gz; else the test is skipped
find_generated() {
  local file=$1 dir end
  shift
  for dir; do
    for end in '' .gz; do
      if [ -e "$dir/$file$end" ]; then
        FOUND=$dir/$file$end
        return
      fi
    done
  done
  skip "no $file beside the program or installed"
}

# man_page PAGE.SECTION: its source, in FOUND; of the build that the program is of, or else as installed
man_page() {
  find_generated "$1" ${SHMCTL_MAN_DIR:+"$SHMCTL_MAN_DIR" "$SHMCTL_MAN_DIR/man${1##*.}"} \
    "$BESIDE/../man" "/usr/share/man/man${1##*.}"
}

# completion FILE INSTALLED: the same for a completion; INSTALLED is the path of the installed one
completion() {
  local built=$BESIDE/../man/$1
  if [ -e "$built" ]; then FOUND=$built; else find_generated "$(basename "$2")" "$(dirname "$2")"; fi
}

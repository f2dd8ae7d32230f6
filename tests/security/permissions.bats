#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2154 # what inner shells expand; what `call` sets
# Who may do what: {root, the owner, another member of the group, another user} x verbs x modes, in root's store, in a
# user's own and in a group's. The tables are what is promised; a row is checked for each mode, and afterwards each
# object must hold what the allowed calls made of it, and nothing of the refused ones.

load ../helpers

MODES=(600 640 644 660 664)

setup() {
  private_mounts
  package_layout
}
teardown() { end_private_mounts; }

# prepare OWNER STORE [OPTIONS...]: as OWNER, for each mode a counter cMODE, a value vMODE and a text tMODE that hold 5, a
# queue qMODE and a list lMODE with one item, and a job
prepare() {
  local mode
  OWNER=$1 WHERE=$2
  shift 2
  CREATING=("$@")
  for mode in "${MODES[@]}"; do
    as "$OWNER" shm -q --store "$WHERE" counter create "c$mode" 5 --mode "$mode" "${CREATING[@]}"
    assert_done
    as "$OWNER" shm -q --store "$WHERE" value create "v$mode" 5 --type int --mode "$mode" "${CREATING[@]}"
    assert_done
    as "$OWNER" shm -q --store "$WHERE" value create "t$mode" 5 --type text --mode "$mode" "${CREATING[@]}"
    assert_done
    as "$OWNER" shm -q --store "$WHERE" queue create "q$mode" --mode "$mode" "${CREATING[@]}"
    assert_done
    as "$OWNER" shm -q --store "$WHERE" queue push "q$mode" 5
    assert_done
    as "$OWNER" shm -q --store "$WHERE" list create "l$mode" --mode "$mode" "${CREATING[@]}"
    assert_done
    as "$OWNER" shm -q --store "$WHERE" list append "l$mode" 5
    assert_done
  done
  as "$OWNER" shm --store "$WHERE" run job true
  assert_done
}

# words_of VERB MODE: the call in question
words_of() {
  case $1 in
    incr) echo "counter incr c$2" ;;
    get) echo "counter get c$2" ;;
    set) echo "counter set c$2 5" ;;
    cas) echo "counter cas c$2 5 5" ;;
    stat) echo "stat c$2" ;;
    vget) echo "value get v$2" ;;
    vset) echo "value set v$2 5" ;;
    vadd) echo "value add v$2 0" ;;
    tget) echo "value get t$2" ;;
    tset) echo "value set t$2 5" ;;
    lget) echo "list get l$2" ;;
    lset) echo "list set l$2 0 5" ;;
    qpeek) echo "queue peek q$2" ;;
    qlen) echo "queue len q$2" ;;
    qpush) echo "queue push q$2 6" ;;
    taken) echo "counter create c$2" ;;
    rm | qrm) echo "rm r$2" ;;
    create) echo "counter create new" ;;
    first) echo "counter incr new" ;;
    ls) echo "ls" ;;
    run) echo "run job true" ;;
    who) echo "who job" ;;
    rmjob) echo "rm --job job" ;;
  esac
}

# attempt WHO VERB MODE STATUS: checks one cell of a table
attempt() {
  local words
  case $2 in
    rm) as "$OWNER" shm -q --store "$WHERE" counter create "r$3" --mode "$3" "${CREATING[@]}" ;;
    qrm) as "$OWNER" shm -q --store "$WHERE" queue create "r$3" --mode "$3" "${CREATING[@]}" ;;
  esac
  words=$(words_of "$2" "$3")
  # shellcheck disable=SC2086 # several words
  as "$1" shm --store "$WHERE" $words
  CASES=$((CASES + 1))
  if [ "$status" != "$4" ]; then
    WRONG+="$1: $words: status $status, not $4 ($err)"$'\n'
  elif [ "$4" = 4 ]; then
    assert_refused 4
  fi
  case $2:$status in
    rm:4 | qrm:4) as "$OWNER" shm -q --store "$WHERE" rm "r$3" ;;
    qpush:0) as "$OWNER" shm -q --store "$WHERE" queue pop "q$3" --back ;;
    create:0 | first:0) as "$OWNER" shm -q --store "$WHERE" rm new ;;
    incr:0) as "$OWNER" shm -q --store "$WHERE" counter decr "c$3" ;;
    rmjob:0) as "$OWNER" shm --store "$WHERE" run job true ;;
  esac
}

# same_as VERB: verbs of other kinds that the table's row of VERB is for as well
same_as() {
  case $1 in
    vget) echo vget tget qlen qpeek lget ;;
    vset) echo vset tset qpush lset ;;
    rm) echo rm qrm ;;
    *) echo "$1" ;;
  esac
}

# table WHO, with rows on stdin: VERB and a status for each mode, or one status where there is no mode
table() {
  local verb each statuses i mode
  CASES=0 WRONG=
  while read -r verb statuses; do
    read -ra statuses <<<"$statuses"
    if [ ${#statuses[@]} = 1 ]; then attempt "$1" "$verb" 600 "${statuses[0]}" </dev/null; fi
    for i in "${!MODES[@]}"; do
      [ ${#statuses[@]} = "${#MODES[@]}" ] || break
      for each in $(same_as "$verb"); do attempt "$1" "$each" "${MODES[i]}" "${statuses[i]}" </dev/null; done
    done
  done
  [ -z "$WRONG" ] || fail "$WRONG"
  for mode in "${MODES[@]}"; do
    as "$OWNER" shm --store "$WHERE" counter get "c$mode"
    assert_done 5
    as "$OWNER" shm --store "$WHERE" value get "v$mode" "t$mode"
    assert_done $'5\n5'
    as "$OWNER" shm --store "$WHERE" queue peek "q$mode" --count 9
    assert_done 5
  done
  as "$OWNER" shm --store "$WHERE" ls new
  assert_done
  echo "$CASES cases"
}

# Whoever may do everything: the owner, and root where it trusts the place.
all_allowed() {
  table "$1" <<'END'
incr   0 0 0 0 0
get    0 0 0 0 0
set    0 0 0 0 0
cas    0 0 0 0 0
stat   0 0 0 0 0
vget   0 0 0 0 0
vset   0 0 0 0 0
vadd   0 0 0 0 0
taken  1 1 1 1 1
rm     0 0 0 0 0
create 0
first  0
ls     0
run    0
who    1
rmjob  0
END
}

# Whoever the store itself is closed to.
all_refused() {
  table "$1" <<'END'
incr   4 4 4 4 4
get    4 4 4 4 4
set    4 4 4 4 4
cas    4 4 4 4 4
stat   4 4 4 4 4
vget   4 4 4 4 4
vset   4 4 4 4 4
vadd   4 4 4 4 4
taken  4 4 4 4 4
rm     4 4 4 4 4
create 4
first  4
ls     4
run    4
who    4
rmjob  4
END
}

@test "root's store: root may everything" {
  prepare root sys --group "$TEAM"
  all_allowed root
}

@test "root's store: a member of the object's group may what its mode says, and neither make nor remove" {
  prepare root sys --group "$TEAM"
  table carol <<'END'
incr   4 4 4 0 0
get    4 0 0 0 0
set    4 4 4 0 0
cas    4 4 4 0 0
stat   4 0 0 0 0
vget   4 0 0 0 0
vset   4 4 4 0 0
vadd   4 4 4 0 0
rm     4 4 4 4 4
create 4
first  4
ls     0
run    4
who    4
rmjob  4
END
}

@test "root's store: another user may read what the mode opens to all, and nothing else" {
  prepare root sys --group "$TEAM"
  table bob <<'END'
incr   4 4 4 4 4
get    4 4 0 4 0
set    4 4 4 4 4
cas    4 4 4 4 4
stat   4 4 0 4 0
vget   4 4 0 4 0
vset   4 4 4 4 4
vadd   4 4 4 4 4
rm     4 4 4 4 4
create 4
first  4
ls     0
run    4
who    4
rmjob  4
END
}

@test "a user's own store: its owner may everything" {
  prepare alice /run/shmctl/u/4001
  all_allowed alice
}

@test "a user's own store: another user may nothing, whatever the modes" {
  prepare alice /run/shmctl/u/4001
  all_refused bob
}

@test "a user's own store: nor may root, who does not trust it" {
  prepare alice /run/shmctl/u/4001
  all_refused root
}

@test "a group's store: whoever made an object may everything" {
  prepare carol "@$TEAM"
  all_allowed carol
}

@test "a group's store: another member may what the mode says, and remove, make and run" {
  prepare carol "@$TEAM"
  table dave <<'END'
incr   4 4 4 0 0
get    4 0 0 0 0
set    4 4 4 0 0
cas    4 4 4 0 0
stat   4 0 0 0 0
vget   4 0 0 0 0
vset   4 4 4 0 0
vadd   4 4 4 0 0
taken  1 1 1 1 1
rm     0 0 0 0 0
create 0
first  0
ls     0
run    0
who    1
rmjob  0
END
}

@test "a group's store: root may everything" {
  prepare carol "@$TEAM"
  all_allowed root
}

@test "a group's store: another user may nothing, whatever the modes" {
  prepare carol "@$TEAM"
  all_refused bob
}

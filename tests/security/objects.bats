#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Under an object's name stands something that is none: every verb refuses it with one line and status 4, nothing is
# written through it, no call hangs at it, and `rm` takes it away alone. In a user's own store and in a group's, to
# another member and to root.

load ../helpers
load plants

setup() {
  private_mounts
  package_layout
  make_target
}
teardown() { end_private_mounts; }

EVERY=('counter incr bait' 'counter decr bait=2' 'counter get bait' 'counter get --default 1 bait' 'counter set bait 7'
  'counter swap bait 7' 'counter cas bait 1 2' 'counter reset bait' 'counter max bait 9' 'counter min bait 1'
  'value get bait' 'value set bait 1' 'value set bait 1 --type int' 'value swap bait 1' 'value cas bait 1 2'
  'value add bait 1' 'stat bait' 'value append bait x' 'value getdel bait' 'queue push bait x' 'queue pop bait'
  'queue peek bait' 'queue len bait' 'queue items bait' 'queue take bait' 'queue ack bait 1' 'queue clear bait' 'queue stats bait'
  'list append bait x' 'list insert bait 0 x' 'list get bait' 'list set bait 0 x' 'list pop bait' 'list remove bait x'
  'list index bait x' 'list count bait x' 'list len bait' 'list reverse bait' 'list sort bait' 'list clear bait')
SOME=('counter incr bait' 'counter get bait' 'value set bait 1 --type int' 'stat bait' 'queue push bait x' 'queue len bait')

# refused VICTIM STORE PATH WORDS...: each of these calls of the victim is refused, and what else there is goes on
refused() {
  local victim=$1 where=$2 path=$3 words
  shift 3
  for words in "$@"; do
    # shellcheck disable=SC2086 # several words
    as "$victim" shm --store "$where" $words
    assert_refused 4 bait
  done
  # A creation does not care what has taken the name.
  for words in 'counter create bait' 'value create bait --type int' 'value create bait --type text' 'queue create bait' \
    'list create bait'; do
    # shellcheck disable=SC2086 # several words
    as "$victim" shm --store "$where" $words
    assert_refused 1 bait exists
  done
  as "$victim" shm --store "$where" counter get good bait
  assert_status 4
  assert_stdout 5
  as "$victim" shm --store "$where" ls
  assert_status 0
  assert_no_stderr
  [[ $out == *'?        bait '* ]] || fail "ls does not show it"
  [[ $out == *'counter  good  5 '* ]] || fail "ls does not show what is good"
  as "$victim" shm --store "$where" doctor
  assert_status 4
  assert_no_stderr
  [[ $out == *$'\nbad  '*bait* ]] || fail "doctor does not name it"
  # A job of that name is another thing.
  as "$victim" shm --store "$where" run bait true
  assert_done
  as "$victim" shm --store "$where" rm --job bait
  assert_done
  assert_untouched
  as "$victim" shm --store "$where" rm bait
  if inside test -d "$path"; then
    assert_refused 4 bait
  else
    assert_done
    inside test ! -L "$path" -a ! -e "$path" || fail "still there"
  fi
  assert_untouched
}

# attack ATTACKER VICTIM STORE DIRECTORY: each plant
attack() {
  local attacker=$1 victim=$2 where=$3 path=$4/bait kind
  local -a calls
  as "$attacker" shm -q --store "$where" counter set good=5
  assert_status 0
  for kind in "${PLANTS[@]}"; do
    if as "$attacker" plant "$kind" "${path%/*}" bait; then
      echo "$kind"
      calls=("${SOME[@]}")
      if [[ $victim:$kind =~ root:(symlink|fifo|huge) ]]; then calls=("${EVERY[@]}"); fi
      refused "$victim" "$where" "$path" "${calls[@]}"
      unplant "$path"
    fi
  done
}

@test "in a group's store: a member is not led astray by another" {
  attack carol dave "@$TEAM" "/run/shmctl/g/$TEAM"
}

@test "in a group's store: root is not led astray by a member" {
  attack carol root "@$TEAM" "/run/shmctl/g/$TEAM"
}

@test "in a user's own store: what other tools put there is refused as well" {
  attack alice alice /run/shmctl/u/4001 /run/shmctl/u/4001
}

@test "in root's store: what root put there by mistake is refused to a reader" {
  shm -q counter create good 5 --mode 644
  local kind
  for kind in symlink dangling link-to-object hardlink fifo device foreign everybodys; do
    as root plant "$kind" /run/shmctl/sys bait
    as alice shm --store sys counter get bait
    assert_refused 4 bait
    as alice shm --store sys counter incr bait
    assert_refused 4 bait
    shm counter incr bait
    assert_refused 4 bait
    assert_untouched
    unplant /run/shmctl/sys/bait
  done
}

@test "a name that turns from object to link and back all the time: counted or refused, never through the link" {
  local store=/run/shmctl/g/$TEAM n=0
  as carol shm -q --store @"$TEAM" counter set bait=0
  # shellcheck disable=SC2016 # the inner shell expands it
  as carol inside bash -c 'cd "$1" && cp bait object && while [ ! -e stop ]; do
      ln -s "$2" link && mv -T link bait && ln object second && mv -T second bait
    done' turn "$store" "$TARGET" 2>/dev/null &
  local turning=$!
  while [ $n -lt 150 ]; do
    as root shm --store @"$TEAM" counter incr bait
    assert_status_in 0 4
    [ "$status" = 0 ] || assert_stderr_line bait
    n=$((n + 1))
  done
  inside touch "$store/stop"
  wait "$turning" || true
  assert_untouched
}

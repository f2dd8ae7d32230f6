#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2154 # what inner shells expand; what `call` sets
# Where a job keeps its record, its lock or its slots stands something that is none: the command is not run, with one
# line and status 4, nothing is written through what stands there, and `rm` takes it away. And what others may do to a
# job's files: nothing, or in a group's store what its members may.

load ../helpers
load plants

setup() {
  private_mounts
  package_layout
  make_target
  STORE=/run/shmctl/g/$TEAM
  RAN=/run/ran
  inside install -d -m 1777 "$RAN"
}
teardown() { end_private_mounts; }

# plain_file KIND: a file that the group's members may well have made
plain_file() { [[ $1 = empty || $1 = huge ]]; }

# refused VICTIM WORDS...: the command of run is not started
refused() {
  as "$1" shm --store "@$TEAM" run "${@:2}" touch "$RAN/$1"
  assert_refused 4 bait
  inside test ! -e "$RAN/$1" || fail "the command ran"
}

# runs VICTIM WORDS...
runs() {
  as "$1" shm --store "@$TEAM" run "${@:2}" echo ran
  assert_done ran
}

# attack FILE VICTIM CHECK: each plant by a member as FILE; `CHECK VICTIM KIND` says what is refused then
attack() {
  local file=$1 victim=$2 kind
  as carol shm -q --store "@$TEAM" counter set good=5
  for kind in "${PLANTS[@]}"; do
    if as carol plant "$kind" "$STORE" "$file"; then
      echo "$kind"
      "$3" "$victim" "$kind"
      assert_untouched
      as "$victim" shm --store "@$TEAM" ls
      assert_status 0
      assert_no_stderr
      as "$victim" shm --store "@$TEAM" counter get good
      assert_done 5
      if ! plain_file "$kind"; then
        as "$victim" shm --store "@$TEAM" doctor
        assert_status 4
        [[ $out == *$'\nbad  '*bait* ]] || fail "doctor does not name it"
      fi
      as "$victim" shm --store "@$TEAM" rm bait
      case $victim:$kind in
        *:directory) assert_refused 4 bait ;;
        dave:hardlink | dave:foreign) assert_status_in 0 1 4 ;; # what he can't open might be in use
        *) assert_status_in 0 1 ;;                             # 1: no record, no job
      esac
      unplant "$STORE/$file"
      assert_untouched
      runs "$victim" bait
      as root inside bash -c 'rm -f "$1"/bait,*' clean "$STORE"
    fi
  done
}

record_planted() {
  refused "$1" bait
  refused "$1" --shared bait
  refused "$1" --slots 2 bait
  as "$1" shm --store "@$TEAM" who bait
  assert_refused 4 bait
  as "$1" shm --store "@$TEAM" stat bait
  assert_refused 4 bait
}

lock_planted() {
  if plain_file "$2"; then
    runs "$1" bait
    return
  fi
  refused "$1" bait
  refused "$1" --shared bait
}

slot_planted() {
  if plain_file "$2"; then
    runs "$1" --slots 2 bait
    return
  fi
  refused "$1" --slots 2 bait
}

@test "a planted record: another member runs nothing" { attack bait,job dave record_planted; }
@test "a planted record: root runs nothing" { attack bait,job root record_planted; }
@test "a planted lock: another member runs nothing" { attack bait,job.lock dave lock_planted; }
@test "a planted lock: root runs nothing" { attack bait,job.lock root lock_planted; }
@test "a planted slot: another member runs nothing" { attack bait,job.slot.0 dave slot_planted; }
@test "a planted slot: root runs nothing" { attack bait,job.slot.0 root slot_planted; }

@test "nobody else can open a lock, a slot or a record, so nobody can hold a job or read its command" {
  shm run job true
  shm run slots --slots 2 true
  as alice shm run job true
  as alice shm run slots --slots 2 true
  local file
  for file in job,job job,job.lock slots,job slots,job.slot.0; do
    inside test -f "/run/shmctl/sys/$file"
    inside test -f "/run/shmctl/u/4001/$file"
    as bob call flock -n "/run/shmctl/sys/$file" true
    [ "$status" != 0 ] || fail "bob took root's $file"
    as bob call cat "/run/shmctl/sys/$file"
    [ "$status" != 0 ] || fail "bob read root's $file"
    as bob call flock -n "/run/shmctl/u/4001/$file" true
    [ "$status" != 0 ] || fail "bob took alice's $file"
  done
}

@test "another user's job of the same name is another job" {
  inside mkfifo -m 666 /run/go
  as alice inside "$SHMCTL" run job bash -c 'read -r <>"$1"' wait /run/go &
  local alices=$!
  until_true as alice inside "$SHMCTL" -q who job
  as bob shm run job true
  assert_done
  shm run job true
  assert_done
  as alice shm run job true
  assert_refused 75 job
  inside bash -c 'echo >/run/go'
  wait "$alices"
}

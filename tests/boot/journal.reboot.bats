# What runs wrote into the journal before the machine was started anew.
# shellcheck shell=bash disable=SC2154 # what `call` sets
load boot

@test "logs still has what was before the restart, of root's store and of a user's that is not there yet" {
  shm run journal-read sh -c 'exit 7'
  journalctl --sync
  shm logs journal-read
  assert_status 0
  [[ $out == *"succeeded"*$'\n-- reboot --\n'*"status 7"* ]] || fail "not before and after"
  shm history journal-read
  [ "$(grep -c . "$OUT")" = 2 ] || fail "the history was to be new"
  [ ! -e /run/shmctl/u/4001/journal-read,job ]
  as alice shm logs journal-read
  assert_status 0
  [[ $out == *"status 2"* ]] || fail "not alice's"
}

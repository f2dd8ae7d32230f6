# shellcheck shell=bash disable=SC2034 # what the files that load it read
# What save.bats and restore.bats need: two stores, and what to put there. After `load ../helpers`.

setup() {
  own_store
  FILE=$BATS_TEST_TMPDIR/saved
  OTHER=$BATS_TEST_TMPDIR/other
}

# there WORDS...: on the other store
there() { shm --store "$OTHER" "$@"; }
there_counter() {
  # shellcheck disable=SC2034 # for assert_counter
  local -a STORE_WORDS=(--store "$OTHER")
  assert_counter "$@"
}
# dump_of STORE
dump_of() { inside "$SHMCTL" --store "$1" dump; }

# some: an object of each kind, and a job
some() {
  shm -q counter set hits 5
  shm -q value create name --type text $'a "text"\n'
  shm -q queue push jobs a b
  shm -q list append list x y
  shm -q dict set dict key=value
  shm -q array create array int8 3
  shm -q block create block 100
  shm run backup true
}

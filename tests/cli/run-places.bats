#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2030,SC2031,SC2153,SC2154 # a subshell a test; what `call` sets
# run, in places that guards are not made for: inside itself, in pid namespaces, in a store that somebody else got at or
# that is full; and with kills at random. What flock(1) does in the same place stands beside it, as in run-traps.bats.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

# --- nested ----------------------------------------------------------------------------------------------------------

@test "the same job inside itself: a clear error at once, also where it would wait" {
  local options
  for options in "" "--wait 30" "--on-busy wait" "--shared" "--slots 1 --wait 30" "--busy-status 0"; do
    # shellcheck disable=SC2086
    shm run job sh -c '"$@"; exit $?' sh "$SHMCTL" run job $options echo inner
    assert_refused 75 "already runs inside that job" "wait for itself" || fail "$options"
  done
  shm run job "$SHMCTL" -q run job true
  assert_refused 75 "already runs inside"
  shm run job "$SHMCTL" run other "$SHMCTL" run job true
  assert_refused 75 "already runs inside"
  shm run job "$SHMCTL" run other echo inner
  assert_done inner
  assert_fact skips job 0
  # Beside each other in one job is no nesting.
  shm run job --shared "$SHMCTL" run job --shared echo inner
  assert_done inner
  shm run job --slots 2 "$SHMCTL" run job --slots 2 echo inner
  assert_done inner
  shm run job --slots 2 "$SHMCTL" run job --slots 2 "$SHMCTL" run job --slots 2 --wait 30 true
  assert_refused 75 "already runs inside"
}

@test "flock hangs on a lock that its own caller holds" {
  need flock
  call flock "$LOCK" flock -w 0.3 "$LOCK" true
  assert_status 1
}

# --- pid namespaces and other paths ----------------------------------------------------------------------------------

need_namespaces() {
  need_root
  unshare --pid --fork --mount-proc true 3>&- 2>/dev/null || skip "can't have pid namespaces"
}
NAMESPACE=(unshare --pid --fork --kill-child --mount-proc)

@test "pid namespaces: one job for all of them" {
  need_namespaces
  start one job
  call "${NAMESPACE[@]}" "$SHMCTL" run job true
  assert_busy "pid $JOB of another pid namespace" "holds it since"
  call "${NAMESPACE[@]}" "$SHMCTL" who job
  assert_status 0
  [[ $out == *"pid $JOB of another pid namespace"* ]]
  run_in_background waiter job --wait 30 true
  until_true waiting job 1
  call "${NAMESPACE[@]}" "$SHMCTL" who job
  [[ $out == *"1 waiting: 1 of another pid namespace" ]]
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  ended 0 "$BACKGROUND"
  "${NAMESPACE[@]}" "$SHMCTL" run job "$HOLD" "$BATS_TEST_TMPDIR/two" 3>&- &
  STARTED+=($!)
  until_true test -s "$BATS_TEST_TMPDIR/two.pid"
  shm run job true
  assert_busy "holds it since" "hold"
  shm run job --wait 60ms true
  assert_busy
  # As seen from outside, the command has another pid than it knows itself.
  shm who job
  [[ $out =~ ^pid\ ([0-9]+)\  ]]
  grep -q sleep "/proc/${BASH_REMATCH[1]}/comm"
  [ "$(<"$BATS_TEST_TMPDIR/two.pid")" != "${BASH_REMATCH[1]}" ]
  kill "${BASH_REMATCH[1]}"
  until_true free job
}

@test "pid namespaces: the supervisor of one is killed, its command has closed all, and is found from outside" {
  need_namespaces
  "${NAMESPACE[@]}" bash -c '"$SHMCTL" run job bash -c "$0" bash "$1" & echo $! >"$1.supervisor"; wait $!; wait; sleep 60' \
    "$CLOSING" "$BATS_TEST_TMPDIR/pid" 3>&- &
  local outer=$!
  STARTED+=("$outer")
  until_true test -s "$BATS_TEST_TMPDIR/pid"
  shm who job
  [[ $out =~ ^pid\ ([0-9]+)\  ]]
  local main=${BASH_REMATCH[1]} supervisor
  read -r _ _ _ supervisor _ <"/proc/$main/stat"
  kill -9 "$supervisor"
  until_true gone "$supervisor"
  lives "$main"
  shm run job true
  assert_busy "supervisor gone, job pid $main"
  kill "$main"
  until_true gone "$main"
  shm run job true
  assert_done
}

@test "pid namespaces: a whole one is killed, and the job is free" {
  need_namespaces
  "${NAMESPACE[@]}" "$SHMCTL" run job "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&- &
  local outer=$!
  until_true test -s "$BATS_TEST_TMPDIR/one.pid"
  kill -9 "$outer"
  wait "$outer" || true
  until_true free job
  call "${NAMESPACE[@]}" "$SHMCTL" run job true
  assert_done
  shm run job true
  assert_done
  assert_fact lost job 1
}

@test "pid namespaces: one without a /proc of its own is guarded; what needs the tree is refused" {
  need_namespaces
  local -a bare=(unshare --pid --fork --kill-child)
  call "${bare[@]}" "$SHMCTL" run job sh -c 'exit 3'
  assert_status 3
  "${bare[@]}" "$SHMCTL" run job "$HOLD" "$BATS_TEST_TMPDIR/one" 3>&- &
  STARTED+=($!)
  until_true test -s "$BATS_TEST_TMPDIR/one.pid"
  call "${bare[@]}" "$SHMCTL" run job true
  assert_busy
  shm run job true
  assert_busy "holds it since"
  # The supervisor is PID 1 there; the signal reaches the command though no /proc tells of it.
  shm who job --json
  [[ $out =~ \"pid\":([0-9]+) ]]
  local main=${BASH_REMATCH[1]} supervisor
  read -r _ _ _ supervisor _ <"/proc/$main/stat"
  kill -TERM "$supervisor"
  until_true gone "$main"
  until_true free job
  call "${bare[@]}" "$SHMCTL" run job --timeout 5 touch "$BATS_TEST_TMPDIR/ran"
  assert_refused 4 "/proc"
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
  shm run job "${bare[@]}" "$SHMCTL" run job --wait 30 true
  assert_refused 75 "already runs inside"
}

@test "pid namespaces: nested across one is a clear error too" {
  need_namespaces
  shm run job "${NAMESPACE[@]}" "$SHMCTL" run job --wait 30 true
  assert_refused 75 "already runs inside"
}

@test "a store reached by two paths has one lock" {
  private_mounts
  mkdir -m 700 "$BATS_TEST_TMPDIR/store"
  inside bash -c 'mkdir /run/bound && mount --bind "$1" /run/bound' bash "$BATS_TEST_TMPDIR/store"
  start one job
  SHMCTL_STORE=/run/bound shm run job true
  assert_busy "pid $JOB"
  ln -s store "$BATS_TEST_TMPDIR/link"
  SHMCTL_STORE=$BATS_TEST_TMPDIR/link shm run job true
  assert_refused 4
  kill "$JOB"
  end_private_mounts
}

# --- others ----------------------------------------------------------------------------------------------------------

@test "nobody else can lock the job's files" {
  shm run job --slots 2 true
  shm run job true
  local file
  for file in "$STORE"/*; do [ "$(stat -c %a "$file")" = 600 ]; done
}

@test "flock's lock file, made with the usual umask, can be locked by anybody" {
  need_root
  need flock setpriv
  chmod 755 "$BATS_TEST_TMPDIR" "$BATS_RUN_TMPDIR"
  (umask 022 && flock "$LOCK" true)
  "${ALICE[@]}" test -r "$LOCK" || skip "the test's directory is closed to others"
  "${ALICE[@]}" flock "$LOCK" sleep 60 3>&- &
  STARTED+=($!)
  until_true not flock -n "$LOCK" true
}

@test "planted and damaged files: 4, and nothing runs" {
  mkdir -m 700 "$STORE"
  local file plant
  for file in job,job job,job.lock; do
    for plant in link fifo dir hard; do
      rm -rf "${STORE:?}"/*
      case $plant in
        link) : >"$BATS_TEST_TMPDIR/target" && ln -s "$BATS_TEST_TMPDIR/target" "$STORE/$file" ;;
        fifo) mkfifo -m 600 "$STORE/$file" ;;
        dir) mkdir "$STORE/$file" ;;
        hard) : >"$STORE/x" && chmod 600 "$STORE/x" && ln "$STORE/x" "$STORE/$file" ;;
      esac
      shm run job touch "$BATS_TEST_TMPDIR/ran"
      assert_refused 4 || fail "$file as $plant"
      [ ! -e "$BATS_TEST_TMPDIR/ran" ]
    done
  done
  rm -rf "${STORE:?}"/*
  for plant in empty short zeros random kind; do
    shm run job true
    case $plant in
      empty) : >"$STORE/job,job" ;;
      short) truncate -s 4000 "$STORE/job,job" ;;
      zeros) head -c 4096 /dev/zero >"$STORE/job,job" ;;
      random) head -c 4096 /dev/urandom >"$STORE/job,job" ;;
      kind) shm counter incr c && cat "$STORE/c" >"$STORE/job,job" ;;
    esac
    shm run job touch "$BATS_TEST_TMPDIR/ran"
    assert_refused 4 "job,job" || fail "$plant"
    shm who job
    assert_refused 4 "job,job"
    [ ! -e "$BATS_TEST_TMPDIR/ran" ]
    shm rm --job job
    assert_done
  done
}

@test "a record of random entries: whatever it says, there is no crash and no hang" {
  local i
  for i in {1..40}; do
    shm run job true
    head -c 3584 /dev/urandom | dd of="$STORE/job,job" bs=512 seek=1 conv=notrunc status=none
    # Some entries that are whole: an even version.
    printf '\0' | dd of="$STORE/job,job" bs=1 seek=512 conv=notrunc status=none
    printf '\0' | dd of="$STORE/job,job" bs=1 seek=1024 conv=notrunc status=none
    shm run job true
    assert_status_in 0 75
    shm who job
    assert_status_in 0 1
    shm who job --json
    assert_status_in 0 1
    rm "$STORE"/*
  done
}

@test "no descriptors left, no space left: 5, and nothing runs" {
  shm run job true
  local limit
  for limit in 4 5 6; do
    call bash -c "ulimit -n $limit; exec \"\$0\" run job touch '$BATS_TEST_TMPDIR/ran'" "$SHMCTL"
    assert_refused 5 || fail "limit $limit"
    [ ! -e "$BATS_TEST_TMPDIR/ran" ]
  done
  call bash -c "ulimit -n 20; exec \"\$0\" run job echo fine" "$SHMCTL"
  assert_done fine
}

@test "a full file system, one without inodes, one that is read-only: nothing runs" {
  private_mounts
  inside bash -c 'mkdir /run/full /run/inodes /run/read && mount -t tmpfs -o size=32k,mode=700 f /run/full &&
    mount -t tmpfs -o nr_inodes=2,mode=700 i /run/inodes && mount -t tmpfs -o ro,mode=700 r /run/read &&
    head -c 32768 /dev/zero >/run/full/fill; : >/run/inodes/one; true' 2>/dev/null
  SHMCTL_STORE=/run/full shm run job touch /run/ran
  assert_refused 5
  SHMCTL_STORE=/run/inodes shm run job touch /run/ran
  assert_refused 5
  SHMCTL_STORE=/run/read shm run job touch /run/ran
  assert_refused 4
  inside test ! -e /run/ran
  end_private_mounts
}

@test "kill -9 at random: never two copies, and never a job that stays busy" {
  # Each copy makes a directory that must not be there, and takes it away; those that are killed leave it, which is
  # why the supervisor and its copy are killed together, and the copy cleans up for the dead.
  local copy='
    if ! mkdir "$1/alone" 2>/dev/null; then
      other=$(cat "$1/alone/pid" 2>/dev/null)
      if [ -n "$other" ] && kill -0 "$other" 2>/dev/null; then echo "$$ beside $other" >>"$1/two"; fi
    fi
    echo $$ >"$1/alone/pid"; sleep 0.0$((RANDOM % 5)); rm -rf "$1/alone"; echo >>"$1/done"'
  local until=$((SECONDS + 6)) i
  : >"$BATS_TEST_TMPDIR/done"
  local -a pids
  while [ $SECONDS -lt $until ] || [ "$(wc -l <"$BATS_TEST_TMPDIR/done")" -le 10 ]; do
    pids=()
    for i in 1 2 3; do
      "$SHMCTL" -q run job --on-busy wait bash -c "$copy" bash "$BATS_TEST_TMPDIR" 3>&- 2>/dev/null &
      pids+=($!)
    done
    sleep "0.0$((RANDOM % 10))"
    kill -9 "${pids[$((RANDOM % 3))]}" 2>/dev/null || true
    for i in "${pids[@]}"; do wait "$i" 2>/dev/null || true; done
  done
  until_true free job
  [ ! -e "$BATS_TEST_TMPDIR/two" ]
  shm run job true
  assert_done
}

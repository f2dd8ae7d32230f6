#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # what inner shells expand; a subshell a test; `call`
# The kernel's fs.protected_* settings, all off and all on: neither is needed for safety, and neither breaks a store.
# They belong to the whole machine: they are put back at once, and not touched from a container, where others share them.

load ../helpers
load plants

setup() {
  private_mounts
  # Who sees the kernel's own threads is in no container.
  [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ] || skip "the settings may be another machine's"
  package_layout
  make_target
  STORE=/run/shmctl/g/$TEAM
  SAVED=()
  local name
  for name in regular fifos symlinks hardlinks; do
    [ -r "/proc/sys/fs/protected_$name" ] || skip "no fs.protected_$name"
    SAVED+=("$name $(<"/proc/sys/fs/protected_$name")")
  done
}
teardown() {
  local each
  for each in "${SAVED[@]}"; do echo "${each#* }" >"/proc/sys/fs/protected_${each% *}" || true; done
  end_private_mounts
}

# protect N: each setting to N, or to the most that it can be
protect() {
  local each
  for each in "${SAVED[@]}"; do
    echo "$1" 2>/dev/null >"/proc/sys/fs/protected_${each% *}" ||
      echo 1 2>/dev/null >"/proc/sys/fs/protected_${each% *}" || skip "can't set fs.protected_${each% *}"
  done
}

# What one user made, root and others of the group use: with O_CREAT, fs.protected_regular would refuse it to root.
stores_work() {
  local who
  for who in carol dave root; do
    as "$who" shm --store "@$TEAM" -q counter incr "by-$who"
    assert_done
    as "$who" shm --store "@$TEAM" run "job-$who" --slots 2 true
    assert_done
  done
  for who in carol dave root; do
    as "$who" shm --store "@$TEAM" -q counter incr by-carol by-dave by-root
    assert_done
    as "$who" shm --store "@$TEAM" run job-carol --slots 2 true
    assert_done
    as "$who" shm --store "@$TEAM" run job-dave true
    assert_done
    as "$who" shm --store "@$TEAM" run job-root true
    assert_done
  done
  as dave shm --store "@$TEAM" counter get by-carol by-dave by-root
  assert_done $'4\n4\n4'
  # A world-writable directory with the sticky bit, where the settings apply.
  as alice call env SHMCTL_STORE=/dev/shm/alice "$SHMCTL" counter incr x
  assert_done 1
  as alice call env SHMCTL_STORE=/dev/shm/alice "$SHMCTL" run x true
  assert_done
}

# Each plant, and links that only lax settings let an attacker make by himself.
plants_refused() {
  local kind who
  as carol shm -q --store "@$TEAM" counter set good=5
  for kind in symlink dangling hardlink fifo foreign; do
    for who in root dave; do
      as carol plant "$kind" "$STORE" bait
      as carol plant "$kind" "$STORE" planted,job.lock
      as "$who" shm --store "@$TEAM" counter incr bait
      assert_refused 4 bait
      as "$who" shm --store "@$TEAM" run planted touch "$MADE"
      assert_refused 4 planted
      unplant "$STORE/bait"
      unplant "$STORE/planted,job.lock"
      assert_untouched
    done
  done
}

@test "all off: stores work" { protect 0 && stores_work; }
@test "all off: what is planted is refused" { protect 0 && plants_refused; }
@test "all on: stores work" { protect 2 && stores_work; }
@test "all on: what is planted is refused" { protect 2 && plants_refused; }

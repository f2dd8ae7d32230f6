# A journal that takes nothing any more. Whoever else writes to it would have to wait as well:
# alone
# shellcheck shell=bash disable=SC2154 # what `call` sets
load boot

@test "a journal that is stuck keeps a run from its end for a second, and no job" {
  local pid before i=0
  pid=$(state systemd-journald.service MainPID)
  kill -STOP "$pid"
  # Until its queue is full, whose length is the kernel's affair: then a call takes a second.
  before=$(date +%s%N)
  until (($(date +%s%N) - before > 900000000)) || ((++i > 5000)); do
    before=$(date +%s%N)
    shmctl run journal-stuck true || true
  done
  shm run --journal all journal-stuck true
  kill -CONT "$pid"
  assert_status 0
  assert_stderr_line journal "it takes no entries"
  journalctl --sync
  shm run journal-stuck true
  assert_done
  [ "$(journal SHMCTL_JOB=journal-stuck | grep -c succeeded)" -ge 2 ]
}

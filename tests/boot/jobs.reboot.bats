#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Jobs after a start of the machine; jobs.bats has left their files.

load boot

@test "at-boot runs, schedules are on, and a bad file has kept nothing from starting" {
  until_true grep -qf /proc/sys/kernel/random/boot_id /root/jobs-boots
  [ "$(wc -l </root/jobs-boots)" = 2 ] || fail "$(cat /root/jobs-boots)"
  assert_state shmctl-run@jobsdaily.timer ActiveState active
  assert_state shmctl-run@jobsbad.timer ActiveState inactive
  rm /etc/shmctl/jobs/jobs*.conf
}

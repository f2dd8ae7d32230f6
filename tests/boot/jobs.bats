#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Jobs of /etc/shmctl/jobs and ~/.config/shmctl/jobs: timers, skips, failures, users, sandbox.

# Timers come and go with the generator, which other files would start as well.
# alone

load boot

DIR=/etc/shmctl/jobs
setup() { RAN=$BATS_TEST_TMPDIR/ran; }
teardown() {
  rm -f "$DIR"/jobs-*.conf
  remove_units
  local unit
  for unit in $(systemctl list-units --all --plain --no-legend 'shmctl-run@jobs-*.service' | awk '{ print $1 }'); do
    systemctl stop "$unit"
    systemctl reset-failed "$unit" 2>/dev/null || true
  done
}

# conf NAME LINE...: the file of job jobs-NAME, at one moment, as editors save it
conf() {
  mkdir -p "$DIR"
  printf '%s\n' "${@:2}" >"$DIR/.jobs-$1"
  mv "$DIR/.jobs-$1" "$DIR/jobs-$1.conf"
}
has_lines() { [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }
fails() { if "$@"; then fail "did not fail: $*"; fi; }

@test "a file that is saved is a timer that fires; one that is removed is none" {
  conf tick "command = echo \"\$SHMCTL_JOB \$HOME \$PWD\" >>$RAN" 'every = 1s'
  until_true has_lines "$RAN" 2
  [ "$(head -n 1 "$RAN")" = 'jobs-tick /root /root' ] || fail "$(cat "$RAN")"
  shm history --json jobs-tick
  [[ $out == *'"trigger":"shmctl-run@jobs-tick.timer"'* ]] || fail "$out"
  rm "$DIR/jobs-tick.conf"
  until_state shmctl-run@jobs-tick.timer ActiveState inactive
}

@test "a daemon-reload by hand, and a schedule as crontabs have it" {
  conf cron "command = echo ran >>$RAN" 'schedule = 30 3 13 * fri' 'timeout = 1h' '[Timer]' 'Persistent=yes'
  systemctl daemon-reload
  until_state shmctl-run@jobs-cron.timer ActiveState active
  local times
  times=$(systemctl show --property=TimersCalendar --value shmctl-run@jobs-cron.timer)
  [[ $times == *'OnCalendar=*-*-13 03:30:00'* && $times == *'OnCalendar=Fri *-*-* 03:30:00'* ]] || fail "$times"
  assert_state shmctl-run@jobs-cron.timer Persistent yes
  [ ! -e "$RAN" ]
}

@test "what is changed in a file counts for the timer that is under way" {
  conf change 'command = true' 'schedule = daily'
  until_state shmctl-run@jobs-change.timer ActiveState active
  conf change "command = echo ran >>$RAN" 'every = 1s'
  until_true has_lines "$RAN" 1
}

@test "a job runs once at a time, and a run that is skipped has not failed" {
  mkfifo "$BATS_TEST_TMPDIR/go"
  conf long "command = echo begun >>$RAN; read x <$BATS_TEST_TMPDIR/go; echo ended >>$RAN"
  systemctl daemon-reload
  "$SHMCTL" run --conf "$DIR/jobs-long.conf" 3>&- &
  until_true has_lines "$RAN" 1
  systemctl start shmctl-run@jobs-long.service
  assert_state shmctl-run@jobs-long.service Result success
  assert_state shmctl-run@jobs-long.service ActiveState inactive
  until_journal busy --unit=shmctl-run@jobs-long.service
  shm jobs --json jobs-long
  [[ $out == *'"skips":1,'* ]] || fail "$out"
  echo >"$BATS_TEST_TMPDIR/go"
  wait $!
  [ "$(cat "$RAN")" = $'begun\nended' ]
}

@test "busy-status in the file is that of the unit; the command's own 75 is a failure" {
  conf own "command = exit 75"
  systemctl daemon-reload
  fails systemctl start shmctl-run@jobs-own.service
  assert_state shmctl-run@jobs-own.service ExecMainStatus 75
  conf own 'command = true' 'busy-status = 7'
  systemctl daemon-reload
  shm pause jobs-own --reason "the test"
  fails systemctl start shmctl-run@jobs-own.service
  assert_state shmctl-run@jobs-own.service ExecMainStatus 7
  shm resume jobs-own
  systemctl start shmctl-run@jobs-own.service
}

@test "a job that fails makes the unit failed, and OnFailure= fires" {
  unit jobs-told@.service <<UNIT
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo %i >>$RAN'
UNIT
  conf fails 'command = exit 3' '[Unit]' 'OnFailure=jobs-told@%n.service'
  systemctl daemon-reload
  fails systemctl start shmctl-run@jobs-fails.service
  assert_state shmctl-run@jobs-fails.service Result exit-code
  assert_state shmctl-run@jobs-fails.service ExecMainStatus 3
  until_true has_lines "$RAN" 1
  [ "$(cat "$RAN")" = shmctl-run@jobs-fails.service ]
}

@test "a job that lasts too long is ended with all that came of it, and stop does the same" {
  conf slow 'command = sleep 1000 & sleep 1000' 'timeout = 100ms'
  systemctl daemon-reload
  fails systemctl start shmctl-run@jobs-slow.service
  assert_state shmctl-run@jobs-slow.service ExecMainStatus 124
  conf slow "command = echo \$\$ >>$RAN; sleep 1000"
  systemctl daemon-reload
  systemctl start --no-block shmctl-run@jobs-slow.service
  until_true has_lines "$RAN" 1
  systemctl stop shmctl-run@jobs-slow.service
  fails kill -0 "$(cat "$RAN")" 2>/dev/null
  assert_state shmctl-run@jobs-slow.service Result success
  call "$SHMCTL" who --quiet jobs-slow
  assert_status 1
}

@test "a file with a fault is one line in the journal, and no harm to the others" {
  conf bad 'comand = true' 'every = 1s'
  conf good "command = echo ran >>$RAN" 'every = 1s'
  until_true has_lines "$RAN" 1
  until_journal "job jobs-bad: $DIR/jobs-bad.conf: line 1: there is no key 'comand'" --identifier=shmctl-generator
  assert_state shmctl-run@jobs-bad.timer ActiveState inactive
  fails systemctl start shmctl-run@jobs-bad.service
  conf bad "command = echo mended >>$RAN" 'at-boot = yes'
  until_true grep -q mended "$RAN"
}

@test "a job of another user is that user's, and in their store" {
  mkdir -m 777 "$BATS_TEST_TMPDIR/shared"
  chmod a+rx "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" "$BATS_RUN_TMPDIR"
  conf alice "command = echo \$(id -un) \$HOME \$PWD >>$BATS_TEST_TMPDIR/shared/ran" 'user = alice'
  systemctl daemon-reload
  systemctl start shmctl-run@jobs-alice.service
  [ "$(cat "$BATS_TEST_TMPDIR/shared/ran")" = 'alice /home/alice /home/alice' ]
  as alice shm jobs jobs-alice
  [[ $out == *$'\n'jobs-alice* ]] || fail "$out"
  # Without a reload, the unit has the old user: nothing is run.
  conf alice "command = echo wrong >>$BATS_TEST_TMPDIR/shared/ran" 'user = bob'
  fails systemctl start shmctl-run@jobs-alice.service
  fails grep -q wrong "$BATS_TEST_TMPDIR/shared/ran"
}

@test "a strict job can write nothing but what it is given" {
  mkdir -p /srv/jobs-given
  conf strict 'command = for f in /srv/x /srv/jobs-given/x /root/x; do if touch $f; then echo $f; fi; done; ls /home' \
    'sandbox = strict' '[Service]' 'ReadWritePaths=/srv/jobs-given'
  systemctl daemon-reload
  systemctl start shmctl-run@jobs-strict.service || true
  [ -e /srv/jobs-given/x ]
  [ ! -e /srv/x ] && [ ! -e /root/x ]
  [[ $(journal --unit=shmctl-run@jobs-strict.service) == *'Read-only file system'* ]]
  shm jobs jobs-strict
  [[ $out == *$'\n'jobs-strict* ]] || fail "$out"
}

@test "a user's own jobs, in the user's manager" {
  linger bob
  local dir=/home/bob/.config/shmctl/jobs
  user_manager bob mkdir -p "$dir"
  user_manager bob tee "$dir/jobs-mine.conf" >/dev/null <<<"command = echo \$SHMCTL_JOB \$PWD >>/home/bob/jobs-ran
every = 1s"
  until_true has_lines /home/bob/jobs-ran 2
  [ "$(head -n 1 /home/bob/jobs-ran)" = 'jobs-mine /home/bob' ] || fail "$(cat /home/bob/jobs-ran)"
  as bob shm jobs jobs-mine
  [[ $out == *$'\n'jobs-mine* ]] || fail "$out"
  # One that is strict runs too, with what its manager can do: no rights by set-user-ID programs, no network.
  user_manager bob tee "$dir/jobs-mine.conf" >/dev/null <<<"command = exec >/home/bob/jobs-said 2>&1; grep NoNewPrivs /proc/self/status; echo >/dev/tcp/127.0.0.1/9
shell = /bin/bash
sandbox = strict"
  until_true is_bobs_timer inactive
  fails user_manager bob systemctl --user start shmctl-run@jobs-mine.service
  local said
  said=$(cat /home/bob/jobs-said)
  rm -r "$dir" /home/bob/jobs-ran /home/bob/jobs-said
  no_linger bob
  [[ $said == *$'NoNewPrivs:\t1'*'Address family not supported'* ]] || fail "$said"
}
is_bobs_timer() { [ "$(user_manager bob systemctl --user show --property=ActiveState --value shmctl-run@jobs-mine.timer)" = "$1" ]; }

# For jobs.reboot.bats; teardown leaves them.
@test "jobs for the next start of the machine" {
  mkdir -p "$DIR"
  printf 'command = cat /proc/sys/kernel/random/boot_id >>/root/jobs-boots\nat-boot = yes\n' >"$DIR/jobsboot.conf"
  printf 'command = true\nschedule = daily\n' >"$DIR/jobsdaily.conf"
  printf 'this is no file of a job\n' >"$DIR/jobsbad.conf"
  until_true has_lines /root/jobs-boots 1
}

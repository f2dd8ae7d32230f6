# Debian's own cron starts jobs that take longer than their minute. Its clock goes sixty times as fast as the machine's;
# what it starts has the machine's time.
load boot

PLACE=/run/cron-test

setup_file() {
  mkdir -p "$PLACE" && chmod 1777 "$PLACE"
  mkdir -p "$PLACE/mail" && chmod 1777 "$PLACE/mail"
  # cron mails by this program whatever a job has printed.
  cat >/usr/sbin/sendmail <<SCRIPT
#!/bin/sh
umask 0
cat >"$PLACE/mail/new.\$\$" && mv "$PLACE/mail/new.\$\$" "$PLACE/mail/mail.\$\$"
SCRIPT
  chmod 755 /usr/sbin/sendmail
  # As slow as a backup: it has begun, it ends when told so, and it sees another copy of itself.
  cat >"$PLACE/job" <<'SCRIPT'
#!/bin/sh
mkdir "/run/cron-test/$1.running" || touch "/run/cron-test/$1.two"
echo "$1 prints something"
until [ -e "/run/cron-test/$1.end" ]; do sleep 0.02; done
rmdir "/run/cron-test/$1.running"
exit "$2"
SCRIPT
  chmod 755 "$PLACE/job"
  mkdir -p /etc/systemd/system/cron.service.d
  cat >/etc/systemd/system/cron.service.d/fast.conf <<'UNIT'
[Service]
Environment=LD_PRELOAD=/usr/$LIB/faketime/libfaketime.so.1 "FAKETIME=+0 x60"
UNIT
  systemctl daemon-reload
  systemctl restart cron
}

teardown_file() {
  rm -f /etc/cron.d/cron-* /etc/systemd/system/cron.service.d/fast.conf /usr/sbin/sendmail
  systemctl daemon-reload
  systemctl restart cron
}

# crontab_of FILE, from stdin: a file of /etc/cron.d; cron finds it within a minute of its own
crontab_of() {
  cat >"/etc/cron.d/cron-$1.new"
  mv "/etc/cron.d/cron-$1.new" "/etc/cron.d/cron-$1"
}

# until_cron COMMAND...: until_true, for what cron shall do. Of two changes of a directory in one second it sees one,
# which is a matter of chance when its minutes are seconds.
until_cron() { until_true poked "$@"; }
poked() {
  touch /etc/cron.d /var/spool/cron/crontabs
  "$@"
}

# no_crontabs: cron has seen that those of the test are gone, and what it has started has ended
no_crontabs() {
  rm -f /etc/cron.d/cron-*
  crontab -u alice -r 2>/dev/null || true
  # What one file starts tells that cron has seen that the others are gone.
  crontab_of mark <<<"* * * * * root shmctl -q counter incr cron-mark-$BATS_TEST_NUMBER-$1"
  until_cron test -e "/run/shmctl/sys/cron-mark-$BATS_TEST_NUMBER-$1"
  rm /etc/cron.d/cron-mark
  until_cron cron_is_idle
}

teardown() {
  touch "$PLACE"/{overlap,failing,alice,stuck}.end
  no_crontabs end
  rm -rf "$PLACE"/*.end "$PLACE"/mail/*
}
# cron runs nothing: it is alone in its control group.
cron_is_idle() { [ "$(wc -l <"/sys/fs/cgroup$(state cron.service ControlGroup)/cgroup.procs")" = 1 ]; }

count_of() { as "$1" inside shmctl jobs --json "$2" | jq -r ".$3"; }
at_least() { [ "$(count_of "$1" "$2" "$3" 2>/dev/null || echo 0)" -ge "$4" ] 2>/dev/null; }
mails() { grep -l "$1" "$PLACE"/mail/mail.* 2>/dev/null | wc -l; }
mails_are() { [ "$(mails "$1")" = "$2" ]; }

@test "cron starts a job that still runs: there is one copy, each skip is counted, nothing is mailed" {
  crontab_of overlap <<'CRONTAB'
SHMCTL_TRIGGER=cron
* * * * * root shmctl -q counter incr cron-starts; shmctl run cron-overlap -q --quiet-unless-failed /run/cron-test/job overlap 0
CRONTAB
  until_cron at_least root cron-overlap skips 3
  run -0 shmctl who --json cron-overlap
  [ "$(jq '.holders | length' <<<"$output")" = 1 ]
  [ "$(jq -r '.holders[0].trigger' <<<"$output")" = cron ]
  # It ends, so a later minute runs it again, and those are short.
  touch "$PLACE/overlap.end"
  until_cron at_least root cron-overlap runs 3
  no_crontabs middle
  [ ! -e "$PLACE/overlap.two" ]
  [ "$(count_of root cron-overlap failures)" = 0 ]
  # Every start was one or the other.
  [ "$(shmctl counter get cron-starts)" = $(($(count_of root cron-overlap runs) + $(count_of root cron-overlap skips))) ]
  mails_are '' 0
}

@test "a job that fails is mailed once, with all that it has printed" {
  touch "$PLACE/failing.end"
  crontab_of failing <<'CRONTAB'
MAILTO=ops@example.org
* * * * * root shmctl run cron-failing -q --once-per 1h --quiet-unless-failed /run/cron-test/job failing 3
CRONTAB
  until_cron mails_are 'failing prints something' 1
  # Refused by --once-per at later minutes, without a word.
  until_cron at_least root cron-failing skips 2
  mails_are '' 1
  grep -q '^To: ops@example.org' "$PLACE"/mail/*
  [ "$(count_of root cron-failing last_status)" = 3 ]
}

@test "a user's crontab uses that user's store, without a session" {
  as alice call crontab - <<'CRONTAB'
* * * * * env >/run/cron-test/alice.env; shmctl run cron-alice -q /run/cron-test/job alice 0
CRONTAB
  until_cron at_least alice cron-alice skips 1
  [ -e "/run/shmctl/u/4001/cron-alice,job" ]
  [ ! -e "/run/shmctl/sys/cron-alice,job" ]
  run -0 cat "$PLACE/alice.env"
  [[ $output == *LOGNAME=alice* && $output != *XDG_RUNTIME_DIR* ]]
}

@test "a user's crontab has scopes of the user's manager, without anything in the environment" {
  linger carol
  as carol call crontab - <<'CRONTAB'
* * * * * shmctl run cron-scope -q --once-per 1h --scope sh -c 'cd /run/cron-test && sed -n s/^0:://p /proc/self/cgroup >scope.new && mv scope.new scope'
CRONTAB
  until_cron test -e "$PLACE/scope"
  crontab -u carol -r
  [[ $(<"$PLACE/scope") == /user.slice/user-4003.slice/user@4003.service/*/shmctl-cron-scope-*.scope ]]
}

# By itself: cron mails what a job's shell has printed when it ends, and an alert is not waited for.
@test "a job that is skipped again and again is mailed when its alert says so" {
  crontab_of stuck <<'CRONTAB'
* * * * * root shmctl run cron-stuck -q --alert-after 3 --alert 'echo "$SHMCTL_JOB: $SHMCTL_SKIPS skips" | /usr/sbin/sendmail root' /run/cron-test/job stuck 0 >/dev/null
CRONTAB
  until_cron mails_are 'cron-stuck: 3 skips' 1
}

# What runs write into the journal, and what `logs` and journalctl read there.
# shellcheck shell=bash disable=SC2154 # what `call` sets
load boot

# said JOB [OPTION...]: the messages about a job
said() { journal -t shmctl "SHMCTL_JOB=$1" "${@:2}"; }
# field JOB NAME: a field of the job's only entry, or of its newest
field() {
  journalctl --sync
  journalctl --quiet --no-pager --output=json --lines=1 -t shmctl "SHMCTL_JOB=$1" | jq -r --arg name "$2" '.[$name]'
}
assert_field() { [ "$(field "$1" "$2")" = "$3" ] || fail "$2 of $1 is $(field "$1" "$2"), not $3"; }
# hold NAME: somebody has the job until `shmctl stop`
hold() {
  shmctl run "$1" sleep infinity 3>&- &
  HOLDER=$!
  until_true shmctl -q who "$1"
}

@test "a run that succeeded is one entry, with all there is to say" {
  shm run --trigger timer journal-good sh -c 'echo done'
  assert_done "done"
  [[ $(said journal-good) == "Job journal-good succeeded after "?*" s" ]] || fail "$(said journal-good)"
  assert_field journal-good PRIORITY 6
  assert_field journal-good SYSLOG_IDENTIFIER shmctl
  assert_field journal-good SHMCTL_STORE /run/shmctl/sys
  assert_field journal-good SHMCTL_OUTCOME succeeded
  assert_field journal-good SHMCTL_COMMAND "sh -c echo done"
  assert_field journal-good SHMCTL_TRIGGER timer
  assert_field journal-good EXIT_STATUS 0
  assert_field journal-good SHMCTL_TOKEN "$(shmctl token get journal-good)"
  [ "$(field journal-good SHMCTL_DURATION_USEC)" -gt 0 ]
  [ "$(field journal-good MESSAGE_ID)" = cb6e255165cd4c77a3d2c5bb80b22bee ]
}

@test "each outcome has its sentence and its priority" {
  shm run journal-bad sh -c 'exit 3'
  assert_status 3
  shm run journal-bad --retries 1 --backoff 1ms sh -c 'exit 3'
  assert_status 3
  [[ $(said journal-bad) == "Job journal-bad failed with status 3 after "*" s"$'\n'*" (2 tries, 2 failures in a row)" ]]
  assert_field journal-bad PRIORITY 4
  assert_field journal-bad SHMCTL_TRIES 2
  assert_field journal-bad SHMCTL_FAILURES 2

  shm run journal-killed sh -c 'kill -SEGV $$'
  assert_status 139
  [[ $(said journal-killed) == "Job journal-killed was killed by signal SEGV after "* ]]
  assert_field journal-killed SHMCTL_SIGNAL SEGV
  assert_field journal-killed EXIT_STATUS 139

  shm run journal-late --timeout 100ms sleep 100
  assert_status 124
  [[ $(said journal-late) == "Job journal-late was ended after "*": its time was up" ]]

  shm run journal-none /no/such/program
  assert_status 127
  [[ $(said journal-none) == "Job journal-none could not run: can't run '/no/such/program': No such file"* ]]
  assert_field journal-none PRIORITY 3
  assert_field journal-none ERRNO 2

  shm pause journal-paused --reason holidays
  shm run journal-paused true
  assert_status 75
  [[ $(said journal-paused) == "Job journal-paused was skipped: paused since "*": holidays ("* ]]
  assert_field journal-paused PRIORITY 5

  shm run journal-nested shmctl run journal-nested true
  assert_status 75
  [[ $(said journal-nested) == "Job journal-nested could not run: "*"wait for itself"$'\n'*"failed with status 75"* ]]
}

@test "a run whose end nobody saw is told by the next one" {
  shmctl run journal-lost sleep infinity 3>&- &
  local pid=$!
  until_true shmctl -q who journal-lost
  until_true has_command journal-lost
  local command
  command=$(shmctl --json who journal-lost | jq '.holders[0].pid')
  kill -KILL "$pid"
  kill -KILL "$command"
  wait "$pid" || true
  until_true bash -c "! kill -0 $command 2>/dev/null"
  shm run journal-lost true
  assert_done
  [[ $(said journal-lost) == "Job journal-lost: nobody saw the end of the run that began at "*$'\n'*succeeded* ]] ||
    fail "$(said journal-lost)"
  shm --json logs journal-lost --outcome lost
  [ "$(jq -r '[.outcome,.command,.status]|@csv' "$OUT")" = '"lost","sleep infinity",' ] || fail "not so"
}
has_command() { [ "$(shmctl --json who "$1" | jq '.holders[0].pid > 0')" = true ]; }

@test "a call that is refused says who holds the job" {
  hold journal-busy
  shm run journal-busy true
  assert_refused 75 "holds it since"
  shm -q run --busy-status 0 journal-busy true
  assert_status 0
  [[ $(said journal-busy) == "Job journal-busy was skipped: busy: pid "*" (sleep infinity) holds it since "*"(2 skips in a row)" ]]
  assert_field journal-busy SHMCTL_OUTCOME busy
  assert_field journal-busy EXIT_STATUS 0
  assert_field journal-busy SHMCTL_SKIPS 2
  assert_field journal-busy SHMCTL_HOLDER_COMMAND "sleep infinity"
  assert_field journal-busy SHMCTL_HOLDER_TOKEN "$(shmctl token get journal-busy)"
  [ "$(cat "/proc/$(field journal-busy SHMCTL_HOLDER_PID)/comm")" = sleep ]
  shm stop journal-busy
  until_true journal_says "was stopped on request" SHMCTL_JOB=journal-busy
  wait "$HOLDER" || true
  shm logs journal-busy --outcome skips
  assert_status 0
  [ "$(grep -c skipped "$OUT")" = 2 ]
}

@test "a call that could not even come to its job is an entry too" {
  mkdir -p /run/journal-store
  chmod 777 /run/journal-store
  shm --store /run/journal-store/ run journal-error true
  assert_refused 4 /run/journal-store
  [[ $(said journal-error) == "Job journal-error could not run: "*"/run/journal-store"* ]]
  assert_field journal-error PRIORITY 3
}

@test "commands with newlines, and larger ones than a datagram, arrive whole" {
  shm run journal-lines sh -c $'true\n# two'
  assert_field journal-lines SHMCTL_COMMAND $'sh -c true\n# two'
  # As many arguments as make it too large for a socket, none of them too large for the kernel.
  local -a words
  readarray -t words < <(yes "$(printf 'x%.0s' {1..1000})" | head -n 1000)
  shm run journal-large true "${words[@]}"
  assert_status 0
  [[ $(said journal-large) == "Job journal-large succeeded after "* ]]
}

@test "--journal and SHMCTL_JOURNAL choose what is written" {
  shm run --journal none journal-choice true
  SHMCTL_JOURNAL=none shm run journal-choice false
  SHMCTL_JOURNAL=failures shm run journal-choice true
  shm run --journal failures journal-choice sh -c 'exit 5'
  SHMCTL_JOURNAL=none shm run --journal all journal-choice sh -c 'exit 6'
  assert_status 6
  [ "$(said journal-choice | grep -c .)" = 2 ] || fail "$(said journal-choice)"
  [[ $(said journal-choice) == *"status 5"*"status 6"* ]]
}

@test "the catalog explains what an entry means" {
  shm run journal-explained false
  journalctl --sync
  [[ $(journalctl --quiet --no-pager -x SHMCTL_JOB=journal-explained) == *"Subject: Job journal-explained failed with status 1"* ]]
  [ "$(journalctl --list-catalog | grep -c 'Job @SHMCTL_JOB@\|job @SHMCTL_JOB@')" -ge 14 ]
}

@test "in a service, what the entry says is not said on stderr as well, and the entry is the service's" {
  local i
  for i in {1..20}; do
    systemd-run --quiet --wait --collect --unit="journal-unit-$i" shmctl run journal-unit /no/such/program || true
  done
  for i in {1..20}; do
    [ "$(journal --unit="journal-unit-$i" --identifier=shmctl)" = "$(journal --unit="journal-unit-$i" --identifier=shmctl |
      grep "^Job journal-unit could not run: ")" ] || fail "$(journal --unit="journal-unit-$i")"
    [ "$(journal --unit="journal-unit-$i" --identifier=shmctl | grep -c .)" = 1 ] || fail "$(journal --unit="journal-unit-$i")"
  done
}

@test "a service whose stderr goes elsewhere has both" {
  systemd-run --quiet --wait --collect --unit=journal-file --property=StandardError=file:/run/journal-file.err \
    shmctl run journal-file /no/such/program || true
  grep "^shmctl: run journal-file: can't run" /run/journal-file.err
  [[ $(said journal-file) == "Job journal-file could not run"* ]]
  systemd-run --quiet --wait --collect --unit=journal-none shmctl run --journal none journal-silent /no/such/program || true
  until_journal "shmctl: run journal-silent: can't run" --unit=journal-none
  [ -z "$(said journal-silent)" ]
}

@test "logs knows of services that have a journal of their own (LogNamespace=)" {
  systemd-run --quiet --wait --collect --property=LogNamespace=journal-own shmctl run journal-own true
  shm run journal-own false
  until_true both_of_own
  [[ $(said journal-own) != *succeeded* ]] || fail "the service has no journal of its own"
  systemctl stop systemd-journald@journal-own.service systemd-journald@journal-own.socket \
    systemd-journald-varlink@journal-own.socket 2>/dev/null || true
}
both_of_own() {
  call shmctl logs journal-own
  [[ $out == *succeeded*failed* ]]
}

@test "logs reads them back, of one's own store alone" {
  shm run journal-read true
  as alice shm run journal-read sh -c 'exit 2'
  assert_status 2
  journalctl --sync
  shm logs journal-read
  assert_status 0
  [[ $out == *"  Job journal-read succeeded after"* && $out != *"status 2"* ]] || fail "not root's alone"
  shm --json logs journal-read
  [ "$(jq -r '[.job,.outcome,.status,.uid]|join(" ")' "$OUT")" = "journal-read succeeded 0 0" ]
  as alice shm logs journal-read
  assert_status 0
  [[ $out == *"  Job journal-read failed with status 2 after"* && $out != *succeeded* ]] || fail "not alice's alone"
  assert_stderr_line systemd-journal
  as alice shm -q logs journal-read
  assert_no_stderr
}

@test "nobody can make root believe that its job has run" {
  as alice call logger --journald <<'ENTRY'
MESSAGE=Job journal-forged succeeded after 1 s
MESSAGE_ID=cb6e255165cd4c77a3d2c5bb80b22bee
SHMCTL_JOB=journal-forged
SHMCTL_STORE=/run/shmctl/sys
SHMCTL_OUTCOME=succeeded
ENTRY
  assert_status 0
  until_true journal_says "journal-forged succeeded"
  shm logs journal-forged
  assert_refused 1 journal-forged
}

@test "a group's store has everybody's entries, with their names" {
  as carol shm --store "@$TEAM" run journal-team true
  if [ "$status" != 0 ]; then
    install -d -m 2770 -g "$TEAM" "/run/shmctl/g/$TEAM"
    as carol shm --store "@$TEAM" run journal-team true
  fi
  assert_status 0
  as dave shm --store "@$TEAM" run journal-team false
  journalctl --sync
  shm --store "@$TEAM" logs journal-team
  assert_status 0
  [[ $out == *"succeeded"*"[carol]"*"failed"*"[dave]"* ]] || fail "not these"
}

@test "logs --follow shows what comes" {
  shm run journal-follow true
  shmctl logs --follow journal-follow >"$BATS_TEST_TMPDIR/lines" 2>&1 3>&- &
  local pid=$!
  until_true grep -q succeeded "$BATS_TEST_TMPDIR/lines"
  shm run journal-follow sh -c 'exit 9'
  until_true grep -q "status 9" "$BATS_TEST_TMPDIR/lines"
  kill "$pid"
}

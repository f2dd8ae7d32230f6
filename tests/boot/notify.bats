# Units of other people's with `shmctl run` in them: what systemd learns of a run, and what becomes of the unit.
load boot

setup_file() { useradd --create-home --uid 4103 notify-gina; }
teardown_file() { userdel --remove notify-gina; }

# main_command UNIT: what the unit's main process is
main_command() { cat "/proc/$(state "$1" MainPID)/comm"; }
# pid_from FILE: the number there, once there is one
pid_from() { until_true test -s "$1" && cat "$1"; }
# hold NAME: somebody has the job until release
hold() {
  shmctl run "$1" sleep infinity 3>&- &
  HOLDER=$!
  until_true shmctl -q who "$1"
}
after() { ((SECONDS > $1)); }
release() { kill "$HOLDER" && until_true gone "$HOLDER"; }
gone() { ! kill -0 "$1" 2>/dev/null; }

@test "Type=notify: the unit is up when the command runs, its main process is shmctl, its status says so" {
  unit notify-plain.service <<'UNIT'
[Service]
Type=notify
ExecStart=/usr/bin/shmctl run notify-plain sleep infinity
SuccessExitStatus=143
UNIT
  systemctl start notify-plain
  assert_state notify-plain ActiveState active
  [[ $(state notify-plain StatusText) == "runs sleep infinity (pid "* ]]
  [ "$(main_command notify-plain)" = shmctl ]
  shmctl -q who notify-plain
  systemctl stop notify-plain
  assert_state notify-plain ActiveState inactive
  assert_state notify-plain Result success
}

@test "--notify command: the unit is up when the command says so, though systemd listens to the main process alone" {
  unit notify-self.service <<'UNIT'
[Service]
Type=notify
NotifyAccess=main
ExecStart=/usr/bin/shmctl run --notify command notify-self sh -c 'until [ -e /run/notify-self ]; do sleep 0.1; done; \
  systemd-notify --ready --status=up MAINPID=1; exec sleep infinity'
UNIT
  rm -f /run/notify-self
  systemctl start --no-block notify-self
  until_true shmctl -q who notify-self
  until_true bash -c '[[ $(systemctl show --value --property=StatusText notify-self) == "runs sh "* ]]'
  assert_state notify-self ActiveState activating
  : >/run/notify-self
  until_state notify-self ActiveState active
  assert_state notify-self StatusText up
  [ "$(main_command notify-self)" = shmctl ]
}

# waits_beyond SECONDS: with so long a time to start, the unit goes on starting for longer. False: this machine was so
# slow that the time was up before the run could say anything.
waits_beyond() {
  unit notify-waits.service <<UNIT
[Service]
Type=notify
TimeoutStartSec=$1
ExecStart=/usr/bin/shmctl run --on-busy wait notify-waits sleep infinity
UNIT
  local begun=$SECONDS
  systemctl start --no-block notify-waits
  until_true bash -c '[[ $(systemctl show notify-waits) =~ sleep\ infinity\)\ has\ it\ since|Result=timeout ]]'
  if [ "$(state notify-waits Result)" = timeout ]; then return 1; fi
  until_true after "$((begun + $1 + 1))"
  assert_state notify-waits ActiveState activating
}

@test "while it waits for the job, the unit goes on starting beyond its time, and its status says who has the job" {
  hold notify-waits
  waits_beyond 1 || waits_beyond 5 || waits_beyond 25
  release
  until_state notify-waits ActiveState active
}

@test "refused: a unit of Type=notify fails with the status; with --busy-status 0 it has done its work" {
  unit notify-refused.service <<'UNIT'
[Service]
Type=notify
ExecStart=/usr/bin/shmctl run notify-refused true
UNIT
  unit notify-well.service <<'UNIT'
[Service]
Type=notify
ExecStart=/usr/bin/shmctl run --busy-status 0 notify-refused true
UNIT
  hold notify-refused
  run systemctl start notify-refused
  [ "$status" != 0 ]
  assert_state notify-refused Result exit-code
  assert_state notify-refused ExecMainStatus 75
  [[ $(state notify-refused StatusText) == "not run: busy: "* ]]
  systemctl start notify-well
  until_state notify-well ActiveState inactive
  assert_state notify-well Result success
  release
}

@test "Type=simple, exec and oneshot: the command's status is the unit's" {
  local type
  for type in simple exec oneshot; do
    unit "notify-$type.service" <<UNIT
[Service]
Type=$type
ExecStart=/usr/bin/shmctl run notify-$type sh -c 'exit 7'
UNIT
    systemctl start "notify-$type" || true
    until_state "notify-$type" ActiveState failed
    assert_state "notify-$type" ExecMainStatus 7
  done
}

@test "ExecCondition: a job that is busy skips the unit, which does not fail; one that is free lets it run" {
  unit notify-condition.service <<'UNIT'
[Service]
Type=oneshot
ExecCondition=/usr/bin/shmctl run notify-condition true
ExecStart=/usr/bin/shmctl counter incr notify-condition
UNIT
  hold notify-condition
  systemctl start notify-condition
  until_journal "Skipped due to 'exec-condition'" --unit=notify-condition.service
  assert_state notify-condition ActiveState inactive
  run shmctl counter get notify-condition
  [ "$status" = 1 ]
  release
  until_true not_held notify-condition
  systemctl start notify-condition
  assert_state notify-condition Result success
  assert_counter notify-condition 1
}
not_held() { ! shmctl -q who "$1"; }

@test "a watchdog: the supervisor speaks for a command that knows of none" {
  unit notify-guarded.service <<'UNIT'
[Service]
Type=notify
WatchdogSec=1
ExecStart=/usr/bin/shmctl run notify-guarded sleep infinity
UNIT
  systemctl start notify-guarded
  local begun=$SECONDS
  until_true after "$((begun + 3))"
  assert_state notify-guarded ActiveState active
  assert_state notify-guarded NRestarts 0
}

@test "a watchdog of a service that waits, and is not asked when it is ready" {
  unit notify-patient.service <<'UNIT'
[Service]
Type=simple
WatchdogSec=1
ExecStart=/usr/bin/shmctl run --on-busy wait notify-patient sleep infinity
UNIT
  hold notify-patient
  systemctl start notify-patient
  local begun=$SECONDS
  until_true after "$((begun + 2))"
  assert_state notify-patient ActiveState active
  release
  until_true shmctl -q who notify-patient
  systemctl stop notify-patient
}

@test "a watchdog: a command that has spoken once and then no more is ended, and the run is put down" {
  unit notify-hangs.service <<'UNIT'
[Service]
Type=notify
WatchdogSec=1
ExecStart=/usr/bin/shmctl run notify-hangs sh -c '[ "$WATCHDOG_PID" = $$$$ ] && systemd-notify WATCHDOG=1 && sleep infinity'
UNIT
  systemctl start notify-hangs
  until_state notify-hangs ActiveState failed
  assert_state notify-hangs Result watchdog
  [[ $(shmctl stat notify-hangs) == *"last-status: 134"* ]]
}

@test "a killed supervisor is started again, and takes over the command that it left" {
  unit notify-adopts.service <<'UNIT'
[Service]
Type=notify
KillMode=process
Restart=always
RestartSec=100ms
ExecStart=/usr/bin/shmctl run --adopt notify-adopts sh -c 'while :; do [ ! -e /run/notify-adopts ] || \
  systemd-notify --status=still-here; sleep 0.2; done'
UNIT
  rm -f /run/notify-adopts
  systemctl start notify-adopts
  local command
  command=$(pgrep -f 'sh -c while .* /run/notify-adopts' --parent "$(state notify-adopts MainPID)")
  kill -KILL "$(state notify-adopts MainPID)"
  until_state notify-adopts NRestarts 1
  until_state notify-adopts ActiveState active
  kill -0 "$command"
  touch /run/notify-adopts
  until_state notify-adopts StatusText still-here
  assert_state notify-adopts NRestarts 1
  systemctl stop notify-adopts
  kill "$command" 2>/dev/null || true
}

@test "sockets: the command is who they were opened for" {
  unit notify-socket.socket <<'UNIT'
[Socket]
ListenStream=/run/notify-socket
FileDescriptorName=web
UNIT
  unit notify-socket.service <<'UNIT'
[Service]
ExecStart=/usr/bin/shmctl run notify-socket sh -c 'echo "$(($LISTEN_PID == $$$$)) $LISTEN_FDS $LISTEN_FDNAMES $(readlink /proc/self/fd/3 | cut -c1-7)" \
  >/run/notify-socket.says; exec sleep infinity'
UNIT
  systemctl start notify-socket.socket
  systemctl start notify-socket.service
  until_true test -s /run/notify-socket.says
  [ "$(cat /run/notify-socket.says)" = "1 1 web socket:" ] || fail "$(cat /run/notify-socket.says)"
}

@test "OnFailure=: what a failed run starts" {
  unit notify-alarm@.service <<'UNIT'
[Service]
Type=oneshot
ExecStart=/usr/bin/shmctl counter incr notify-alarm
UNIT
  unit notify-fails.service <<'UNIT'
[Unit]
OnFailure=notify-alarm@%n.service
[Service]
Type=oneshot
ExecStart=/usr/bin/shmctl run notify-fails --timeout 100ms sleep infinity
UNIT
  run systemctl start notify-fails
  [ "$status" != 0 ]
  assert_state notify-fails ExecMainStatus 124
  until_true assert_counter notify-alarm 1
}

@test "DynamicUser, PrivateTmp and ProtectSystem=strict with a group's store" {
  unit notify-strict.service <<'UNIT'
[Service]
Type=notify
DynamicUser=yes
PrivateTmp=yes
ProtectSystem=strict
SupplementaryGroups=games
ReadWritePaths=/run/shmctl/g/games
ExecStart=/usr/bin/shmctl --store @games run --notify command notify-strict sh -c \
  'shmctl --store @games counter incr notify-strict; systemd-notify --ready; exec sleep infinity'
UNIT
  install -d -m 2770 -g games /run/shmctl/g/games
  systemctl start notify-strict
  assert_state notify-strict ActiveState active
  [ "$(shmctl --store @games counter get notify-strict)" = 1 ]
}

@test "a user's manager" {
  linger notify-gina
  user_unit notify-gina notify-user.service <<'UNIT'
[Service]
Type=notify
ExecStart=/usr/bin/shmctl run --notify command notify-user sh -c 'systemd-notify --ready --status=mine; exec sleep infinity'
UNIT
  user_manager notify-gina systemctl --user start notify-user
  [ "$(user_manager notify-gina systemctl --user show --value --property=StatusText notify-user)" = mine ]
  no_linger notify-gina
}

# The machine itself: that the words of boot.bash do what they say, and that the package came up with systemd.
load boot

setup_file() { useradd --create-home --uid 4102 machine-frank; }
teardown_file() { userdel --remove machine-frank; }

@test "systemd is process 1, and nothing of the package failed" {
  [ "$(cat /proc/1/comm)" = systemd ]
  run -0 systemctl list-units --failed --plain --no-legend 'shmctl*' 'run-shmctl*'
  [ -z "$output" ]
}

@test "a unit is started, seen in the journal and removed" {
  unit machine-hello.service <<'UNIT'
[Service]
Type=oneshot
ExecStart=/usr/bin/shmctl counter incr machine-hello
UNIT
  systemctl start machine-hello
  assert_counter machine-hello 1
  until_journal 1 --unit=machine-hello.service
  remove_units
  run -4 systemctl status machine-hello
}

@test "a session of alice's has a runtime directory and uses her store" {
  as_session alice call printenv XDG_RUNTIME_DIR
  assert_done /run/user/4001
  as_session alice shm counter incr machine-session
  assert_done 1
  [ -f /run/shmctl/u/4001/machine-session ]
}

@test "a user who lingers has a manager without a session" {
  linger machine-frank
  user_unit machine-frank machine-hello.service <<'UNIT'
[Service]
Type=oneshot
ExecStart=/usr/bin/shmctl counter incr machine-lingers
UNIT
  user_manager machine-frank systemctl --user start machine-hello
  run -0 setpriv --reuid=4102 --regid=4102 --clear-groups shmctl counter get machine-lingers
  [ "$output" = 1 ]
  no_linger machine-frank
}

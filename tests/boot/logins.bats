# A user's store is there whoever comes and goes: logins, logouts, lingering, no session at all, with logind's
# RemoveIPC=yes, by which what a user has in /dev/shm goes with the last session.
load boot

setup_file() { useradd --create-home --shell /bin/bash --uid 4101 logins-erin; }
teardown_file() { userdel --remove logins-erin; }
ERIN=logins-erin
UID_DIR=/run/shmctl/u/4101

teardown() {
  loginctl disable-linger "$ERIN"
  end_all_of_erin
  until_true logged_out
  rm -rf "${UID_DIR:?}"/*
  remove_units
}
# As loginctl terminate-user, which forgets a session that is ending by itself at that moment.
end_all_of_erin() { systemctl stop user-4101.slice; }
logged_out() { is_state user@4101.service ActiveState inactive && is_state user-4101.slice ActiveState inactive; }

@test "RemoveIPC empties /dev/shm at logout, and the store has all that it had" {
  as_session "$ERIN" call sh -c 'touch /dev/shm/logins-probe && test -O /dev/shm/logins-probe &&
    shmctl counter incr logins-hits && shmctl queue push logins-jobs one two && shmctl run logins-job true'
  assert_status 0
  until_true logged_out
  # It does what its name says, or this test would say nothing.
  until_true test ! -e /dev/shm/logins-probe
  as_session "$ERIN" call sh -c 'shmctl counter get logins-hits && shmctl queue pop logins-jobs &&
    shmctl jobs --json logins-job | grep -o "\"runs\":1"'
  assert_done $'1\none\n"runs":1'
}

@test "a login, a manager that lingers, su and no session at all mean the same store" {
  as_session "$ERIN" shm counter incr logins-ways
  assert_done 1
  until_true logged_out
  run -0 setpriv --reuid=4101 --regid=4101 --clear-groups env -i shmctl counter incr logins-ways
  [ "$output" = 2 ]
  run -0 su - "$ERIN" -c 'shmctl counter incr logins-ways'
  [ "$output" = 3 ]
  linger "$ERIN"
  run -0 user_manager "$ERIN" systemd-run --user --quiet --wait --pipe shmctl counter incr logins-ways
  [ "$output" = 4 ]
  no_linger "$ERIN"
  run -0 systemd-run --quiet --wait --pipe --property="User=$ERIN" --property=PrivateTmp=yes \
    shmctl counter incr logins-ways
  [ "$output" = 5 ]
  [ "$(find "$UID_DIR" -name 'logins-*' -type f | wc -l)" = 1 ]
}

@test "a job that was left running at logout holds its name, and the next login sees who has it" {
  as_session "$ERIN" call sh -c 'nohup shmctl run logins-left tail -f /dev/null >/dev/null 2>&1 &
    until shmctl -q who logins-left; do sleep 0.02; done'
  assert_status 0
  as_session "$ERIN" shm run logins-left true
  assert_refused 75 'tail -f'
  as_session "$ERIN" shm stop logins-left
  assert_status 0
  as_session "$ERIN" shm run logins-left true
  assert_done
}

@test "a job that ends with everything of the user's is free at the next login, and its end is known" {
  as_session "$ERIN" call sh -c 'nohup shmctl run logins-ended tail -f /dev/null >/dev/null 2>&1 &
    until shmctl -q who logins-ended; do sleep 0.02; done'
  assert_status 0
  end_all_of_erin
  until_true logged_out
  as_session "$ERIN" shm run logins-ended true
  assert_done
  as_session "$ERIN" call sh -c 'shmctl jobs --json logins-ended'
  [ "$(jq -s '.[0] | [.runs, .failures + .lost] | join(" ")' -r "$OUT")" = '2 1' ]
}

# shellcheck shell=bash
# What tests/boot/*.bats share. They run in a machine of their own that systemd has booted, as root, with the package
# installed; never anywhere else (tests/suites/boot starts the machine). `load boot` is their first line.
#
# A file NAME.bats runs in the first boot, NAME.reboot.bats after a reboot: /run is new then, the disk is the same.
# Files run two at a time in one machine, so
#   - objects, jobs, units and users' files have names that begin with the file's (`cron-nightly`);
#   - `unit` and `user_unit` write units, which this file's teardown stops and removes;
#   - a file that has a user linger, or ends what a user runs, makes a user of its own (useradd in setup_file);
#   - nothing is assumed of how many jobs, units or lines of the journal there are;
#   - a file that must have a machine for itself has the line `# alone`, with nothing else in that line.
# A test meets the machine's own stores, /run/shmctl/sys and u/UID; `own_store` gives a store of a test's own.
#
# Whom there are: root, and alice, bob, carol, dave (4001..4004, homes, no session; carol and dave are in the group
# games).
# What there is: minbase, systemd, dbus, libpam-systemd, cron, libfaketime, bats, jq, procps, curl, prometheus
# (tests/suites/boot).
#
#   SHMCTL_BOOT_BUILD=DIR tests/suites/boot NAME      runs tests/boot/NAME.bats on what DIR has built (10 s)
#
# helpers.bash gives `shm`, `call`, `as USER`, `assert_*`, `until_true`. `as alice shm ...` is alice without a session.
if [ ! -e /etc/shmctl-boot ]; then
  echo "this is for a machine that tests/suites/boot has started" >&2
  exit 1
fi
bats_require_minimum_version 1.5.0
load ../helpers
# The journal of this machine is there to be written to.
unset SHMCTL_JOURNAL
export -n SHMCTL # the command is in PATH, as users have it
SHMCTL=shmctl
export PATIENCE=60

# --- users -----------------------------------------------------------------------------------------------------------

# as_session USER WORDS...: WORDS, one of `shm`, `call` and `inside` with what follows it, are done in a login session
# of that user's, with a PAM stack and a user manager; the session has ended when this returns. No environment is passed
# on.
# shellcheck disable=SC2034 # helpers.bash reads it
as_session() {
  local -a AS=(systemd-run --quiet --pipe --wait --collect --property=PAMName=login --property="User=$1"
    --property=WorkingDirectory=~ --setenv=LC_ALL=C)
  shift
  "$@"
}

# linger USER, no_linger USER: whether that user's manager runs without a session; waits until it does, or does not
linger() { loginctl enable-linger "$1" && until_state "user@$(id -u "$1").service" ActiveState active; }
no_linger() { loginctl disable-linger "$1" && until_state "user@$(id -u "$1").service" ActiveState inactive; }

# user_manager USER COMMAND...: as that user, without a session, with the way to its manager:
# `user_manager alice systemctl --user start x`. For who lingers.
user_manager() {
  local uid
  uid=$(id -u "$1")
  setpriv --reuid="$1" --regid="$1" --init-groups env HOME="/home/$1" USER="$1" LOGNAME="$1" \
    XDG_RUNTIME_DIR="/run/user/$uid" "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/$uid/bus" "${@:2}"
}

# --- units -----------------------------------------------------------------------------------------------------------

# unit NAME, from stdin: a unit of the system, loaded. A drop-in is unit NAME.d/FILE.conf.
unit() {
  mkdir -p "$(dirname "/etc/systemd/system/$1")"
  cat >"/etc/systemd/system/$1"
  echo "$1" >>"$BATS_TEST_TMPDIR/units"
  systemctl daemon-reload
}

# user_unit USER NAME, from stdin: the same of that user's manager, which must run
user_unit() {
  local dir=/home/$1/.config/systemd/user file
  file=$dir/$2
  user_manager "$1" mkdir -p "$(dirname "$file")"
  cat >"$file"
  chown "$1:" "$file"
  echo "$1 $2" >>"$BATS_TEST_TMPDIR/user-units"
  user_manager "$1" systemctl --user daemon-reload
}

# remove_units: for a teardown of a file's own
remove_units() {
  local name user
  if [ -e "$BATS_TEST_TMPDIR/units" ]; then
    while read -r name; do
      case $name in *.d/*) ;; *) systemctl stop "$name" || true ;; esac
      rm -f "/etc/systemd/system/$name"
      rmdir --ignore-fail-on-non-empty "$(dirname "/etc/systemd/system/$name")" 2>/dev/null || true
      case $name in *.d/*) ;; *) systemctl reset-failed "$name" || true ;; esac
    done <"$BATS_TEST_TMPDIR/units"
    systemctl daemon-reload
  fi 2>/dev/null
  if [ -e "$BATS_TEST_TMPDIR/user-units" ]; then
    while read -r user name; do
      user_manager "$user" systemctl --user stop "$name" || true
      rm -f "/home/$user/.config/systemd/user/$name"
    done <"$BATS_TEST_TMPDIR/user-units"
  fi 2>/dev/null
}
teardown() { remove_units; }

# state UNIT PROPERTY: `state x.service ActiveState`
state() { systemctl show --property="$2" --value "$1"; }
# until_state UNIT PROPERTY VALUE: waits for it
until_state() { until_true is_state "$@"; }
is_state() { [ "$(state "$1" "$2")" = "$3" ]; }
assert_state() { is_state "$@" || fail "$2 of $1 is $(state "$1" "$2"), not $3: $(journal --unit="$1")"; }

# --- the journal -----------------------------------------------------------------------------------------------------

# journal [OPTION...]: of this boot, by default as `--output=cat`: journal --unit=x.service,
# journal --output=json SHMCTL_JOB=x
journal() {
  journalctl --sync
  journalctl --quiet --no-pager --boot --output=cat "$@"
}
# until_journal WORDS [OPTION...]: waits for a message with these words
until_journal() { until_true journal_says "$@"; }
journal_says() { [[ $(journal "${@:2}") == *"$1"* ]]; }

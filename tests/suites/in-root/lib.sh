# shellcheck shell=bash
# For the scripts that install the package in a clean root; sourced there.
. /tests/suites/lib.sh

# What is on the disk and in /run besides the records of apt, dpkg and the loader: type, mode, owner, path.
listing() {
  find / /run -xdev \( -path /tests -o -path /deb -o -path /var/log -o -path /var/cache -o -path /var/lib/apt \
    -o -path /var/lib/dpkg -o -path /tmp -o -path /etc/ld.so.cache -o -path /proc -o -path /dev -o -path /results \
    -o -path /run/systemd -o -path /run/machine-id -o -path /etc/machine-id -o -path /var/tmp \) \
    -prune -o -printf '%y %m %u:%g %p\n' | sort
}

install_deb() { dpkg --install /deb/shmctl_*.deb; }

# mode_of PATH: what tmpfiles.d and postinst have to agree on
is_directory() { [ "$(stat -c '%F %a %U:%G' "$2")" = "directory $1 root:root" ] || { stat "$2" && false; }; }

directories_are_right() {
  is_directory 755 /run/shmctl && is_directory 755 /run/shmctl/sys && is_directory 755 /run/shmctl/g &&
    is_directory 1777 /run/shmctl/u
}

as_user() { setpriv --reuid=1234 --regid=1234 --clear-groups env -u HOME "$@"; }

# One count as root and one as an ordinary user, each in the own store.
counts_as_root() {
  [ "$(shmctl counter incr package-test)" = 1 ] && [ -f /run/shmctl/sys/package-test ] && shmctl rm package-test
}
counts_as_user() {
  [ "$(as_user shmctl counter incr package-test)" = 1 ] && [ "$(stat -c '%a %u' /run/shmctl/u/1234)" = "700 1234" ] &&
    [ -f /run/shmctl/u/1234/package-test ] && as_user shmctl rm package-test
}

no_trace() { diff /tmp/before <(listing); }

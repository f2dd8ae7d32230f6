# shellcheck shell=bash
# Clean Debian roots for the suites that install the package; sourced after lib.sh, needs root.
# A root is bootstrapped once from this machine's own apt sources and settings and kept as a tarball for 30 days.

root_cache=${XDG_CACHE_HOME:-$HOME/.cache}/shmctl-tests

# root_tarball [PACKAGE...]: prints the path of a minbase root with these packages
# shellcheck disable=SC2120
root_tarball() {
  local name tar work lock
  name=minbase
  if [ $# -gt 0 ]; then name=$name-$(echo "$*" | cksum | cut -d' ' -f1); fi
  mkdir -p "$root_cache"
  find "$root_cache" -name '*.tar' -mtime +30 -delete
  # One at a time: tests/run makes them ahead of time.
  exec {lock}>"$root_cache/$name.lock"
  flock "$lock"
  tar=$(find "$root_cache" -name "bookworm-$name-????-??-??.tar" | sort | tail -n1)
  if [ -z "$tar" ]; then
    tar=$root_cache/bookworm-$name-$(date +%F).tar
    work=$(mktemp -d)
    apt-config dump Acquire | grep '";$' >"$work/apt.conf"
    local sources=()
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
      # Only Debian's own: a clean root has nothing else.
      if [ -s "$file" ] && grep -q bookworm "$file" && grep -q '[ /]debian' "$file"; then sources+=("$file"); fi
    done
    if [ ${#sources[@]} = 0 ]; then
      echo "no apt source of this machine has Debian bookworm" >&2
      return 1
    fi
    mmdebstrap --quiet --variant=minbase --aptopt="$work/apt.conf" ${1:+--include="$(IFS=,; echo "$*")"} \
      bookworm "$work/root.tar" "${sources[@]}" >&2 || return 1
    mv "$work/root.tar" "$tar"
    rm -rf "$work"
  fi
  exec {lock}>&-
  echo "$tar"
}

# root_directory [PACKAGE...]: prints the path of the same root, unpacked, for what mounts something over it
root_directory() {
  local tar dir
  tar=$(root_tarball "$@") || return 1
  dir=${tar%.tar}
  exec {lock}>"$root_cache/lock"
  flock "$lock"
  if [ ! -d "$dir" ]; then
    for old in "$root_cache"/bookworm-*/; do if [ -d "$old" ] && [ ! -e "${old%/}.tar" ]; then rm -rf "$old"; fi; done
    rm -rf "$dir.new"
    mkdir -m 755 "$dir.new"
    tar -C "$dir.new" --exclude='./dev/*' -xf "$tar" && mv "$dir.new" "$dir"
  fi
  exec {lock}>&-
  echo "$dir"
}

# in_machine NAME ROOT WORK DEB MACHINE BOOT...: see tests/suites/enter-boot, which this gives namespaces and a control
# group of its own. Two that run at the same time have different names. A kill of the process that WORK/unshare.pid
# names ends the machine; no other signal does.
in_machine() {
  unshare --mount --propagation private bash -c '
    mkdir "$2/groups" && mount -t cgroup2 cgroup2 "$2/groups" && group=$2/groups/$0 && mkdir "$group" || exit
    (echo 0 >"$group/cgroup.procs" && echo "$BASHPID" >"$2/unshare.pid" &&
      exec unshare --cgroup --mount --pid --fork --kill-child --mount-proc bash tests/suites/enter-boot "$0" "$@")
    rm "$2/unshare.pid"
    find "$group" -depth -type d -exec rmdir {} +
    umount "$2/groups" && rmdir "$2/groups"' "$@" </dev/null >&2
}

# in_root TARBALL SCRIPT [ARGUMENT...]: runs tests/suites/in-root/SCRIPT as root in a fresh copy of the root, with its
# own mounts and processes; everything is gone when it ends. /tests is this tree's tests/, /deb the built package.
in_root() {
  local dir status=0
  dir=$(mktemp -d)
  unshare --mount --pid --fork --kill-child bash "$TOP/tests/suites/enter-root" "$dir" "$@" || status=$?
  rmdir "$dir"
  return "$status"
}

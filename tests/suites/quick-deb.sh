# shellcheck shell=bash
# The Debian package of what a build tree has built: in seconds, for who tries something; sourced after lib.sh and
# deb.sh. Everything of debian/ is done as ever except building.

# quick_deb BUILD-TREE DIRECTORY: the package is then in DIRECTORY. Nothing is built: the targets shmctl and docs must
# have been.
quick_deb() {
  local build tools=$2/tools
  build=$(realpath "$1")
  mkdir -p "$2/tree" "$tools"
  tree | tar -c -T - | tar -x -C "$2/tree"
  # The units are those of the source: they need no building, and debian/rules names some.
  mkdir "$2/units"
  cat >"$2/units/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.25)
project(units LANGUAGES NONE)
add_subdirectory($(realpath "$2/tree/units") units)
CMAKE
  cmake -S "$2/units" -B "$2/units/build" || return 1
  cat >"$tools/dh_auto_install" <<SCRIPT
#!/bin/sh
set -e
export DESTDIR=debian/shmctl
cmake --install '$build' --prefix /usr
cmake --install '$(realpath "$2/units/build")' --prefix /usr
mkdir -p \$DESTDIR/lib/systemd && mv \$DESTDIR/usr/lib/systemd/system \$DESTDIR/lib/systemd/
SCRIPT
  chmod +x "$tools/dh_auto_install"
  # The build is done; the others take long and change nothing that is tried.
  for tool in dh_auto_configure dh_auto_build dh_auto_test dh_strip dh_dwz; do ln -s /bin/true "$tools/$tool"; done
  printf '#!/bin/sh\nexec /usr/bin/dh_builddeb "$@" -- -Znone\n' >"$tools/dh_builddeb"
  chmod +x "$tools/dh_builddeb"
  export DEB_BUILD_OPTIONS=nocheck DEB_BUILD_PROFILES=nocheck
  (cd "$2/tree" && PATH=$(realpath "$tools"):$PATH debian/rules binary)
}

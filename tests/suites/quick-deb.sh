# shellcheck shell=bash
# The Debian package of what a build tree has built: in seconds, for who tries something; sourced after lib.sh and
# deb.sh. Everything of debian/ is done as ever except building.

# quick_deb BUILD-TREE DIRECTORY: the package is then in DIRECTORY. Nothing is built: the targets shmctl and docs must be.
quick_deb() {
  local build tools=$2/tools
  build=$(realpath "$1")
  mkdir -p "$2/tree" "$tools"
  tree | tar -c -T - debian packaging units | tar -x -C "$2/tree"
  # The units' place is debhelper's, not the build tree's.
  cat >"$tools/dh_auto_install" <<SCRIPT
#!/bin/sh
set -e
export DESTDIR=debian/shmctl
cmake --install '$build' --prefix /usr
if [ -d \$DESTDIR/usr/lib/systemd/system ]; then
  mkdir -p \$DESTDIR/lib/systemd && mv \$DESTDIR/usr/lib/systemd/system \$DESTDIR/lib/systemd/
fi
SCRIPT
  chmod +x "$tools/dh_auto_install"
  # The build is done; the others take long and change nothing that is tried.
  for tool in dh_auto_configure dh_auto_build dh_auto_test dh_strip dh_dwz; do ln -s /bin/true "$tools/$tool"; done
  printf '#!/bin/sh\nexec /usr/bin/dh_builddeb "$@" -- -Znone\n' >"$tools/dh_builddeb"
  chmod +x "$tools/dh_builddeb"
  (cd "$2/tree" && PATH=$(realpath "$tools"):$PATH DEB_BUILD_OPTIONS=nocheck DEB_BUILD_PROFILES=nocheck debian/rules binary)
}

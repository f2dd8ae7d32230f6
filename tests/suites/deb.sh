# shellcheck shell=bash
# Builds the Debian package from a copy of the tree; sourced after lib.sh. The results are in build/deb.
. packaging/tree.sh

# A checksum of all that a package is made of.
tree_sum() { tree | tar -c --mtime=@0 -T - | sha256sum; }

# deb DIRECTORY FIRST TURNS [WORD...]: without the unit tests, which the suite unit runs, and without what a debugger
# needs, which is in a package of its own and takes a third of the time. What the build FIRST has compiled by the same
# words, in whatever directory, is not compiled again: same-object says what TURNS are. That this makes no difference is
# what the suite reproducible is about. The words stand before the command that builds.
deb() {
  export SHMCTL_FIRST=$2 SHMCTL_TURNS=$3 SHMCTL_SAME=$TOP/build/tests/same SHMCTL_COMPILED=$TOP/build/tests/compiled
  mkdir -p build/tests
  rm -f "$SHMCTL_COMPILED"
  tests/suites/same-words "$2" >"$SHMCTL_SAME"
  CMAKE_CXX_COMPILER_LAUNCHER=$TOP/tests/suites/same-object DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" \
    DEB_BUILD_PROFILES=nocheck DEB_CXXFLAGS_STRIP=-g "${@:4}" packaging/deb "$1" >&2
}

# Only when the tree has changed since the last time.
build_deb() {
  local out=$TOP/build/deb sum
  sum=$(tree_sum)
  if [ "$(cat "$out/tree.sum" 2>/dev/null)" = "$sum" ]; then return; fi
  rm -rf "$out"
  preset release shmctl || return 1
  (deb "$out" "$TOP/build/release" 0/0) || return 1
  echo "$sum" >"$out/tree.sum"
}

# previous_deb: the release before, as build/deb/previous.deb. Without $SHMCTL_PREVIOUS_DEB it is this one with a lower
# version: what dpkg and the package's scripts do at an upgrade is the same.
previous_deb() {
  local out=$TOP/build/deb/previous.deb work
  if [ -n "${SHMCTL_PREVIOUS_DEB-}" ]; then
    cp "$SHMCTL_PREVIOUS_DEB" "$out"
    return
  fi
  work=$(mktemp -d)
  dpkg-deb --raw-extract "$TOP"/build/deb/shmctl_*.deb "$work/tree"
  sed -i 's/^Version: .*/Version: 0.1.0~previous-1/' "$work/tree/DEBIAN/control"
  dpkg-deb --build -Znone --root-owner-group "$work/tree" "$out" >&2
  rm -rf "$work"
}

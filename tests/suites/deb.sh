# shellcheck shell=bash
# Builds the Debian package from a copy of the tree; sourced after lib.sh. The results are in build/deb.
. packaging/tree.sh

# A checksum of all that a package is made of.
tree_sum() { tree | tar -c --mtime=@0 -T - | sha256sum; }

# deb DIRECTORY: without the unit tests, which the suite unit runs, and without what a debugger needs, which is in a package
# of its own and takes a third of the time. The programs are the same, but for the number that leads a debugger there.
deb() {
  DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$(nproc)" DEB_BUILD_PROFILES=nocheck DEB_CXXFLAGS_STRIP=-g \
    packaging/deb "$1" >&2
}

# Only when the tree has changed since the last time.
build_deb() {
  local out=$TOP/build/deb sum
  sum=$(tree_sum)
  if [ "$(cat "$out/tree.sum" 2>/dev/null)" = "$sum" ]; then return; fi
  rm -rf "$out"
  deb "$out" || return 1
  echo "$sum" >"$out/tree.sum"
}

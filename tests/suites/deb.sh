# shellcheck shell=bash
# Builds the Debian package from a copy of the tree; sourced after lib.sh. The results are in build/deb.
. packaging/tree.sh

# Only when the tree has changed since the last time. The unit tests are left out: the suite unit runs them.
build_deb() {
  local out=$TOP/build/deb sum
  sum=$(tree | tar -c --mtime=@0 -T - | sha256sum)
  if [ "$(cat "$out/tree.sum" 2>/dev/null)" = "$sum" ]; then return; fi
  rm -rf "$out"
  DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" DEB_BUILD_PROFILES=nocheck packaging/deb "$out" >&2 || return 1
  echo "$sum" >"$out/tree.sum"
}

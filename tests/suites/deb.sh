# shellcheck shell=bash
# Builds the Debian package from a copy of the tree; sourced after lib.sh. The results are in build/deb.

# What the package is made of: files that git knows or would take.
tree() {
  { git ls-files -co --exclude-standard 2>/dev/null || find . -path ./build -prune -o -type f -print; } |
    sort | while read -r file; do if [ -e "$file" ]; then echo "$file"; fi; done
}

# Only when the tree has changed since the last time.
build_deb() {
  local out=$TOP/build/deb sum
  sum=$(tree | tar -c --mtime=@0 -T - | sha256sum)
  if [ "$(cat "$out/tree.sum" 2>/dev/null)" = "$sum" ]; then return; fi
  rm -rf "$out"
  mkdir -p "$out/tree"
  tree | tar -c -T - | tar -x -C "$out/tree"
  (cd "$out/tree" && DEB_BUILD_OPTIONS="nocheck parallel=$(nproc)" DEB_BUILD_PROFILES=nocheck \
    dpkg-buildpackage --unsigned-source --unsigned-changes) >&2 || return 1
  echo "$sum" >"$out/tree.sum"
}

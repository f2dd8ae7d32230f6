# shellcheck shell=bash
# What a release is made of; sourced, with the top of the tree as the working directory.

# The files that git knows or would take, sorted, one a line. A tree without git is a release: all of it but build/.
tree() {
  { git ls-files -co --exclude-standard 2>/dev/null || find . -path ./build -prune -o -type f -printf '%P\n'; } |
    LC_ALL=C sort -u | while read -r file; do if [ -f "$file" ] || [ -L "$file" ]; then echo "$file"; fi; done
}

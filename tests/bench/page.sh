# shellcheck shell=bash
# Writes what was measured into a page: between its two marks, and nowhere else. Sourced by tests/bench/run.
: "${work:?}" "${shmctl:?}" "${rounds:?}" "${burst:?}"

page_begin='<!-- measured by tests/bench/run --markdown -->'
page_end='<!-- end of what was measured -->'

# A line of a table about the machine: what it is, but not which.
fact() { printf '| %s | %s |\n' "$1" "$2"; }

virtual_machine() {
  local kind
  if kind=$(systemd-detect-virt --vm 2>/dev/null); then
    echo "yes ($kind)"
  elif grep -q '^flags.* hypervisor' /proc/cpuinfo; then
    echo yes
  else
    echo no
  fi
}

# The packages that take part, as far as they are installed.
versions() {
  dpkg-query -W -f '${db:Status-Status} ${Package} ${Version}\n' bash coreutils util-linux redis-tools sqlite3 \
    daemontools moreutils chiark-utils-bin liblmdb-dev libboost-dev 2>/dev/null |
    sed -n 's/^installed //p' | paste -sd , | sed 's/,/, /g'
}

machine() {
  printf '| the machine | |\n|---|---|\n'
  fact processor "$(sed -n '/^model name/{s/^[^:]*: //;p;q}' /proc/cpuinfo), $(nproc) of them"
  fact "virtual machine" "$(virtual_machine)"
  fact memory "$(awk '$1 == "MemTotal:" { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)"
  fact kernel "$(uname -sr)"
  fact system "$(. /etc/os-release && echo "$PRETTY_NAME"), locale ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}}"
  fact day "$(date -u +%F)"
  fact shmctl "$("$shmctl" --version | sed 's/^shmctl //'), rounds of $burst calls: $rounds"
  if type -P dpkg-query >/dev/null; then fact others "$(versions)"; fi
}

# write_page PAGE
write_page() {
  if [ "$(grep -cxF -e "$page_begin" -e "$page_end" "$1")" != 2 ]; then
    echo "tests/bench/run: $1 has not the lines '$page_begin' and '$page_end'" >&2
    return 1
  fi
  {
    printf '%s\n\n' "$page_begin"
    machine
    printf '\n### All bounds\n\n'
    summary_markdown
    cat "$work/tables.md"
    printf '\n%s\n' "$page_end"
  } >"$work/measured.md"
  awk -v begin="$page_begin" -v end="$page_end" -v measured="$work/measured.md" '
    $0 == begin { while ((getline line < measured) > 0) print line; inside = 1 }
    !inside
    $0 == end { inside = 0 }' "$1" >"$work/page.md"
  cat "$work/page.md" >"$1"
}

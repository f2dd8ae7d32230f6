#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# The examples of docs/ in a booted machine: all of each page that has some which need systemd (HACKING.md, "Documents").
# alone
load boot

setup_file() {
  useradd --create-home --shell /bin/bash --uid 4009 reader
  loginctl enable-linger reader
}

# page FILE: its examples, from top to bottom, in stores and a home that are empty at first
page() {
  find /run/shmctl/sys /run/shmctl/u/4009 /home/reader -mindepth 1 -delete 2>/dev/null || true
  until_state user@4009.service ActiveState active
  PATIENCE=200 call env READER=reader setsid --wait /tests/docs/run "/$1" machine
  assert_status 0
}

@test "docs/README.md" { page docs/README.md; }
@test "docs/journal.md" { page docs/journal.md; }
@test "docs/limits.md" { page docs/limits.md; }
@test "docs/metrics.md" { page docs/metrics.md; }
@test "docs/persistence.md" { page docs/persistence.md; }
@test "docs/services.md" { page docs/services.md; }
@test "docs/systemd.md" { page docs/systemd.md; }

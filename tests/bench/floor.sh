# shellcheck shell=bash
# The floor: programs without a C library that do a task's system calls and nothing else (tests/bench/floor/), which is
# what the task costs at least. Sourced by tests/bench/run after lib.sh. What each is called in the tables stands in
# $floor_counter, $floor_print, $floor_run; these are empty where it can't be had.
: "${here:?}" "${work:?}" "${disk:?}"

floor=$disk/floor
floor_counter='' floor_print='' floor_run=''

# Written in one go, as the program under test is.
make_floor() {
  local name
  if [ "$(uname -m)" != x86_64 ]; then
    note "floor: left out, it is written for x86-64 alone"
    return
  fi
  mkdir "$floor"
  for name in counter print run; do
    ${CXX:-c++} -std=c++20 -Os -Wall -Wextra -ffreestanding -fno-exceptions -fno-asynchronous-unwind-tables \
      -fno-stack-protector -fcf-protection=none -fno-pie -no-pie -nostdlib -static -s \
      -Wl,--build-id=none,-z,noseparate-code,-z,norelro,-z,noexecstack -o "$work/floor-$name" "$here/floor/$name.cpp"
    cat "$work/floor-$name" >"$floor/$name"
    chmod +x "$floor/$name"
    head -c 4096 /dev/zero >"$work/floor-$name.number"
  done
  floor_counter='floor (open, map, add)'
  floor_print='floor (open, map, add, write)'
  # shellcheck disable=SC2034 # for runs.sh
  floor_run='floor (open, flock, vfork, exec, wait)'
}

# As candidates, if they are there.
program_floor_counter() { if [ -n "$floor_counter" ]; then program "$floor_counter" "$floor/counter $work/floor-counter.number"; fi; }
candidate_floor_print() { if [ -n "$floor_print" ]; then candidate "$floor_print" "v=\$($floor/print $work/floor-print.number)"; fi; }

# shellcheck shell=bash
# The sections `run`, `loser` and `wakeup` of the benchmark: a command under a lock. Sourced by tests/bench/run.
# shellcheck disable=SC2034,SC2154 # what lib.sh reads, what floor.sh has
: "${rounds:?}" "${work:?}" "${store:?}" "${shmctl:?}"

section_run() {
  have flock util-linux || return 0
  begin
  if [ -n "$floor_run" ]; then program "$floor_run" "$floor/run $work/run.floor true"; fi
  program flock "flock $work/run.flock true"
  program "shmctl run" "$shmctl run job true"
  program "shmctl --store DIR run" "$shmctl --store $store run job true"
  program "shmctl flock, a file" "$shmctl flock $work/run.sflock true"
  program "flock -o" "flock -o $work/run.flock true"
  if have setlock daemontools; then program setlock "setlock $work/run.setlock true"; fi
  if have lckdo moreutils; then program lckdo "lckdo $work/run.lckdo true"; fi
  if have with-lock-ex chiark-utils-bin; then program with-lock-ex "with-lock-ex -w $work/run.wlx true"; fi
  program "true, no lock" "$(type -P true)"
  measured_bounds=(loop spawn)
  if [ -n "$floor_run" ]; then bound "shmctl run" 1.15 "$floor_run"; fi
  bound "shmctl run" 0.65 flock
  measure run "The command 'true' run under a lock" "${floor_run:-flock}"
}

# holder COMMAND...: takes a lock by it, with a cat as the command that ends when the section does. It waits for the lock,
# which who asks whether it is held by now may have.
holder() { "$@" cat <"$work/gate" >/dev/null 2>&1 & }

section_loser() {
  local gate
  have flock util-linux || return 0
  begin
  mkfifo "$work/gate"
  holder "$shmctl" run busy --on-busy wait
  holder flock "$work/busy.flock"
  if [ -n "$floor_run" ]; then holder "$floor/run" -w "$work/busy.floor"; fi
  if have setlock daemontools; then holder setlock "$work/busy.setlock"; fi
  if have lckdo moreutils; then holder lckdo -w "$work/busy.lckdo"; fi
  if have with-lock-ex chiark-utils-bin; then holder with-lock-ex -w "$work/busy.wlx"; fi
  exec {gate}>"$work/gate"

  if [ -n "$floor_run" ]; then loser 1 "$floor_run" "$floor/run $work/busy.floor true"; fi
  loser 1 "flock -n" "flock -n $work/busy.flock true"
  loser 75 "shmctl run" "$shmctl run busy true"
  loser 75 "shmctl -q run" "$shmctl -q run busy true"
  if type -P setlock >/dev/null; then loser 111 "setlock -n" "setlock -n $work/busy.setlock true"; fi
  if type -P lckdo >/dev/null; then loser 75 lckdo "lckdo $work/busy.lckdo true"; fi
  if type -P with-lock-ex >/dev/null; then loser 0 "with-lock-ex -q" "with-lock-ex -q $work/busy.wlx false"; fi
  # In a loop, bash's own fork takes longer than being refused does.
  measured_bounds=(spawn)
  if [ -n "$floor_run" ]; then bound "shmctl run" 1.5 "$floor_run"; fi
  bound "shmctl run" 0.33 "flock -n"
  measure loser "A lock that is held, until it is given up" "${floor_run:-flock -n}"
  exec {gate}>&-
  rm "$work/gate"
}

section_wakeup() {
  have flock util-linux || return 0
  begin
  {
    if [ -n "$floor_run" ]; then pair "$floor_run" "$floor/run $work/wake.floor" "$floor/run -w $work/wake.floor"; fi
    pair flock "flock $work/wake.flock" "flock $work/wake.flock"
    pair "flock -w" "flock $work/wake.flock" "flock -w 60 $work/wake.flock"
    pair "shmctl run --on-busy wait" "$shmctl run wake" "$shmctl run wake --on-busy wait"
    pair "shmctl run --wait" "$shmctl run wake" "$shmctl run wake --wait 60"
    if have setlock daemontools; then pair setlock "setlock $work/wake.setlock" "setlock $work/wake.setlock"; fi
    if have with-lock-ex chiark-utils-bin; then
      pair "with-lock-ex -w" "with-lock-ex -w $work/wake.wlx" "with-lock-ex -w $work/wake.wlx"
    fi
  } >"$work/pairs"
  if [ -n "$floor_run" ]; then bound "shmctl run --on-busy wait" 1.15 "$floor_run"; fi
  bound "shmctl run --wait" 0.8 "flock -w"
  "$work/driver" wakeup "$rounds" "$work/pairs" "$work/stamp" "$work/board" 3>"$work/wakeup.times"
  column wakeup "$work/wakeup.times"
  table wakeup "A lock set free, until the waiter's command starts" "$rounds" "${floor_run:-flock -w}" wakeup
}

# pair LABEL HOLDER WAITER: without their commands, which the driver adds
pair() {
  local words
  labels+=("$1")
  for words in "$2" "$3"; do
    read -r -a words <<<"$words"
    printf '%s\0' "${words[@]}"
    printf '\0'
  done
}

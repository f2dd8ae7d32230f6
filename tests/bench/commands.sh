# shellcheck shell=bash
# The sections `counter`, `substitution`, `verbs` and `coproc` of the benchmark: what a shell pays for a call. Sourced by
# tests/bench/run.
# shellcheck disable=SC2154 # what floor.sh has
: "${rounds:?}" "${work:?}" "${store:?}" "${shmctl:?}"

# One for all sections.
start_redis() {
  have redis-server redis-server && have redis-cli redis-tools || return 1
  if [ -S "$work/redis" ]; then return; fi
  redis-server --port 0 --unixsocket "$work/redis" --save '' --appendonly no --dir "$work" >/dev/null 2>&1 </dev/null &
  children+=($!)
  until_true redis-cli -s "$work/redis" ping
}

section_counter() {
  begin
  program_floor_counter
  program true "$(type -P true)"
  program "shmctl counter incr" "$shmctl counter incr hits"
  program "shmctl --store DIR counter incr" "$shmctl --store $store counter incr hits"
  program "shmctl counter incr, three at once" "$shmctl counter incr hits misses=2 errors"
  if have flock util-linux; then
    echo 0 >"$work/count"
    candidate "flock in a subshell, a file" "(flock 9; read -r n <$work/count; echo \$((n + 1)) >$work/count) 9>$work/count.lock"
    program "flock FILE sh -c ..., a file" "flock $work/count.lock sh -c 'read n <$work/count; echo \$((n + 1)) >$work/count'"
  fi
  if start_redis; then program "redis-cli INCR, unix socket" "redis-cli -s $work/redis incr hits"; fi
  if have sqlite3 sqlite3; then
    sqlite3 "$work/db" 'create table counters (n integer); insert into counters values (0)'
    program "sqlite3 UPDATE" "sqlite3 $work/db 'update counters set n = n + 1 returning n'"
  fi
  if [ -n "$floor_counter" ]; then bound "shmctl counter incr" 1.25 "$floor_counter"; fi
  bound "shmctl counter incr" 0.6 true
  bound "shmctl counter incr" 0.4 "flock in a subshell, a file"
  bound "shmctl counter incr" 0.075 "redis-cli INCR, unix socket"
  measure counter "A counter incremented" "${floor_counter:-true}"
}

# What it takes to have the number in a variable.
section_substitution() {
  begin
  candidate_floor_print
  candidate "true" "v=\$($(type -P true))"
  candidate "shmctl counter incr" "v=\$($shmctl counter incr hits)"
  candidate "shmctl counter get" "v=\$($shmctl counter get hits)"
  if start_redis; then candidate "redis-cli INCR" "v=\$(redis-cli -s $work/redis incr hits)"; fi
  if [ -n "$floor_print" ]; then bound "shmctl counter incr" 1.25 "$floor_print"; fi
  measure substitution "v=\$(...)" "${floor_print:-true}" loop
}

section_verbs() {
  local verb
  begin
  # As many are popped as pushed; there are always some.
  "$shmctl" queue create verbs
  for ((i = 0; i < 2 * burst + 2; i++)); do echo "queue push verbs hello"; done | "$shmctl" -q exec
  "$shmctl" -q value create verbs-number --type int
  "$shmctl" -q value create verbs-text --type text
  program_floor_counter
  for verb in "counter incr hits" "counter decr hits" "counter get hits" "counter set hits 5" "counter swap hits 5" \
    "counter cas hits 5 5" "value set verbs-number 5" "value get verbs-number" "value set verbs-text hello" "value get verbs-text" \
    "queue push verbs hello" "queue pop verbs" "dict set verbs-dict key=hello" "dict get verbs-dict key" "dict incr verbs-counts key"; do
    program "$verb" "$shmctl $verb"
    case $verb in
      "queue push "* | "queue pop "* | "dict incr "* | "value set "* | "value get "* | "counter get "*)
        if [ -n "$floor_counter" ]; then bound "$verb" 1.5 "$floor_counter"; fi
        ;;
    esac
  done
  if start_redis; then
    redis-cli -s "$work/redis" rpush verbs hello hello >/dev/null
    for verb in "GET hits" "SET number 5" "GET number" "LPUSH verbs hello" "RPOP verbs" "HGET counts key" "HINCRBY counts key 1"; do
      program "redis-cli $verb" "redis-cli -s $work/redis $verb"
    done
  fi
  measure verbs "What else a shell calls often" "${floor_counter:-}"
}

# One process beside the script, which is asked by a line and answers by a line (docs/performance.md has it as a recipe).
section_coproc() {
  local line='line to shmctl exec, and its answer'
  begin
  # shellcheck disable=SC2016 # for the loop
  ask() { echo "echo '$2' >&\${$1[1]}; read -r v <&\${$1[0]}"; }
  candidate "v=\$(shmctl counter incr hits)" "v=\$($shmctl counter incr hits)"
  preamble="n=0; coproc keeper { exec $shmctl exec; }"
  candidate "$line" "$(ask keeper 'counter incr hits')"
  preamble+=$'\n'"exec {quiet}> >(exec $shmctl -q exec)"
  # shellcheck disable=SC2016 # for the loop
  candidate "line to shmctl -q exec, no answer" "echo 'counter incr hits' >&\$quiet"
  if start_redis; then
    preamble+=$'\n'"{ coproc redis { exec redis-cli -s $work/redis; } } 2>/dev/null"
    candidate "line to redis-cli, and its answer" "$(ask redis 'incr hits')"
  fi
  candidate "n=\$((n + 1)), bash itself" "n=\$((n + 1))"
  measure coproc "A number incremented by a script that has somebody beside it" "$line" loop
}

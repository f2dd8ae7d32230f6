#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# metrics: what jobs and exported objects do, as OpenMetrics. What promtool and Prometheus think of it: tests/boot.

load ../helpers
load jobs
load metrics

setup() { own_store; holding; }
teardown() { end_what_was_started; }

@test "metrics: where there is no store, there is only what shmctl says of itself" {
  shm metrics
  is_openmetrics
  assert_no_stderr
  no_metric shmctl_job_
  no_metric shmctl_store_info
  metric 'shmctl_metrics_left_out{reason="damaged"}' 0
  local version
  version=$("$SHMCTL" --version)
  metric "shmctl_build_info{version=\"${version#shmctl }\"}" 1
  [ ! -e "$STORE" ]
}

@test "metrics: a job that never ran, one that succeeded, one that failed" {
  shm run good true
  shm run good true
  shm run bad sh -c 'exit 3'
  shm run bad sh -c 'exit 4'
  shm pause new
  shm metrics
  is_openmetrics
  assert_no_stderr
  metric 'shmctl_job_up{name="good"}' 0
  metric 'shmctl_job_runs_total{name="good"}' 2
  metric 'shmctl_job_failures_total{name="good"}' 0
  metric 'shmctl_job_last_status{name="good"}' 0
  metric 'shmctl_job_failures_in_a_row{name="bad"}' 2
  metric 'shmctl_job_failures_total{name="bad"}' 2
  metric 'shmctl_job_last_status{name="bad"}' 4
  metric 'shmctl_job_last_end_timestamp_seconds{name="bad"}'
  metric 'shmctl_job_last_success_timestamp_seconds{name="good"}'
  no_metric 'shmctl_job_last_success_timestamp_seconds{name="bad"}'
  metric 'shmctl_job_paused{name="new"}' 1
  metric 'shmctl_job_paused{name="good"}' 0
  metric 'shmctl_job_runs_total{name="new"}' 0
  no_metric 'shmctl_job_last_start_timestamp_seconds{name="new"}'
  no_metric 'shmctl_job_last_status{name="new"}'
  metric "shmctl_store_info{path=\"$STORE\"}" 1
}

@test "metrics: times are seconds since 1970, and the runs' durations add up" {
  local before after
  before=$(date +%s)
  shm run job sleep 0.05
  after=$(date +%s)
  shm metrics
  is_openmetrics
  local start end last total
  start=$(sed -n 's/^shmctl_job_last_start_timestamp_seconds{name="job"} //p' "$OUT")
  end=$(sed -n 's/^shmctl_job_last_success_timestamp_seconds{name="job"} //p' "$OUT")
  last=$(sed -n 's/^shmctl_job_last_duration_seconds{name="job"} //p' "$OUT")
  total=$(sed -n 's/^shmctl_job_run_seconds_total{name="job"} //p' "$OUT")
  awk "BEGIN { exit !($before <= $start && $start < $end && $end <= $after + 1 && $last >= 0.05 && $total == $last) }" ||
    fail "$before $start $end $after, $last $total"
}

@test "metrics: a job that runs, whoever waits for it, and who was refused" {
  start one busy
  shm run busy true
  assert_status 75
  run_in_background two busy --on-busy wait true
  waits() { shm metrics && grep -qFx 'shmctl_job_waiters{name="busy"} 1' "$OUT"; }
  until_true waits
  is_openmetrics
  metric 'shmctl_job_up{name="busy"}' 1
  metric 'shmctl_job_holders{name="busy"}' 1
  metric 'shmctl_job_runs_total{name="busy"}' 1
  metric 'shmctl_job_skips_total{name="busy"}' 1
  metric 'shmctl_job_skips_in_a_row{name="busy"}' 1
}

@test "metrics: several runs of a job at once" {
  start one many --slots 3
  start two many --slots 3
  shm metrics
  is_openmetrics
  metric 'shmctl_job_up{name="many"}' 1
  metric 'shmctl_job_holders{name="many"}' 2
}

@test "metrics --jobs shows some jobs; --label gives all metrics one, but those that have it" {
  shm run one true
  shm run two true
  shm counter set hits 1
  shm metrics --jobs 't*' --label host=a --label 'name=x "y"' --export hits
  is_openmetrics
  metric 'shmctl_job_up{name="two",host="a"}' 0
  no_metric 'name="one"'
  metric 'hits{host="a",name="x \"y\""}' 1
  metric "shmctl_store_info{path=\"$STORE\",host=\"a\",name=\"x \\\"y\\\"\"}" 1
  local label
  for label in x =y 9=y a-b=y __a=y a:b=y $'a=\xff'; do
    shm metrics --label "$label"
    assert_refused 2 --label
  done
}

# --- what is left out ------------------------------------------------------------------------------------------------

# left_out REASON WORDS...: the last call left out one thing for that reason, and said so with these words
left_out() {
  is_openmetrics
  metric "shmctl_metrics_left_out{reason=\"$1\"}" 1
  assert_stderr_line "${@:2}"
}

@test "metrics: a damaged object is left out, counted and named; the others are there" {
  shm counter set bad 1
  shm counter set good 2
  printf 'rubbish' | dd of="$STORE/bad" conv=notrunc status=none
  shm metrics --export '*'
  left_out damaged "leave out 'bad'" damaged
  metric good 2
  : >"$STORE/bad"
  shm metrics --export '*'
  left_out damaged "leave out 'bad'"
  metric good 2
  rm "$STORE/bad"
  ln -s good "$STORE/bad"
  shm metrics --export '*'
  left_out damaged "leave out 'bad'"
}

@test "metrics: a damaged job and damaged marks are left out" {
  shm run bad true
  shm run good true
  printf 'rubbish' | dd of="$STORE/bad,job" conv=notrunc status=none
  shm metrics
  left_out damaged "leave out 'bad'"
  metric 'shmctl_job_runs_total{name="good"}' 1
  no_metric 'name="bad"'
  shm rm --job bad
  shm export good
  echo rubbish >"$STORE/,marks"
  shm metrics
  left_out damaged ',marks'
  metric 'shmctl_job_runs_total{name="good"}' 1
}

@test "metrics: what holds no number is left out if it was named, and is nothing to a glob" {
  shm value set text --type text hello
  shm metrics --export '*'
  is_openmetrics
  assert_no_stderr
  metric 'shmctl_metrics_left_out{reason="unfit"}' 0
  shm metrics --export text
  left_out unfit "leave out 'text'" 'no number'
  shm counter set down -1
  shm metrics --export down=down_total
  left_out unfit "leave out 'down'" 'below 0'
  shm metrics --export absent
  is_openmetrics
  assert_no_stderr
}

@test "metrics: of two objects with the same metric one is shown; shmctl's own names are taken" {
  shm counter set a.b 1
  shm counter set a-b 2
  shm metrics --export 'a*'
  left_out clash "leave out 'a.b'" 'same metric'
  metric a_b 2
  shm metrics --export a.b=x --export a-b=x_total
  left_out clash "leave out 'a.b'"
  metric x_total 2
  shm metrics --export a.b=x_created --export a-b=x_total
  left_out clash "leave out 'a.b'" 'another metric has that name'
  shm metrics --export a.b=shmctl_job_runs_total
  assert_refused 2 "shmctl's own"
  shm counter set shmctl_job_up 1
  shm metrics --export shmctl_job_up
  left_out unfit "leave out 'shmctl_job_up'" "shmctl's own"
}

@test "metrics: one without permission is left out" {
  need_root
  need setpriv
  mkdir -m 755 "$STORE"
  chmod 755 "$BATS_TEST_TMPDIR" "$BATS_FILE_TMPDIR" "$BATS_RUN_TMPDIR" || true
  shm counter create open 1 --mode 644
  shm counter create closed 1
  as alice shm metrics --export '*'
  [ "$status" = 0 ] || skip "other users can't get at the store"
  left_out denied "leave out 'closed'" denied
  metric open 1
}

# --- a file ----------------------------------------------------------------------------------------------------------

@test "metrics --output: the file is replaced as a whole, *.prom as its collector reads it" {
  shm run job true
  shm metrics --output "$BATS_TEST_TMPDIR/all.om"
  assert_done
  cp "$BATS_TEST_TMPDIR/all.om" "$OUT"
  is_openmetrics
  mkdir "$BATS_TEST_TMPDIR/collector"
  echo old >"$BATS_TEST_TMPDIR/collector/x.prom"
  chmod 604 "$BATS_TEST_TMPDIR/collector/x.prom"
  exec 5<"$BATS_TEST_TMPDIR/collector/x.prom"
  shm metrics --output "$BATS_TEST_TMPDIR/collector/x.prom"
  assert_done
  [ "$(cat <&5)" = old ]
  exec 5<&-
  [ "$(stat -c %a "$BATS_TEST_TMPDIR/collector/x.prom")" = 604 ]
  [ "$(ls -A "$BATS_TEST_TMPDIR/collector")" = x.prom ]
  grep -qFx '# TYPE shmctl_job_runs_total counter' "$BATS_TEST_TMPDIR/collector/x.prom"
  grep -qFx 'shmctl_job_runs_total{name="job"} 1' "$BATS_TEST_TMPDIR/collector/x.prom"
  if grep 'EOF\|UNIT' "$BATS_TEST_TMPDIR/collector/x.prom"; then fail "it is OpenMetrics"; fi
  shm metrics --output "$BATS_TEST_TMPDIR/collector/x.prom" --format openmetrics
  [ "$(tail -n 1 "$BATS_TEST_TMPDIR/collector/x.prom")" = '# EOF' ]
}

@test "metrics --output: before the verb as well, with =; what can't be is refused" {
  shm --output="$BATS_TEST_TMPDIR/x" metrics
  assert_done
  [ -s "$BATS_TEST_TMPDIR/x" ]
  shm metrics --output "$BATS_TEST_TMPDIR/no/x"
  assert_refused 1 'write metrics to'
  shm metrics --output "$BATS_TEST_TMPDIR"
  assert_refused 2 'write metrics to' 'no regular file'
  shm metrics --http --output x
  assert_refused 2 --http
  shm metrics --http --format prometheus
  assert_refused 2 --http
}

@test "metrics: the older text has the names of samples, and no # EOF" {
  shm counter set hits 1
  shm metrics --format prometheus --export hits=hits_total
  assert_status 0
  [ "$(grep -c '^# TYPE hits_total counter$' "$OUT")" = 1 ]
  metric hits_total 1
  metric 'shmctl_metrics_left_out{reason="clash"}' 0
  grep -qx '# TYPE shmctl_build_info gauge' "$OUT"
  if grep 'EOF\|UNIT' "$OUT"; then fail "it is OpenMetrics"; fi
}

@test "metrics: of another store, a named one and one said by option" {
  shm --store "$BATS_TEST_TMPDIR/other" run there true
  shm --store "$BATS_TEST_TMPDIR/other" metrics
  is_openmetrics
  metric 'shmctl_job_up{name="there"}' 0
  shm metrics
  no_metric there
}

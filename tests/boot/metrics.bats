#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# The metrics of root's jobs and objects over a socket, as a file, and to the eyes of promtool and a Prometheus.
load boot

PLACE=/run/metrics-test
URL=http://127.0.0.1:9078/metrics

setup_file() {
  mkdir -p "$PLACE"
  systemctl is-enabled shmctl-metrics.socket >"$PLACE/before" || true
  systemctl is-active shmctl-metrics.socket >>"$PLACE/before" || true
  systemctl enable --now shmctl-metrics.socket
}
teardown_file() {
  systemctl disable --now shmctl-metrics.socket
  rm -rf "$PLACE"
}

# scrape [OPTION...]: what the socket answers to curl
scrape() { call curl --silent --show-error --fail "$@" "$URL"; }
scraped() { scrape && grep -qFx "$1" "$OUT"; }
# Nothing is left behind by connections, good or bad.
no_instances() { [ -z "$(systemctl list-units --all --plain --no-legend 'shmctl-metrics@*')" ]; }

@test "metrics: the socket is not open before somebody enables it; then it is for this machine alone" {
  [ "$(<"$PLACE/before")" = $'disabled\ninactive' ] || fail "it was $(<"$PLACE/before")"
  [ "$(systemctl show --property=Listen --value shmctl-metrics.socket)" = '127.0.0.1:9078 (Stream)' ]
  grep -q 'shmctl-metrics.socket' <(systemctl list-dependencies --plain sockets.target)
}

@test "metrics: a job of root's, running, then over, as the socket tells it" {
  shm run metrics-job true
  unit metrics-long.service <<UNIT
[Service]
ExecStart=/usr/bin/shmctl run metrics-long sleep infinity
UNIT
  systemctl start metrics-long
  until_true scraped 'shmctl_job_up{name="metrics-long"} 1'
  shm run metrics-long true
  assert_status 75
  scrape
  assert_status 0
  grep -qFx 'shmctl_job_skips_total{name="metrics-long"} 1' "$OUT"
  grep -qFx 'shmctl_job_holders{name="metrics-long"} 1' "$OUT"
  grep -qFx 'shmctl_job_runs_total{name="metrics-job"} 1' "$OUT"
  grep -qFx 'shmctl_store_info{path="/run/shmctl/sys"} 1' "$OUT"
  systemctl stop metrics-long
  until_true scraped 'shmctl_job_up{name="metrics-long"} 0'
}

@test "metrics: each format by its name, and promtool finds nothing wrong" {
  shm run metrics-job true
  shm counter incr metrics-hits
  shm export metrics-hits --as 'metrics_hits_total{path="/"}' --help-text 'Hits.'
  scrape --header 'Accept: application/openmetrics-text; version=1.0.0' --dump-header "$PLACE/head"
  grep -qi '^content-type: application/openmetrics-text; version=1.0.0; charset=utf-8' "$PLACE/head"
  [ "$(tail -n 1 "$OUT")" = '# EOF' ]
  scrape --dump-header "$PLACE/head"
  grep -qi '^content-type: text/plain; version=0.0.4; charset=utf-8' "$PLACE/head"
  grep -qF 'metrics_hits_total{path="/"} ' "$OUT"
  cp "$OUT" "$PLACE/scraped"
  call promtool check metrics <"$PLACE/scraped"
  assert_done
  shm metrics --output "$PLACE/file.prom" --label store=sys
  assert_done
  call promtool check metrics <"$PLACE/file.prom"
  assert_done
}

@test "metrics: a Prometheus scrapes them, and its rules see a job that fails" {
  shm run metrics-bad false
  shm counter set metrics-depth 7
  shm export metrics-depth
  cat >"$PLACE/prometheus.yml" <<CONFIG
global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
rule_files: [$PLACE/rules.yml]
scrape_configs:
  - job_name: shmctl
    static_configs: [{targets: ['127.0.0.1:9078']}]
CONFIG
  cat >"$PLACE/rules.yml" <<CONFIG
groups:
  - name: shmctl
    rules:
      - alert: JobFails
        expr: shmctl_job_failures_in_a_row{name="metrics-bad"} > 0
CONFIG
  call promtool check config "$PLACE/prometheus.yml"
  assert_status 0
  unit metrics-prometheus.service <<UNIT
[Service]
ExecStart=prometheus --config.file=$PLACE/prometheus.yml --storage.tsdb.path=$PLACE/data --web.listen-address=127.0.0.1:9391
UNIT
  systemctl start metrics-prometheus
  # answer PATH FILTER: whether the Prometheus answers so
  answer() {
    call curl --silent --get --data-urlencode "query=$1" http://127.0.0.1:9391/api/v1/query
    [ "$(jq -r "[.data.result[] | $2] | join(\" \")" "$OUT" 2>/dev/null)" = "$3" ]
  }
  until_true answer 'up{job="shmctl"}' '.value[1]' 1
  until_true answer 'shmctl_job_failures_total{name="metrics-bad"}' '.value[1]' 1
  answer 'metrics_depth' '.value[1]' 7 || fail "not the counter"
  answer 'shmctl_metrics_left_out != 0' '.metric.reason' '' || fail "something is left out"
  answer 'shmctl_job_up{name="metrics-bad"}' '.metric.name' metrics-bad || fail "not the label"
  until_true answer 'ALERTS{alertname="JobFails"}' '.metric.alertstate' firing
  call curl --silent 'http://127.0.0.1:9391/api/v1/metadata?metric=shmctl_job_runs'
  [ "$(jq -r '.data.shmctl_job_runs[0].type' "$OUT")" = counter ] || fail "not taken for OpenMetrics"
  shm counter set metrics-depth 8
  until_true answer 'metrics_depth' '.value[1]' 8
}

@test "metrics: a damaged object spoils nothing" {
  shm counter set metrics-good 3
  shm counter set metrics-damaged 3
  shm export metrics-good metrics-damaged
  : >/run/shmctl/sys/metrics-damaged
  scrape
  grep -qFx 'metrics_good 3' "$OUT"
  grep -qFx 'shmctl_metrics_left_out{reason="damaged"} 1' "$OUT"
  rm /run/shmctl/sys/metrics-damaged
  shm unexport metrics-damaged
  scrape
  grep -qFx 'shmctl_metrics_left_out{reason="damaged"} 0' "$OUT"
}

@test "metrics: rubbish, those who say nothing and those who call too often stop nothing, and leave nothing" {
  exec 6<>/dev/tcp/127.0.0.1/9078 # says nothing
  for _ in {1..300}; do
    true 7<>/dev/tcp/127.0.0.1/9078
  done 2>/dev/null
  printf 'rubbish\r\n\r\n' >&6
  [[ $(head -n 1 <&6) == 'HTTP/1.1 400 '* ]]
  exec 6>&-
  until_true scraped 'shmctl_metrics_left_out{reason="damaged"} 0'
  until_true no_instances
  assert_state shmctl-metrics.socket ActiveState active
}

@test "metrics: the store of a group, by a drop-in" {
  mkdir -m 2770 /run/shmctl/g/games 2>/dev/null || true
  chgrp games /run/shmctl/g/games && chmod 2770 /run/shmctl/g/games
  as carol shm --store @games run metrics-shared true
  assert_status 0
  unit shmctl-metrics@.service.d/store.conf <<UNIT
[Service]
Environment=SHMCTL_STORE=@games
SupplementaryGroups=games
UNIT
  scrape
  rm /etc/systemd/system/shmctl-metrics@.service.d/store.conf
  systemctl daemon-reload
  grep -qFx 'shmctl_job_runs_total{name="metrics-shared"} 1' "$OUT" || fail "$(journal --unit 'shmctl-metrics@*')"
}

@test "metrics: a store that can't be used is told to the client in short, and to the journal" {
  mkdir -m 777 "$PLACE/open" && chmod 777 "$PLACE/open"
  unit shmctl-metrics@.service.d/store.conf <<UNIT
[Service]
Environment=SHMCTL_STORE=$PLACE/open
UNIT
  call curl --silent --output /dev/null --write-out '%{http_code}' "$URL"
  rm /etc/systemd/system/shmctl-metrics@.service.d/store.conf
  systemctl daemon-reload
  [ "$out" = 500 ] || fail "the answer is $out"
  until_journal "shmctl: use store '$PLACE/open'" --unit='shmctl-metrics@*'
  until_true no_instances
  # Of answers that went well it has heard nothing.
  if journal_says 'Metrics of shmctl for one connection' --unit='shmctl-metrics@*'; then fail "it hears of each"; fi
}

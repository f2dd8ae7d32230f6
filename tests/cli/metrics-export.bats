#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# Which objects metrics shows, and as what: --export, and the marks of export and unexport.

load ../helpers
load metrics

setup() { own_store; }

@test "metrics --export: numbers of all kinds, and how many things there are" {
  shm counter set web.hits -5
  shm value set i --type int -3
  shm value set u --type uint 18446744073709551615
  shm value set f --type float 2
  shm value set g --type float -1.5e300
  shm value set yes --type bool true
  shm queue push q a b
  shm list append l a b c
  shm dict set d a=1
  shm array create a int64 4
  shm block create b 100
  shm metrics --export '*' --jobs none
  is_openmetrics
  assert_no_stderr
  metric web_hits -5
  metric i -3
  metric u 18446744073709551615
  metric f 2.0
  metric g -1.5e+300
  metric yes 1
  metric q 2
  metric l 3
  metric d 1
  metric a 4
  metric b 100
  grep -qFx '# HELP web_hits Exported from shmctl: *' "$OUT"
}

@test "metrics --export NAME=METRIC: names, labels, a counter by its name" {
  shm counter set req.index 3
  shm counter set req.about 4
  shm queue push mails a
  shm metrics --export 'req.*=http_requests_total{path="%*",by="%n"}' --export mails=waiting
  is_openmetrics
  grep -qFx '# TYPE http_requests counter' "$OUT"
  metric 'http_requests_total{path="about",by="req.about"}' 4
  metric 'http_requests_total{path="index",by="req.index"}' 3
  metric waiting 1
  local wrong
  for wrong in '' = 'a=' '=b' 'a=b c' 'a*=b' 'a=b{c="d"'; do
    shm metrics --export "$wrong"
    assert_refused 2 --export
  done
}

@test "metrics: each key of a dict is a metric where %k says so" {
  shm dict set visits alice=3 bob=0.50 'c "d"=4' name=Eve inf=inf
  shm metrics --export 'visits=visits_total{user="%k"}'
  is_openmetrics
  assert_no_stderr
  metric 'visits_total{user="alice"}' 3
  metric 'visits_total{user="bob"}' 0.5
  metric 'visits_total{user="c \"d\""}' 4
  no_metric 'user="name"'
  no_metric 'user="inf"'
  shm dict set visits down=-1
  shm metrics --export 'v*=%*_%n_total{user="%k"}'
  is_openmetrics
  metric 'isits_visits_total{user="alice"}' 3
  metric 'shmctl_metrics_left_out{reason="unfit"}' 1
  assert_stderr_line "leave out 'visits: down'"
  shm counter set hits 1
  shm metrics --export 'hits=x{k="%k"}'
  metric 'shmctl_metrics_left_out{reason="unfit"}' 1
  assert_stderr_line "leave out 'hits'" dict
}

@test "export, unexport: what is exported is remembered, listed and shown" {
  shm export
  assert_done
  shm export --json
  assert_done
  [ ! -e "$STORE" ]
  shm export hits 'req.*' --type counter
  assert_done
  shm export mails --as 'waiting{what="mails"}' --help-text $'Mails to be "sent",\nat \\ once'
  assert_done
  shm export --json
  assert_status 0
  [ "$(wc -l <"$OUT")" = 3 ]
  grep -qFx '{"pattern":"hits","as":null,"type":"counter","help":null}' "$OUT"
  grep -qFx '{"pattern":"mails","as":"waiting{what=\"mails\"}","type":null,"help":"Mails to be \"sent\",\nat \\ once"}' "$OUT"
  shm export
  [[ $out =~ ^PATTERN ]] || fail "no table"
  [ "$(wc -l <"$OUT")" = 4 ]
  shm counter set hits 1
  shm counter set req.a 2
  shm queue push mails x
  shm metrics
  is_openmetrics
  metric hits_total 1
  metric req_a_total 2
  metric 'waiting{what="mails"}' 1
  grep -qFx '# HELP waiting Mails to be \"sent\",\nat \\ once' "$OUT"
  shm unexport 'req.*' mails
  assert_done
  shm unexport mails
  assert_refused 1 "mails"
  shm metrics
  is_openmetrics
  no_metric req_a
  no_metric waiting
  metric hits_total 1
  shm export hits --as hits
  shm metrics
  metric hits 1
}

@test "export: what can't be one is refused, and nothing is kept of it" {
  local words
  for words in "'*' --as x" "a --as '9x'" "a --as 'x{y}'" "a --as ''" "a/b" "--as x" "--type gauge" "a --type info" \
    "a --as 'x{y=\"%z\"}'" "a --help-text \$'\xff'"; do
    eval "shm export $words"
    assert_refused 2
  done
  shm export good 'bad name'
  assert_refused 2 'bad name'
  shm export --json
  assert_done
}

@test "metrics: names before globs, those of the call before both" {
  shm counter set hits 1
  shm export 'h*' --as 'by_glob{n="%n"}'
  shm metrics
  metric 'by_glob{n="hits"}' 1
  shm export hits --as by_name
  shm metrics
  metric by_name 1
  no_metric by_glob
  shm metrics --export 'hi*=by_call_%n'
  metric by_call_hits 1
  no_metric by_name
}

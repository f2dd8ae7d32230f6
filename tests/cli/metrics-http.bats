#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# metrics --http: one request in, one answer out, whatever comes.

load ../helpers

setup() { own_store; }

# ask REQUEST: what `metrics --http` answers to it (as printf makes it); STATUS_LINE is its first line, BODY what is
# behind the empty line
# shellcheck disable=SC2059
ask() {
  printf "$1" >"$BATS_TEST_TMPDIR/request"
  call "$SHMCTL" metrics --http <"$BATS_TEST_TMPDIR/request"
  STATUS_LINE=${STDOUT%%$'\r\n'*}
  BODY=${STDOUT#*$'\r\n\r\n'}
}

# answered STATUS: with that, in the form of HTTP
answered() {
  assert_status 0
  assert_no_stderr
  [[ $STATUS_LINE == "HTTP/1.1 $1 "* ]] || fail "the answer is: $STATUS_LINE"
  [[ $STDOUT == *$'\r\nConnection: close\r\n'* ]] || fail "the connection is not closed"
  [[ $STDOUT == *$'\r\nContent-Length: '"${#BODY}"$'\r\n'* ]] || fail "the length is not ${#BODY}"
  [[ $STDOUT == *$'\r\nDate: '???,\ ??\ ???\ ????\ ??:??:??\ GMT$'\r\n'* ]] || fail "no date"
}
has_field() { [[ $STDOUT == *$'\r\n'"$1"$'\r\n'* ]] || fail "no field $1"; }

PROMETHEUS='application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'

@test "metrics --http: OpenMetrics for who asks for it, else the older text" {
  shm run job true
  ask "GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: $PROMETHEUS\r\n\r\n"
  answered 200
  has_field 'Content-Type: application/openmetrics-text; version=1.0.0; charset=utf-8'
  has_field 'Vary: Accept'
  [[ $BODY == *$'\nshmctl_job_runs_total{name="job"} 1\n'*$'\n# EOF\n' ]] || fail "no metrics"
  ask 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
  answered 200
  has_field 'Content-Type: text/plain; version=0.0.4; charset=utf-8'
  [[ $BODY == *$'\nshmctl_job_runs_total{name="job"} 1\n'* && $BODY != *EOF* ]] || fail "no older text"
  ask 'GET /metrics?a=b HTTP/1.0\r\n\r\n'
  answered 200
}

@test "metrics --http: HEAD is GET without the body" {
  ask 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
  local length=${#BODY}
  ask 'HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
  assert_status 0
  [[ $STATUS_LINE == 'HTTP/1.1 200 OK' ]]
  [ -z "$BODY" ]
  has_field "Content-Length: $length"
}

@test "metrics --http: the front page, other paths, other methods" {
  ask 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
  answered 200
  [[ $BODY == *'<a href="/metrics">'* ]]
  ask 'GET /metricsx HTTP/1.1\r\nHost: x\r\n\r\n'
  answered 404
  ask 'GET /../metrics HTTP/1.1\r\nHost: x\r\n\r\n'
  answered 404
  ask 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello'
  answered 405
  has_field 'Allow: GET, HEAD'
  ask 'DELETE / HTTP/1.1\r\nHost: x\r\n\r\n'
  answered 405
}

@test "metrics --http: what is no HTTP is told so" {
  local request
  for request in 'rubbish\r\n\r\n' 'GET /metrics\r\n\r\n' 'GET /metrics HTTP/1.1\r\n\r\n' '\x16\x03\x01\x02\x00\x01' 'GET /metrics HT'; do
    ask "$request"
    answered 400
  done
  ask 'GET / HTTP/2.0\r\nHost: x\r\n\r\n'
  answered 505
  ask "GET / HTTP/1.1\r\nHost: x\r\nCookie: $(printf 'a%.0s' {1..20000})\r\n\r\n"
  answered 431
  call "$SHMCTL" metrics --http < <(head -c 200000 /dev/zero)
  [[ $out == 'HTTP/1.1 400 '* ]]
  assert_status 0
}

@test "metrics --http: nobody says anything; nobody listens" {
  call "$SHMCTL" metrics --http </dev/null
  assert_done
  call "$SHMCTL" metrics --http < <(printf 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n') > >(exec true)
  assert_status 0
  call bash -c 'printf "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" | "$SHMCTL" metrics --http | :; exit "${PIPESTATUS[1]}"'
  assert_status 0
  assert_no_stderr
}

@test "metrics --http: a store that can't be used is 500, and why is on standard error" {
  mkdir -m 777 "$STORE"
  ask 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
  assert_status 4
  assert_stderr_line "$STORE"
  [[ $STATUS_LINE == 'HTTP/1.1 500 Internal Server Error' ]] || fail "the answer is: $STATUS_LINE"
  [[ $BODY != *"$STORE"* ]] || fail "the other end is told of the store"
}

@test "metrics --http: a damaged object spoils nothing" {
  shm counter set bad 1
  shm counter set good 2
  shm export bad good
  : >"$STORE/bad"
  ask 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n'
  answered 200
  [[ $BODY == *$'\nshmctl_metrics_left_out{reason="damaged"} 1\n'* && $BODY == *$'\ngood 2\n'* ]]
}

@test "metrics --http: a socket, a client that is slow, one that says more than it is asked" {
  need python3
  shm run job true
  cat >"$BATS_TEST_TMPDIR/clients" <<'END'
import os, socket, subprocess, sys, time

def session(talk):
    ours, theirs = socket.socketpair()
    process = subprocess.Popen([os.environ["SHMCTL"], "metrics", "--http"], stdin=theirs, stdout=theirs)
    theirs.close()
    talk(ours)
    ours.shutdown(socket.SHUT_WR)
    answer = b""
    while more := ours.recv(65536):
        answer += more
    ours.close()
    assert process.wait() == 0
    return answer

def slowly(ours):
    for byte in b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n":
        ours.send(bytes([byte]))
        time.sleep(0.001)

def too_much(ours):
    ours.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100000)

def goes(ours):
    ours.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    ours.shutdown(socket.SHUT_RD)

assert session(slowly).startswith(b"HTTP/1.1 200 OK\r\n")
assert b'shmctl_job_up{name="job"} 0\n' in session(slowly)
assert session(too_much).startswith(b"HTTP/1.1 405 ")
session(goes)
END
  call python3 "$BATS_TEST_TMPDIR/clients"
  assert_done
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# pause and resume: every run obeys, whoever calls.

load ../helpers
load jobs

setup() { own_store; holding; }
teardown() { end_what_was_started; }

@test "a paused job is not run: 75, and who paused it, until when, why" {
  shm pause job --for 2h --reason 'new disk'
  assert_done
  shm run job echo ran
  assert_refused 75 "paused since" "by $(id -un)" "until" ": new disk"
  shm run job --busy-status 0 echo ran
  assert_refused 0 paused
  shm -q run job echo ran
  assert_status 75
  assert_no_stderr
  shm run job --wait 1h echo ran
  assert_refused 75 paused
  shm run job --shared echo ran
  assert_refused 75 paused
  shm run job --slots 2 echo ran
  assert_refused 75 paused
  assert_fact skips job 6
  assert_fact runs job 0
  shm resume job
  assert_done
  shm run job echo ran
  assert_done ran
  shm resume job
  assert_refused 1 "not paused"
  shm -q resume job
  assert_status 1
  assert_no_stderr
}

@test "what runs goes on; who waits is refused when it could begin" {
  start one job
  run_in_background two job --wait 1h true
  until_true waiting job 1
  shm pause job
  assert_done
  shm who job
  assert_status 0
  [[ $out == *$'\n'"paused since "* ]]
  lives "$JOB"
  kill "$JOB"
  ended 143 "$SUPERVISOR"
  ended 75 "$BACKGROUND"
  [[ $(<"$BATS_TEST_TMPDIR/two.err") == *paused* ]]
}

@test "a pause is over at its time, without a word" {
  shm pause job --for 20ms
  assert_done
  until_true "$SHMCTL" -q run job true
  shm resume job
  assert_refused 1 "not paused"
}

@test "--until: a time of day, a day, a moment; not what is over" {
  local when
  for when in 23:59:59 2199-12-31 '2199-12-31 18:30' @7258118400; do
    shm pause job --until "$when"
    assert_done
    shm run job true
    assert_refused 75 "until"
  done
  assert_fact paused job "since $(fact paused job | sed 's/^since //')"
  [[ $(fact paused job) == *" until 2"* ]]
  for when in 2020-01-01 @1 25:00 soon ''; do
    shm pause job --until "$when"
    assert_refused 2 "--until '$when'"
  done
  shm pause job --until 18:30 --for 1h
  assert_refused 2 exclude
  shm pause job --for 0
  assert_refused 2 "--for 0"
  shm pause job --reason "$(printf '%97s' x)"
  assert_refused 2 "--reason"
}

@test "a later pause takes an earlier one's place" {
  shm pause job --for 1d --reason first
  shm pause job --reason second
  assert_done
  shm run job true
  assert_refused 75 ": second"
  [[ $err != *until* ]] || fail "still until then"
}

@test "who, ls, stat and jobs show a pause" {
  shm run job sh -c 'exit 3'
  shm pause job --for 1d --reason "$(printf 'a\nb')"
  shm who job
  assert_refused 1 "nobody holds it; paused since" ": a?b"
  shm ls
  [[ $out == *"paused, last status 3"* ]]
  [[ $(fact state job) == "paused, last status 3" ]]
  [[ $(fact paused job) == "since "*": a?b" ]]
  shm jobs
  [[ $out =~ job\ +paused\ .*\ 3\ .*\ [0-9-]{10}\ [0-9:]{8}$ ]] || fail "no pause, or no time of its end"
  shm jobs --json
  [[ $out == *'"state":"paused"'*'"paused":true,"pause":{"since":'*'"reason":"a\nb"}}' ]] || fail "other fields"
  shm resume job
  shm jobs --json
  [[ $out == *'"state":"idle"'*'"paused":false,"pause":null}' ]] || fail "other fields"
}

@test "pause makes the job, and rm removes the pause with it; resume makes none" {
  shm resume job
  assert_refused 1
  [ ! -e "$STORE/job,job" ]
  shm pause job
  assert_done
  shm ls --names
  assert_done job
  [ "$(fact state job)" = "paused, never run" ]
  shm rm job
  assert_done
  shm run job true
  assert_done
  shm resume other
  assert_refused 1 "no job of that name"
  shm pause a/b
  assert_refused 2
}

@test "only who may write the job can pause it" {
  need_root
  need setpriv
  private_mounts
  package_layout
  unset SHMCTL_STORE
  as carol shm --store "@$TEAM" pause job --reason carol
  assert_done
  as dave shm --store "@$TEAM" run job true
  assert_refused 75 "by 4003" ": carol"
  as dave shm --store "@$TEAM" resume job
  assert_done
  as alice shm --store "@$TEAM" pause job
  assert_refused 4
  as alice shm pause job
  assert_done
  as alice shm run job true
  assert_refused 75 paused
  end_private_mounts
}

#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# A job as its file says it: run --conf, jobs --check.

load ../helpers

setup() {
  own_store
  JOBS=$BATS_TEST_TMPDIR/jobs
  mkdir "$JOBS"
}

# conf NAME LINE...: the file of that job
conf() { printf '%s\n' "${@:2}" >"$JOBS/$1.conf"; }

# --- run --conf ------------------------------------------------------------------------------------------------------

@test "run --conf runs what the file says, as the job that the file is named after" {
  conf nightly 'command = echo "$SHMCTL_JOB # $A" | tr a-z A-Z; exit 3' 'env = A=1 2' 'schedule = daily'
  shm run --conf "$JOBS/nightly.conf"
  assert_status 3
  assert_stdout 'NIGHTLY # 1 2'
  assert_no_stderr
  shm jobs
  [[ $out == *$'\n'nightly* ]]
}

@test "the command line counts more than the file: options, name, command" {
  conf a 'command = echo file $A $SHMCTL_JOB' 'env = A=file' 'timeout = 1h'
  shm run --conf "$JOBS/a.conf" --env A=words
  assert_done 'file words a'
  shm run --conf "$JOBS/a.conf" other
  assert_done 'file file other'
  shm run --conf "$JOBS/a.conf" other printenv A
  assert_done file
  shm run --conf "$JOBS/a.conf" --timeout never
  assert_refused 2 "--timeout 'never'"
}

@test "two runs of a file are not at once, and the file says what comes of that" {
  conf a 'command = echo in; read x <"$FIFO"' 'busy-status = 7'
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  FIFO=$BATS_TEST_TMPDIR/fifo "$SHMCTL" run --conf "$JOBS/a.conf" >"$BATS_TEST_TMPDIR/first" 3>&- &
  until_true grep -q in "$BATS_TEST_TMPDIR/first"
  shm run --conf "$JOBS/a.conf"
  assert_refused 7 busy
  shm run --conf "$JOBS/a.conf" --busy-status 9
  assert_refused 9 busy
  echo >"$BATS_TEST_TMPDIR/fifo"
  wait $!
}

@test "the shell of the file runs its command" {
  conf a 'command = echo "${BASH_VERSION:+bash}"' 'shell = /bin/bash'
  shm run --conf "$JOBS/a.conf"
  assert_done bash
}

@test "who a timer of systemd has started says so" {
  conf a 'command = true'
  TRIGGER_UNIT=shmctl-run@a.timer shm run --conf "$JOBS/a.conf"
  assert_status 0
  shm history --json a
  [[ $out == *'"trigger":"shmctl-run@a.timer"'* ]] || fail "another trigger"
}

@test "what is wrong in the file is one line with its number, and nothing runs" {
  conf a 'command = touch "$BATS_TEST_TMPDIR/ran"' '' 'timeot = 1h'
  shm run --conf "$JOBS/a.conf"
  assert_refused 2 'a.conf: line 3: there is no key' "did you mean 'timeout'?"
  conf a 'timeout = 1h'
  shm run --conf "$JOBS/a.conf"
  assert_refused 2 'command is missing'
  [ ! -e "$BATS_TEST_TMPDIR/ran" ]
}

@test "a file that is not there, or that somebody else could have written" {
  shm run --conf "$JOBS/none.conf"
  assert_refused 2 'there is no such file'
  conf a 'command = true'
  chmod g+w "$JOBS/a.conf"
  shm run --conf "$JOBS/a.conf"
  assert_refused 4 'a.conf' 'others may write it'
  chmod 600 "$JOBS/a.conf"
  if [ "$(id -u)" = 0 ]; then
    cp "$JOBS/a.conf" /tmp/"run-conf-$$.conf"
    as alice shm run --store "/dev/shm/none-$$" --conf "/tmp/run-conf-$$.conf"
    rm /tmp/"run-conf-$$.conf"
    assert_refused 4 'let the user whose job it is read it'
  fi
  shm run --conf
  assert_refused 2 'FILE is missing'
  shm run
  assert_refused 2 'NAME is missing'
}

@test "a job of another user is not run as this one" {
  conf a 'command = true' 'user = nobody'
  shm run --conf "$JOBS/a.conf"
  assert_refused 2 'the job is of user nobody' 'systemctl start shmctl-run@a'
  conf a 'command = echo ran' "user = $(id -un)"
  shm run --conf "$JOBS/a.conf"
  assert_done ran
}

@test "--explain tells of a file's job" {
  conf a 'command = false'
  shm run --explain --conf "$JOBS/a.conf"
  assert_status 0
}

# --- jobs --check ----------------------------------------------------------------------------------------------------

@test "jobs --check shows when each job is to run" {
  conf b 'command = tar c /' 'schedule = 30 3 13 * fri' 'at-boot = 5m'
  conf a 'command = true' 'every = 90s'
  conf c 'command = true'
  shm jobs --check "$JOBS"/{a,b,c}.conf
  assert_status 0
  assert_no_stderr
  local wanted='^NAME +WHEN +COMMAND
a +every 90 s +true
b +\*-\*-13 03:30:00; Fri \*-\*-\* 03:30:00; 5 min after boot +tar c /
c +- +true$'
  [[ $out =~ $wanted ]] || fail 'another table'
  shm jobs --check --json "$JOBS/a.conf"
  assert_done "{\"name\":\"a\",\"file\":\"$JOBS/a.conf\",\"command\":\"true\",\"when\":\"every 90 s\"}"
  shm jobs --check --quiet "$JOBS"/*.conf
  assert_done
}

@test "jobs --check says all that is wrong, a line each, and goes on" {
  conf a 'comand = true' 'schedule = 61 * * * *'
  conf b 'command = true'
  shm jobs --check "$JOBS"/a.conf "$JOBS"/b.conf "$JOBS/none.conf"
  assert_status 2
  [[ $out == *$'\n'b* ]]
  assert_stderr_lines 'command is missing' "line 1: there is no key 'comand'" "line 2: schedule: '61' is no minute" \
    "none.conf: can't be read"
}

@test "jobs --check without files takes those of this user" {
  need_root
  local config
  config=$(mktemp -d) # that everybody can reach
  mkdir -p "$config/shmctl/jobs"
  printf 'command = true\n' >"$config/shmctl/jobs/mine.conf"
  chmod -R a+rX "$config"
  XDG_CONFIG_HOME=$config as alice shm jobs --check
  assert_status 0
  assert_no_stderr
  [[ $out == *$'\n'mine* ]] || fail 'not that file'
  echo 'user = alice' >>"$config/shmctl/jobs/mine.conf"
  XDG_CONFIG_HOME=$config as alice shm jobs --check
  rm -r "$config"
  assert_refused 2 'mine.conf: user is nothing'
}

@test "jobs takes several patterns" {
  for job in one two three; do shm run "$job" true; done
  shm jobs 'o*' 'tw?'
  [[ $out == *one* && $out == *two* && $out != *three* ]]
}

# --- generator -------------------------------------------------------------------------------------------------------

@test "generator makes drop-ins of the good files, and one line a fault of the bad ones" {
  conf good 'command = true' 'schedule = @daily' '[Service]' 'MemoryMax=1G'
  conf idle 'command = true' 'sandbox = strict'
  conf bad 'command = true' 'schedule = never'
  shm generator --manager system --jobs "$JOBS" "$BATS_TEST_TMPDIR/units"
  assert_status 0
  assert_no_stdout
  assert_stderr_line "job bad: $JOBS/bad.conf: line 2: schedule: 'never' is neither"
  local units
  units=$(cd "$BATS_TEST_TMPDIR/units" && find . ! -type d | sort)
  [ "$units" = './shmctl-jobs.target.wants/shmctl-run@good.timer
./shmctl-run@good.service.d/50-job.conf
./shmctl-run@good.timer.d/50-job.conf
./shmctl-run@idle.service.d/50-job.conf' ] || fail "units: $units"
  grep -qx 'OnCalendar=daily' "$BATS_TEST_TMPDIR/units/shmctl-run@good.timer.d/50-job.conf"
  grep -qx 'MemoryMax=1G' "$BATS_TEST_TMPDIR/units/shmctl-run@good.service.d/50-job.conf"
}

@test "units that start a run by themselves name the program that users call, installed" {
  local to=$BATS_TEST_TMPDIR/installed program
  mkdir -p "$to/bin"
  cp "$SHMCTL" "$to/bin/shmctl"
  program=$to/bin/shmctl
  if [ -x "$BESIDE/libexec/shmctl/static/shmctl" ]; then
    mkdir -p "$to/libexec/shmctl/static"
    cp "$BESIDE/libexec/shmctl/static/shmctl" "$to/libexec/shmctl/static/shmctl"
    program=$to/libexec/shmctl/static/shmctl
  fi
  conf own 'command = true' 'busy-status = 7'
  local each
  for each in "$to/bin/shmctl" "$program"; do
    rm -rf "$BATS_TEST_TMPDIR/units"
    call "$each" generator --manager system --jobs "$JOBS" "$BATS_TEST_TMPDIR/units"
    assert_done
    grep -qxF "ExecStart=$to/bin/shmctl run --conf %E/shmctl/jobs/%i.conf %i" \
      "$BATS_TEST_TMPDIR/units/shmctl-run@own.service.d/50-job.conf" || fail "another program, from $each"
  done
}

@test "generator for a user's manager refuses other users" {
  conf a 'command = true' 'user = daemon'
  shm generator --manager user --jobs "$JOBS" "$BATS_TEST_TMPDIR/units"
  assert_status 0
  assert_stderr_line 'user is nothing for the file of a user'
  [ ! -e "$BATS_TEST_TMPDIR/units" ]
}

@test "by the name shmctl-generator it is called as systemd does; no files are no fault" {
  ln -s "$SHMCTL" "$BATS_TEST_TMPDIR/shmctl-generator"
  mkdir -p "$BATS_TEST_TMPDIR/config/shmctl/jobs"
  printf 'command = true\n' >"$BATS_TEST_TMPDIR/config/shmctl/jobs/mine.conf"
  SYSTEMD_SCOPE=user XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config \
    call "$BATS_TEST_TMPDIR/shmctl-generator" "$BATS_TEST_TMPDIR"/{normal,early,late}
  assert_done
  [ -e "$BATS_TEST_TMPDIR/normal/shmctl-run@mine.service.d/50-job.conf" ]
  SYSTEMD_SCOPE=user XDG_CONFIG_HOME=/nonexistent call "$BATS_TEST_TMPDIR/shmctl-generator" "$BATS_TEST_TMPDIR/none"
  assert_done
}

# --- examples/crontab-to-jobs ----------------------------------------------------------------------------------------

@test "a crontab becomes files of jobs that do the same" {
  local tool=$BATS_TEST_DIRNAME/../../examples/crontab-to-jobs
  [ -x "$tool" ] || tool=/usr/share/doc/shmctl/examples/crontab-to-jobs
  [ -x "$tool" ] || skip 'needs the examples'
  "$tool" "$JOBS" >/dev/null <<'CRONTAB'
# comment
SHELL=/bin/bash
WHO="the world"
*/15 8-18 * * mon-fri /bin/echo hello $WHO
@reboot cd / && /bin/pwd -P
0 0 1 * * cat; echo "50\%"%one it's%two
0 0 1 * * cat
CRONTAB
  [ "$(cd "$JOBS" && echo *)" = 'cat-2.conf cat.conf echo.conf pwd.conf' ] || fail "$(ls "$JOBS")"
  shm jobs --check --quiet "$JOBS"/*.conf
  assert_done
  shm run --conf "$JOBS/echo.conf"
  assert_done 'hello the world'
  shm run --conf "$JOBS/pwd.conf"
  assert_done /
  shm run --conf "$JOBS/cat.conf"
  assert_done $'one it\'s\ntwo\n50%'
  shm jobs --check "$JOBS/echo.conf"
  [[ $out == *'Mon..Fri *-*-* 08..18:00/15:00'* ]]
  # What is there is left alone.
  call bash -c "'$tool' '$JOBS' <<<'@daily cat'"
  assert_status 1
}

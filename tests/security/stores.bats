#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2016,SC2030,SC2031,SC2154 # what inner shells expand; what `call` sets
# The place of a store, taken by somebody else or open to others: refused with status 4 and one line that names it, no
# other place is tried, and nothing is made or changed there. For users, groups and root, by every kind of verb.

load ../helpers

setup() {
  private_mounts
  FIRST=
}
teardown() { end_private_mounts; }

# refused_at DIRECTORY USER [STORE]: every way in is refused, and the directory stays as it is. All ways are tried for
# the first attack of a test, and then those that differ.
refused_at() {
  local before words
  local -a where=() ways=('counter incr x' 'counter get x --default 1' 'run job true')
  if [ $# = 3 ]; then where=(--store "$3"); fi
  if [ -z "$FIRST" ]; then
    FIRST=tried
    ways+=('counter get x' 'value set x 1 --type int' 'ls' 'stat x' 'rm x' 'rm -f x' 'who job')
  fi
  before=$(listing)
  for words in "${ways[@]}"; do
    # shellcheck disable=SC2086 # several words
    as "$2" shm "${where[@]}" $words
    assert_refused 4 "$1"
  done
  as "$2" shm "${where[@]}" doctor
  assert_status 4
  assert_no_stderr
  [[ $out == bad*"$1"* ]] || fail "doctor does not name $1"
  as "$2" shm "${where[@]}" doctor --fix
  assert_status 4
  [ "$(listing)" = "$before" ] || fail "something was made or changed: $(diff <(echo "$before") <(listing))"
}
listing() { inside find /run /dev/shm -printf '%p %y %m %u %g %l\n' | sort; }

# squat PATH: somebody else's idea of what should stand there, made by the words that follow, as root
squat() { inside bash -c "$2" squat "$1"; }

# Every way in which a directory that ought to be USER's alone may be something else.
attacks_on_user() { # PATH USER UID
  local words
  for words in 'mkdir -m 700 "$1" && chown 4002:4002 "$1"' 'mkdir -m 777 "$1" && chown 4002:4002 "$1"' \
    'mkdir -m 700 "$1"' "mkdir -m 755 \"\$1\" && chown $3:$3 \"\$1\"" "mkdir -m 770 \"\$1\" && chown $3:$3 \"\$1\"" \
    "mkdir -m 777 \"\$1\" && chown $3:$3 \"\$1\"" "mkdir -m 1700 \"\$1\" && chown $3:$3 \"\$1\"" \
    "mkdir -m 700 /run/trap && chown $3:$3 /run/trap && ln -s /run/trap \"\$1\"" 'ln -s /run/nothing "$1"' \
    ': >"$1"' 'mkfifo -m 666 "$1"'; do
    echo "$words"
    squat "$1" "$words"
    refused_at "$1" "$2"
    inside rm -rf "$1" /run/trap
  done
}

@test "without the package: another user can squat /dev/shm/shmctl-UID, but nobody trusts it" {
  attacks_on_user /dev/shm/shmctl-4001 alice 4001
}

@test "with the package: nobody trusts /run/shmctl/u/UID that is another's" {
  package_layout
  attacks_on_user /run/shmctl/u/4001 alice 4001
}

@test "--store NAME: nor if what it lies in is another's" {
  local words
  for words in 'mkdir -m 777 "$1" && chown 4002:4002 "$1"' 'mkdir -m 777 "$1" && chown 4001:4001 "$1"'; do
    echo "$words"
    squat /dev/shm/shmctl-4001 "$words"
    as alice shm --store web counter incr x
    assert_refused 4 /dev/shm/shmctl-4001
    as alice shm --store web run x true
    assert_refused 4 /dev/shm/shmctl-4001
    [ -z "$(inside ls -A /dev/shm/shmctl-4001)" ]
    inside rm -rf /dev/shm/shmctl-4001
  done
  for words in 'mkdir -m 777 "$1" && chown 4002 "$1" && mkdir -m 700 "$1/+web" && chown 4001:4001 "$1/+web"' \
    'mkdir -m 700 "$1" && mkdir -m 700 "$1/+web" && chown 4002 "$1/+web" && chown 4001:4001 "$1"' \
    'mkdir -m 700 /run/trap && chown 4001:4001 "/run/trap" && ln -s /run/trap "$1"'; do
    echo "$words"
    squat /dev/shm/shmctl-4001 "$words"
    refused_at /dev/shm/shmctl-4001 alice web
    inside rm -rf /dev/shm/shmctl-4001 /run/trap
  done
}

@test "a place that others can swap: /run/shmctl/u without its sticky bit, or not root's" {
  package_layout
  as alice shm -q counter incr x
  local words
  for words in 'chmod 777 "$1"' 'chmod 1777 "$1" && chown 4002 "$1"' 'chmod 755 "$1" && chown 4001 "$1"'; do
    squat /run/shmctl/u "$words"
    refused_at /run/shmctl/u alice
    inside bash -c 'chown 0 /run/shmctl/u && chmod 1777 /run/shmctl/u'
  done
  squat /run/shmctl 'chmod 777 "$1"'
  refused_at /run/shmctl alice
  inside chmod 755 /run/shmctl
  as alice shm counter incr x
  assert_done 2
}

@test "/run/shmctl/u replaced by a link or a file" {
  package_layout
  local words
  for words in 'rm -r "$1" && mkdir -m 1777 /run/trap && ln -s /run/trap "$1"' 'rm -r "$1" && : >"$1"'; do
    squat /run/shmctl/u "$words"
    refused_at /run/shmctl/u alice
    inside bash -c 'rm -rf /run/shmctl/u /run/trap && mkdir -m 1777 /run/shmctl/u'
  done
}

@test "root's store: another owner, others may write, or a link" {
  local words
  for words in 'mkdir -m 755 "$1" && chown 4002 "$1"' 'mkdir -m 777 "$1"' 'mkdir -m 775 "$1"' 'mkdir -m 1777 "$1"' \
    'mkdir /run/trap && ln -s /run/trap "$1"' ': >"$1"'; do
    echo "$words"
    package_layout
    inside rmdir /run/shmctl/sys
    squat /run/shmctl/sys "$words"
    refused_at /run/shmctl/sys root
    as alice shm --store sys counter get x
    assert_refused 4 /run/shmctl/sys
    inside rm -rf /run/shmctl /run/trap
  done
}

@test "a group's store: another owner, another group, another mode, a link" {
  local words
  for words in 'chown 4002 "$1"' 'chgrp 4002 "$1"' 'chmod 2777 "$1"' 'chmod 00770 "$1"' 'chmod 2775 "$1"' \
    'chmod 3770 "$1"' 'rm -r "$1" && mv /run/ready "$1"-real && ln -s "${1##*/}-real" "$1"'; do
    echo "$words"
    package_layout
    inside install -d -m 2770 -g "$TEAM" /run/ready
    squat "/run/shmctl/g/$TEAM" "$words"
    refused_at "/run/shmctl/g/$TEAM" root "@$TEAM"
    as carol shm --store "@$TEAM" counter incr x
    assert_refused 4 "/run/shmctl/g/$TEAM"
    inside rm -rf /run/shmctl /run/ready
  done
}

@test "--store DIR: another user's, everybody's, a group's without setgid; to users and to root" {
  local words
  for words in 'install -d -m 700 -o 4002 -g 4002 "$1"' 'install -d -m 777 "$1"' 'install -d -m 1777 "$1"' \
    'install -d -m 770 -g 60 "$1"' 'install -d -m 755 -o 4002 "$1"' 'install -d -m 2777 -g 60 "$1"'; do
    echo "$words"
    squat /run/dir "$words"
    refused_at /run/dir alice /run/dir
    refused_at /run/dir root /run/dir
    inside rm -rf /run/dir
  done
  # Root is not to be led into what a user may change at any time.
  as alice inside mkdir -m 700 /dev/shm/alices
  refused_at /dev/shm/alices root /dev/shm/alices
}

@test "--store DIR: no symbolic link anywhere on the way" {
  inside bash -c 'install -d -m 755 -o 4001 -g 4001 /run/real/store && ln -s /run/real /run/link &&
    ln -s store /run/real/link && ln -s /proc/self/cwd /run/magic'
  local path
  for path in /run/link/store /run/link/store/ /run/real/link /run/real/link/ /run/link/../real/store /run/magic/x/y \
    /proc/self/root/run/real/store; do
    as alice shm --store "$path" counter incr x
    assert_refused 4 "${path%/}"
  done
  [ -z "$(inside ls -A /run/real/store)" ]
  as alice shm --store /run/real/../real/./store counter incr x
  assert_done 1
}

@test "a directory swapped for a link while calls run: counted in the one that is trusted, or refused" {
  inside bash -c 'install -d -m 755 /run/place && install -d -m 700 /run/place/a /run/place/evil &&
    chown 4002:4002 /run/place/evil'
  inside bash -c 'cd /run/place && while [ ! -e stop ]; do
      mv a b && ln -s evil a && rm a && mv b a
    done' 2>/dev/null &
  local swapping=$! n
  for ((n = 0; n < 100; n++)); do
    shm --store /run/place/a counter incr x
    assert_status_in 0 1 4
  done
  inside touch /run/place/stop
  wait "$swapping" || true
  [ -z "$(inside ls -A /run/place/evil)" ]
}

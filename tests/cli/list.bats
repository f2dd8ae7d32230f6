#!/usr/bin/env bats
# shellcheck shell=bats disable=SC2154 # what `call` sets
# list: all verbs, with their words, options, formats and refusals. Waiting and standard input are in list-wait.bats.

load ../helpers

setup() { own_store; }

# have ITEMS...: list l has these and no others
have() {
  "$SHMCTL" -q rm -f l
  "$SHMCTL" list append l "$@" || fail "can't append $*"
}
# assert_list ITEMS...: read by another call
assert_list() {
  shm list get l
  assert_done "$(printf '%s\n' "$@")"
}

# --- adding ----------------------------------------------------------------------------------------------------------

@test "append is silent, makes the list, and adds all items at the end; extend is the same" {
  shm list append l one
  assert_done
  shm list append l 'two words' ''
  assert_done
  shm list extend l four
  assert_done
  shm list append l five --json
  assert_done '{"name":"l","kind":"list","len":5}'
  assert_list one 'two words' '' four five
  shm list append other x --existing
  assert_refused 1 other 'no such object'
}

@test "append --front keeps the order of what is said" {
  have c
  shm list append l a b --front
  assert_done
  assert_list a b c
}

@test "insert: before an item, from either end, and outside" {
  have a d
  shm list insert l 1 b c
  assert_done
  shm list insert l -1 x
  shm list insert l 99 end
  shm list insert l -99 begin
  assert_list begin a b c x d end
  shm list insert new 5 first --json
  assert_done '{"name":"new","kind":"list","len":1}'
}

# --- looking ---------------------------------------------------------------------------------------------------------

@test "get: indexes and slices as in Python" {
  have a b c d e
  shm list get l 0 -1
  assert_done $'a\ne'
  shm list get l 1:3
  assert_done $'b\nc'
  shm list get l -2:
  assert_done $'d\ne'
  shm list get l :-3
  assert_done $'a\nb'
  shm list get l ::-2
  assert_done $'e\nc\na'
  shm list get l 3:1:-1 0
  assert_done $'d\nc\na'
  shm list get l 7:9
  assert_done
  shm list get l 0 0
  assert_done $'a\na'
}

@test "get: an index that is not there is status 1, and the others are printed" {
  have a b
  shm list get l 0 7 1
  assert_status 1
  assert_stdout $'a\nb'
  assert_stderr_line 'l[7]' 'none of that index'
  shm list get l 7 -3 --default 'nothing here'
  assert_done $'nothing here\nnothing here'
  shm list get absent 0 --default none
  assert_done none
  shm list get absent 0
  assert_refused 1 absent 'no such object'
  shm -q list get l 7
  assert_status 1
  assert_no_stderr
}

@test "formats: --raw, -0, --json and -q" {
  have a $'with\nnewline'
  shm list get l -0
  assert_bytes 'a\0with\nnewline\0'
  shm list get l 1 --raw
  assert_bytes 'with\nnewline'
  shm list get l --json
  assert_done '{"name":"l","kind":"list","index":0,"item":"a"}
{"name":"l","kind":"list","index":1,"item":"with\nnewline"}'
  printf '\377' | "$SHMCTL" list append l -
  shm list get l -1 --json
  assert_done '{"name":"l","kind":"list","index":2,"item_base64":"/w=="}'
  shm -q list get l
  assert_done
}

@test "index and count: by all bytes of an item" {
  have a b a 'a longer one' a
  shm list index l a
  assert_done 0
  shm list index l a --start 1
  assert_done 2
  shm list index l a --start -1
  assert_done 4
  shm list index l 'a longer one' --json
  assert_done '{"name":"l","kind":"list","index":3}'
  shm list index l b --start 2
  assert_refused 1 l 'no such item'
  shm list count l a
  assert_done 3
  shm list count l nothing
  assert_done 0
}

@test "len: of several lists; what is not there is told" {
  have a b
  shm list len l
  assert_done 2
  shm list len l absent l
  assert_status 1
  assert_stdout $'2\n2'
  assert_stderr_line absent 'no such object'
}

# --- changing --------------------------------------------------------------------------------------------------------

@test "set: items by their indexes, as one change" {
  have a b c
  shm list set l 0 x -1 z
  assert_done
  assert_list x b z
  shm list set l 1 new 3 none
  assert_refused 1 l 'no item of that index'
  assert_list x b z
  shm list set l 1 'one that is longer' --json
  assert_done '{"name":"l","kind":"list","set":1}'
  printf 'from\nstdin' | "$SHMCTL" list set l 0 - --whole
  shm list get l 0 --raw
  assert_bytes 'from\nstdin'
}

@test "set: a slice is replaced by any number of items, one with a step by as many" {
  have a b c d e
  shm list set l 1:3 x y z
  assert_done
  assert_list a x y z d e
  shm list set l 1:4
  assert_done
  assert_list a d e
  shm list set l 1:1 b c
  assert_list a b c d e
  shm list set l ::2 1 3 5
  assert_list 1 b 3 d 5
  shm list set l ::2 1
  assert_refused 3 l 'as many items'
  seq 3 | "$SHMCTL" list set l : -
  assert_list 1 2 3
}

@test "pop: the last, the first, several, or the one of an index" {
  have a b c d e f g
  shm list pop l
  assert_done g
  shm list pop l --front
  assert_done a
  shm list pop l 1
  assert_done c
  shm list pop l -2
  assert_done e
  assert_list b d f
  shm list pop l --count 2
  assert_done $'f\nd'
  shm list pop l --front --count 9 --json
  assert_done '{"name":"l","kind":"list","item":"b"}'
  shm list pop l
  assert_refused 1 l 'no items'
  shm list pop l 0
  assert_refused 1 l 'no item of that index'
  shm list pop absent
  assert_refused 1 absent
}

@test "remove: the first equal item, or all; none is status 1" {
  have a b a c a
  shm list remove l a
  assert_done
  assert_list b a c a
  shm list remove l a --all
  assert_done 2
  assert_list b c
  shm list remove l a --all
  assert_refused 1 l 'no such item'
  shm list remove l c --json
  assert_done '{"name":"l","kind":"list","removed":1}'
}

@test "reverse, sort and clear" {
  have 10 9 a 2.5 B -1
  shm list reverse l
  assert_done
  assert_list -1 B 2.5 a 9 10
  shm list sort l
  assert_done
  assert_list -1 10 2.5 9 B a
  shm list sort l --numeric
  assert_list -1 B a 2.5 9 10
  shm list sort l --reverse
  assert_list a B 9 2.5 10 -1
  shm list clear l
  assert_done 6
  shm list get l
  assert_done
  shm list clear l --json
  assert_done '{"name":"l","kind":"list","cleared":0}'
}

@test "a list of many items: everything is where it belongs" {
  seq 0 4999 | "$SHMCTL" list extend l -
  shm list get l 509 510 511 4999
  assert_done $'509\n510\n511\n4999'
  shm list insert l 2000 here
  shm list pop l 700
  assert_done 700
  shm list index l here
  assert_done 1999
  shm list get l
  assert_done "$({ seq 0 699 && seq 701 1999 && echo here && seq 2000 4999; })"
  shm list sort l --numeric --reverse
  shm list get l :3
  assert_done $'4999\n4998\n4997'
}

# --- limits, kinds and words -----------------------------------------------------------------------------------------

@test "create: limits hold whatever the verb; status 5, and nothing is changed" {
  shm list create l --max-items 3 --max-bytes 12 --json
  assert_done '{"name":"l","kind":"list","max-items":3,"max-bytes":12}'
  shm list create l
  assert_refused 1 l exists
  shm list append l a b
  assert_done
  shm list append l c d
  assert_refused 5 l 'limits'
  shm list insert l 0 'more than 12 bytes'
  assert_refused 5 l 'may ever hold'
  shm list set l 0 '12 bytes now'
  assert_refused 5 l 'limits'
  shm list set l 0:1 x y z
  assert_refused 5 l 'limits'
  assert_list a b
  shm stat l
  [[ $out == *$'value: 2 items\n'*$'bytes: 2\nmax-items: 3\nmax-bytes: 12\n'* ]] || fail "stat says $out"
}

@test "create --mode says who may use it" {
  shm list create l --mode 640
  assert_done
  [ "$(stat -c %a "$SHMCTL_STORE/l")" = 640 ]
}

@test "another kind of object is status 3 to every verb" {
  "$SHMCTL" -q counter incr l
  local verb
  for verb in 'append l x' 'insert l 0 x' 'get l' 'set l 0 x' 'pop l' 'remove l x' 'index l x' 'count l x' 'len l' \
    'reverse l' 'sort l' 'clear l'; do
    # shellcheck disable=SC2086 # several words
    shm list $verb
    assert_refused 3 l counter
  done
  have a
  shm queue len l
  assert_refused 3 l 'it is a list'
}

@test "words that make no sense are status 2, one line, and nothing is done" {
  have a b
  local words
  for words in 'get l x' 'get l 1:2:0' 'get l 1:2:3:4' 'get l 1:x' 'insert l x y' 'set l 0 x 1' 'set l 0' 'set l x y' \
    'pop l 0 --front' 'pop l 0 --count 2' 'pop l --count 0' 'index l a --start x' 'append l - b' 'set l 0 - 1 x' \
    'remove l a --whole' 'append l' 'get l 99999999999999999999'; do
    # shellcheck disable=SC2086 # several words
    shm list $words
    assert_refused 2
  done
  assert_list a b
}

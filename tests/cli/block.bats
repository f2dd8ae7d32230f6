#!/usr/bin/env bats
# shellcheck shell=bats
# The verbs of block: what they write and read, what they refuse, and that other programs can map it.

load ../helpers

setup() { own_store; }

# assert_block NAME BYTES: as printf makes them
assert_block() {
  shm block read "$1"
  assert_status 0
  assert_bytes "$2"
}

@test "create: so many bytes, all 0, or those from standard input" {
  shm block create b 5
  assert_done
  assert_block b '\0\0\0\0\0'
  shm block create c - < <(printf 'ab\0c')
  assert_done
  assert_block c 'ab\0c'
  shm --json block create d 64K
  assert_done '{"name":"d","kind":"block","size":65536}'
  shm block size b c d
  assert_done $'5\n4\n65536'
  shm block create b 5
  assert_refused 1 exists
}

@test "create: sizes that make no sense, or are too large" {
  local size
  for size in 0 -1 x 5x 5KK ''; do
    shm block create b "$size"
    assert_refused 2
  done
  shm block create b - </dev/null
  assert_refused 2
  shm block create b 64G
  assert_refused 5 '64 GiB'
  shm block create b 18446744073709551615
  assert_refused 5
  shm ls
  assert_done
}

@test "write: from the beginning or an offset; what does not fit is not begun" {
  shm block create b 10
  shm block write b < <(printf 'abcdefghij')
  assert_done
  shm block write b 3 < <(printf 'XY')
  assert_done
  assert_block b 'abcXYfghij'
  shm block write b 9 < <(printf 'Z')
  assert_done
  shm block write b 10 </dev/null
  assert_done
  shm --json block write b 0 < <(printf '0')
  assert_done '{"name":"b","kind":"block","offset":0,"size":1}'
  shm block write b 9 < <(printf '12')
  assert_refused 3 outside
  shm block write b 11 </dev/null
  assert_refused 3
  shm block write b 18446744073709551615 < <(printf '12')
  assert_refused 3
  shm block write b x </dev/null
  assert_refused 2
  shm block write nosuch </dev/null
  assert_refused 1
  assert_block b '0bcXYfghiZ'
}

@test "read: all, from an offset on, or so many bytes" {
  shm block create b - < <(printf 'abcdefghijklmnopqrstuvwxyz')
  shm block read b 24
  assert_bytes 'yz'
  shm block read b 3 4
  assert_bytes 'defg'
  shm block read b 26
  assert_done
  shm block read b 0 0
  assert_done
  shm block read b 27
  assert_refused 3 outside
  shm block read b 20 7
  assert_refused 3
  shm block read b 0 64G
  assert_refused 3
  shm -q block read b
  assert_done
  shm --json block read b 1 2
  assert_done '{"name":"b","kind":"block","offset":1,"size":2,"value":"bc"}'
  shm block fill b 0xff 0 1
  shm --json block read b 0 1
  assert_done '{"name":"b","kind":"block","offset":0,"size":1,"value_base64":"/w=="}'
}

@test "many bytes go in and out as they are" {
  head -c 3000001 /dev/urandom >"$BATS_TEST_TMPDIR/bytes"
  shm block create b 3000005
  shm block write b 3 <"$BATS_TEST_TMPDIR/bytes"
  assert_done
  shm block read b 3 3000001
  assert_status 0
  cmp "$OUT" "$BATS_TEST_TMPDIR/bytes"
  shm block read b 3000004
  assert_bytes '\0'
  shm block read b 0 3
  assert_bytes '\0\0\0'
}

@test "fill: all bytes, or some" {
  shm block create b 6
  shm block fill b 120
  assert_done
  shm block fill b 0x79 4
  assert_done
  shm --json block fill b 122 1 2
  assert_done '{"name":"b","kind":"block","offset":1,"size":2}'
  assert_block b 'xzzxyy'
  shm block fill b 256
  assert_refused 3
  shm block fill b x
  assert_refused 2
  shm block fill b 0 4 3
  assert_refused 3
  assert_block b 'xzzxyy'
}

@test "cas32 and cas64: compare and set at an offset" {
  shm block create b 24
  shm block cas32 b 4 0 0xffffffff
  assert_done 4294967295
  shm block cas32 b 4 -1 7
  assert_done 7
  shm block cas32 b 4 8 9
  assert_refused 1 'another number'
  shm -q block cas32 b 4 8 9
  assert_status 1
  assert_no_stderr
  shm --json block cas64 b 16 0 -1
  assert_done '{"name":"b","kind":"block","offset":16,"value":18446744073709551615}'
  shm block cas64 b 0 0x700000000 1
  assert_done 1
  shm block cas32 b 2 0 1
  assert_refused 2 'multiple of 4'
  shm block cas64 b 4 0 1
  assert_refused 2 'multiple of 8'
  shm block cas64 b 24 0 1
  assert_refused 3
  shm block cas32 b 0 4294967296 1
  assert_refused 3 '32 bits'
  shm block cas64 b 0 0x10000000000000000 1
  assert_refused 3 '64 bits'
  shm block cas64 b 0 1x 1
  assert_refused 2
  assert_block b '\001\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\377\377\377\377\377\377\377\377'
}

@test "add32 and add64: print the sum" {
  shm block create b 16
  shm block add32 b 0
  assert_done 1
  shm block add32 b 0 -2
  assert_done 4294967295
  shm block add32 b 0 2
  assert_done 1
  shm block add64 b 8 -1
  assert_done 18446744073709551615
  shm block add64 b 8 0
  assert_done 18446744073709551615
  shm block add64 b 12
  assert_refused 2
  shm block add32 b 16
  assert_refused 3
}

@test "path: the file, in which the bytes begin at the second page" {
  shm block create b - < <(printf 'hello')
  shm block path b
  assert_done "$STORE/b"
  shm --json block path b
  assert_done "{\"name\":\"b\",\"kind\":\"block\",\"path\":\"$STORE/b\",\"offset\":4096,\"size\":5}"
  [ "$(tail -c +4097 "$STORE/b" | head -c 5)" = hello ] || fail "the bytes are elsewhere"
  printf 'J' | dd of="$STORE/b" bs=1 seek=4096 conv=notrunc status=none
  assert_block b 'Jello'
}

@test "other kinds are refused, and leave a block alone whatever it holds" {
  shm counter incr c
  shm block read c
  assert_refused 3 'is a counter'
  shm queue push q x
  shm block write q </dev/null
  assert_refused 3 'is a queue'
  shm block create b 1M
  shm block fill b 255
  local verb
  for verb in 'queue push' 'list append' 'value append' 'counter incr' 'array add'; do
    # shellcheck disable=SC2086 # several words
    shm $verb b 1
    assert_refused 3 'is a block'
  done
  [ "$("$SHMCTL" block read b | tr -d '\377' | wc -c)" = 0 ] || fail "it was changed"
}

@test "ls, stat and rm know blocks; one that is cut short is damaged" {
  shm block create b 10K
  shm --json ls
  [[ $(<"$OUT") == *'"kind":"block"'*'"value":10240'* ]] || fail "ls: $(<"$OUT")"
  shm stat b
  grep -qx 'value: 10240 bytes' "$OUT" || fail "no size"
  truncate -s 8192 "$STORE/b"
  shm block read b
  assert_refused 4 short
  shm block fill b 1
  assert_refused 4
  shm rm b
  assert_done
  shm block size b
  assert_refused 1
}

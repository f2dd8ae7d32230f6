#!/usr/bin/env bats
# shellcheck shell=bats
# The verbs of array: what they print, what they change, with which status they refuse.

load ../helpers

setup() { own_store; }

# assert_elements NAME ELEMENT...
assert_elements() {
  local name=$1
  shift
  shm array get "$name"
  assert_done "$(printf '%s\n' "$@")"
}

@test "create: as many elements as are said, all 0; get prints them" {
  shm array create a int32 3
  assert_done
  assert_elements a 0 0 0
  shm array len a
  assert_done 3
  shm --json array create b B 2
  assert_done '{"name":"b","kind":"array","type":"uint8","len":2}'
  shm array create none d 0
  assert_done
  shm array get none
  assert_done
  shm array get none :
  assert_done
}

@test "create --values: the elements, from the words or from standard input" {
  shm array create a i --values 5 -3 +7
  assert_done
  assert_elements a 5 -3 7
  shm array create b f --values - <<<$'1\n2.50\n1e3'
  assert_done
  assert_elements b 1 2.5 1000
  shm --json array get b
  assert_done '{"name":"b","kind":"array","type":"float","values":[1,2.5,1000]}'
}

@test "create: what makes no sense is refused, and makes nothing" {
  shm array create a nosuch 3
  assert_refused 2 nosuch
  shm array create a int32 -1
  assert_refused 2
  shm array create a int32 x
  assert_refused 2
  shm array create a int32 1 2
  assert_refused 2 --values
  shm array create a int8 --values 1 128
  assert_refused 3 128
  shm array create a int8 --values 1 x
  assert_refused 2 x
  shm array create a uint8 --values -1
  assert_refused 3
  shm array create a int64 99999999999999
  assert_refused 5 '64 GiB'
  shm array create a int64 18446744073709551615
  assert_refused 5
  shm ls
  assert_done
  shm array create a int64 1
  shm array create a int64 1
  assert_refused 1 exists
  shm counter incr a
  assert_refused 3 'is an array'
  shm counter incr c
  shm array get c
  assert_refused 3 'is a counter'
}

@test "every type, by its name and by Python's letter, from its least to its greatest" {
  local names letters least most type
  while read -r names letters least most; do
    for type in ${names//,/ } ${letters//,/ }; do
      shm array create a "$type" --values "$least" "$most"
      assert_done
      assert_elements a "$least" "$most"
      shm --json array len a
      [[ $(<"$OUT") == *"\"type\":\"${names%%,*}\""* ]] || fail "$type is $(<"$OUT")"
      shm array add a 1 1
      assert_refused 3
      shm array add a 0 -1
      assert_refused 3
      assert_elements a "$least" "$most"
      shm rm a
    done
  done <<'END'
int8 b -128 127
uint8 B 0 255
int16 h -32768 32767
uint16 H 0 65535
int32 i -2147483648 2147483647
uint32 I 0 4294967295
int64 l,q -9223372036854775808 9223372036854775807
uint64 L,Q 0 18446744073709551615
END
  for type in float float32 f; do
    shm array create a $type --values 0.1 3.4028235e+38 1e-45
    assert_elements a 0.1 3.4028235e+38 1e-45
    shm array add a 1 3.4e38
    assert_refused 3
    shm rm a
  done
  for type in double float64 d; do
    shm array create a $type --values 0.1 1.7976931348623157e+308 5e-324
    assert_elements a 0.1 1.7976931348623157e+308 5e-324
    shm array set a 0 inf
    assert_refused 3
    shm array set a 0 nan
    assert_refused 3
    shm rm a
  done
}

@test "get: by index and slice, from both ends, as one piece" {
  shm array create a int16 --values - < <(seq 0 9)
  shm array get a 3
  assert_done 3
  shm array get a -1
  assert_done 9
  shm array get a 0 -2 4
  assert_done $'0\n8\n4'
  shm array get a 7:
  assert_done $'7\n8\n9'
  shm array get a :2 -2: 5
  assert_done $'0\n1\n8\n9\n5'
  shm array get a ::-3
  assert_done $'9\n6\n3\n0'
  shm array get a -3:-1
  assert_done $'7\n8'
  shm array get a 5:5
  assert_done
  shm array get a 8:99
  assert_done $'8\n9'
  shm --json array get a -1
  assert_done '{"name":"a","kind":"array","type":"int16","index":9,"value":9}'
  shm --json array get a -1 0
  assert_done '{"name":"a","kind":"array","type":"int16","values":[9,0]}'
  shm -0 array get a :2
  assert_bytes '0\0001\000'
  shm -q array get a
  assert_done
}

@test "get: an index that is not there, and words that are none" {
  shm array create a int16 3
  local index
  for index in 3 -4 9223372036854775807 -9223372036854775808; do
    shm array get a 0 "$index"
    assert_refused 1 'none of that index'
  done
  shm array get a 0 5 --default none
  assert_done $'0\nnone'
  shm --json array get a 5 --default 7
  assert_done '{"name":"a","kind":"array","type":"int16","index":5,"value":7}'
  shm --json array get b 0 1 --default x
  assert_done '{"name":"b","kind":"array","values":["x","x"]}'
  shm array get b --default 0
  assert_done 0
  shm array get b
  assert_refused 1 'no such object'
  for index in x 1x 1:x 1:2:3:4 ::0 '' 99999999999999999999 1:99999999999999999999; do
    shm array get a "$index"
    assert_refused 2
  done
}

@test "set: one element, several in either form, a slice, and lines from standard input" {
  shm array create a int32 5
  shm array set a 0 7
  assert_done
  shm array set a 1 8 -1 9
  assert_done
  assert_elements a 7 8 0 0 9
  shm --json array set a 2=-1 -2=-2
  assert_done '{"name":"a","kind":"array","type":"int32","changed":2}'
  assert_elements a 7 8 -1 -2 9
  shm array set a 1:3 5 6
  assert_done
  shm array set a ::-4 1 2
  assert_done
  assert_elements a 2 5 6 -2 1
  shm array set a - < <(printf '%s\n' 0=10 -1=50)
  assert_done
  shm array set a 1:4 - < <(seq 3)
  assert_done
  assert_elements a 10 1 2 3 50
  # Of an element that is named twice, the last counts.
  shm array set a 0=1 0=2
  assert_elements a 2 1 2 3 50
}

@test "set: what is refused changes nothing" {
  shm array create a uint8 --values 1 2 3
  shm array set a 0 5 1
  assert_refused 2 INDEX
  shm array set a 0=5 1=256
  assert_refused 3 256
  shm array set a 0=5 3=1
  assert_refused 1
  shm array set a 0=5 1
  assert_refused 2 INDEX=NUMBER
  shm array set a 0:2 5
  assert_refused 2 fill
  shm array set a 0:2 5 6 7
  assert_refused 2
  shm array set a 0:2 5 x
  assert_refused 2 x
  shm array set a 0
  assert_refused 2
  shm array set b 0 1
  assert_refused 1
  assert_elements a 1 2 3
}

@test "add: prints the sum; several are one change" {
  shm array create a int8 --values 100 -100 0
  shm array add a 2
  assert_done 1
  shm array add a 2 5
  assert_done 6
  shm array add a -1 -10
  assert_done -4
  shm array add a 0=1 1=-1 0=1
  assert_done $'101\n-101\n102'
  shm --json array add a 2 1
  assert_done '{"name":"a","kind":"array","type":"int8","index":2,"value":-3}'
  shm array add a - < <(printf '%s\n' 2=1 2=1)
  assert_done $'-2\n-1'
  shm array add a 0=1 1=-100
  assert_refused 3 'does not fit'
  shm array add a 0 100
  assert_refused 3
  shm array add a 0 x
  assert_refused 2
  shm array add a 0 1 1
  assert_refused 2
  assert_elements a 102 -101 -1
  shm array create u uint64 --values 18446744073709551615
  shm array add u 0 -18446744073709551615
  assert_refused 3
  shm array add u 0 -1
  assert_done 18446744073709551614
}

@test "max and min raise and lower; swap prints what was; cas compares" {
  shm array create a double --values 1 2
  shm array max a 0 5
  assert_done 5
  shm array max a 0=1 1=2.5
  assert_done $'5\n2.5'
  shm array min a 0=0.5 1=9
  assert_done $'0.5\n2.5'
  shm array max a 0
  assert_refused 2
  shm array swap a -1 7
  assert_done 2.5
  shm array cas a 1 7 8
  assert_done 8
  shm array cas a 1 7 9
  assert_refused 1
  shm -q array cas a 1 7 9
  assert_status 1
  assert_no_stderr
  shm array cas a 5 7 9
  assert_refused 1
  assert_elements a 0.5 8
  shm array set a 0 -0.0
  shm array cas a 0 0 3
  assert_done 3
}

@test "fill: all, a slice, an element" {
  shm array create a B --values - < <(seq 9)
  shm array fill a 0 1:8:3
  assert_done
  assert_elements a 1 0 3 4 0 6 7 0 9
  shm array fill a 5 :3
  assert_elements a 5 5 5 4 0 6 7 0 9
  shm array fill a 1 -1
  assert_elements a 5 5 5 4 0 6 7 0 1
  shm --json array fill a 255
  assert_done '{"name":"a","kind":"array","type":"uint8","changed":9}'
  assert_elements a 255 255 255 255 255 255 255 255 255
  shm array fill a 256
  assert_refused 3
}

@test "len, ls, stat and rm know arrays" {
  shm array create a i 3
  shm array create b d 1
  shm array len a b
  assert_done $'3\n1'
  shm array len a nosuch
  assert_status 1
  shm --json ls
  [[ $(<"$OUT") == *'"kind":"array"'*'"value":3'* ]] || fail "ls: $(<"$OUT")"
  shm stat b
  grep -qx 'type: double' "$OUT" || fail "no type"
  grep -qx 'value: 1 element' "$OUT" || fail "no value"
  grep -qx 'length: 1' "$OUT" || fail "no length"
  shm rm a
  shm array len a
  assert_refused 1
}

@test "a large array is as large as its elements, and one that does not fit makes nothing" {
  shm array create big double 1000000
  assert_done
  [ "$(stat -c %s "$STORE/big")" -lt 8100000 ] || fail "it takes more"
  shm array add big 999999 0.5
  assert_done 0.5
  shm array get big 999998:
  assert_done $'0\n0.5'
  shm array fill big 2
  assert_done
  shm array get big 0 500000 -1
  assert_done $'2\n2\n2'
}

#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2034,SC2154 # HOW and MASK are for `same`; what `call` sets
# The front door does by itself what the program behind it does, to the byte: output, errors, status, and what is left
# in the store. Whatever it is called with, and wherever.

load ../helpers
load same

setup() { both_programs; }

@test "the front door and the program behind it: counters" {
  some_counters
  same_lines <<'EOF'
counter incr a
counter incr new
counter incr a 7
counter incr a -7
counter incr a=2 b=3 new=-4
counter incr a a a
counter incr a --existing
counter incr new --existing
counter incr a --new
counter incr new --new
counter incr new --new --existing
counter incr top
counter incr low=-1 a top b
counter incr limited 6
counter incr limited=5 limited
counter incr wraps 5
counter incr saturates 5
counter decr limited 6
counter decr a
counter decr new
counter decr new=5 a=5
counter decr low
counter decr a -9223372036854775808
counter decr a=-9223372036854775807
counter incr a 9223372036854775808
counter incr a 5x
counter incr a 0x10
counter incr a 1.5
counter incr a 1e3
counter incr a ''
counter incr a +5
counter incr a -0
counter incr a --0
counter incr a -
counter incr a -- -5
counter incr ''
counter incr a= b
counter incr a=1=2
counter incr =5
counter incr ../x
counter incr /etc/passwd
counter incr .hidden
counter incr "$(printf 'a\nb')"
counter incr "$(printf '\033[2J')"
counter incr "$(printf '\xff\xfe')"
counter incr "$(printf '%0127d' 1)x" 
counter incr "$(printf '%0128d' 1)x"
counter incr "$(printf '%0300d' 1)"
counter incr "$(printf '%02000d' 1)"
counter incr v
counter incr q
counter incr a v new q b
counter get a
counter get a b new
counter get new
counter get new --default 5
counter get a new --default=-5
counter get new --default 5x
counter get new --default ''
counter get v
counter get v --default 5
counter get a v b
counter get ''
counter get a ''
counter get a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a
counter get top low top low top low top low top low top low top low top low top low top low top low top low top low
counter set a 9
counter set a=1 b=2
counter set a
counter set a=1 b
counter set new 9
counter set limited 11
counter set limited=3 new=4 v=5
counter swap a 9
counter swap new 9
counter swap a=1 new=2
counter swap a
counter cas a 5 6
counter cas a 4 6
counter cas new 0 1
counter cas a 5 x
counter cas a x 5
counter cas a 5 5
counter cas a 5
counter cas a 5 6 7
counter cas limited 5 50
counter max a 9
counter max a 1
counter max new 3
counter min a 1
counter min a 9
counter min a=1 b=-9
counter reset a
counter reset a new b
counter reset limited
counter reset v
counter create a
counter create made 5
EOF
}

@test "the front door and the program behind it: how it is printed, and what is no call" {
  some_counters
  same_lines <<'EOF'

--help
-h
--version
--nope
-q
--
-- ls
''
counter
counter --help
counter nope
counter incr
counter incr --help
counter incr a --help
counter incr a --nope
counter incr a -x
counter incr a --existign
counter incr a --existing=1
counter incr a --exist
nope
COUNTER incr a
counter INCR a
'counter incr' a
counter incr a --raw
counter incr a --null
counter incr a -0
counter incr a b --raw
counter incr a b --null
counter incr a --json
counter incr a b --json
counter incr a --raw --null
counter incr a --raw --raw
counter incr a --json --raw
counter incr a -q
counter incr a -q0
counter incr -q a v
counter get new -q
counter get new v -q
counter incr a --quiet --null
-q counter incr a
--raw counter incr a
counter -q incr a
counter incr a --store
counter incr a --store ''
counter incr a --store=
counter incr a --store nope/
counter incr a --store .
counter incr a --store ./s
counter incr a --store s/
counter incr a --store "$STORE"
counter incr a --store="$STORE/"
counter incr a --store "$STORE//"
counter incr a --store /nowhere/at/all
counter incr a --store /dev/null
counter incr a --store @nosuchgroup
counter incr a --store @
counter incr a --store 'no name'
counter incr a --store "$(printf '%01100d' 1)/x"
counter incr a --store x --store "$STORE"
counter get a --store nope/
counter get a --default 7 --store nope/
counter incr a --store=/etc/passwd/x
ls
stat a
queue len q
who
EOF
}

@test "the front door and the program behind it: values, dicts and queues" {
  some_counters
  template value create f 1.5 --type float
  template value create yes true --type bool
  template value create u 18446744073709551615 --type uint
  template value create t text --type text
  template value create bytes '' --type bytes
  template dict set d k=v n=5
  template queue create small --max-items 2
  template queue push small x y
  same_lines <<'EOF'
value get v
value get f
value get yes
value get u
value get t
value get bytes
value get v f t
value get new f
value get new f v --default 5
value get a v f
value get new
value get new --default x
value get a
value get v --raw
value get v --null
value get v --json
value get t --json
value get f --quiet
value set t -
value set t --ttl 5 x
value set v 8 --ttl 5
value swap t other
value swap t other --ttl 1
value set v 8
value set v x
value set v 1.5
value set f 2.25
value set f nan
value set yes false
value set yes maybe
value set u -1
value set t other
value set t ''
value set new 5
value set new text
value set new 5 --type int
value set new 5 --type nope
value set new x --existing
value set v 1 --new
value set a 5
value set v
value set v 1 2
value swap v 9
value cas v 7 8
value cas v 6 8
value cas t text other
value cas t nope other
value add v 5
value add v -5
value add v 9223372036854775807
value add f 0.5
value add t 1
value add new 1
dict get d k
dict get d k n
dict get d nope
dict get d k nope n
dict get d nope --default x
dict get new k
dict get new k --default x
dict get new k --wait 10ms
dict get d k --wait 0
dict get a k
dict get d
dict get d ''
dict set d k=w
dict set d new=1 k=2
dict set d k=a k=b
dict set new k=v
dict set d k
dict set d =x
dict set d k=
dict set d k=v --existing
dict set d nope=v --existing
dict set d k=v --new
dict set d other=v --new
dict set d k=v --existing --new
dict set d k=v --ttl 5
dict set d k=v --ttl 0
dict set d k=v --ttl x
dict set d k -
dict set d -
dict set a k=v
dict set d "$(printf '%070000d' 1)=x"
dict incr d n
dict incr d n 5
dict incr d n -5
dict incr d n=3 k=2
dict incr d n=3 fresh
dict incr d k
dict incr d fresh
dict incr d fresh --existing
dict incr d fresh --new
dict incr new fresh
dict incr d n 1.5
dict incr d n x
dict incr d n 9223372036854775807
dict decr d n
dict decr d n 3
dict decr d n -9223372036854775808
dict del d k
dict del d k n nope
dict del d nope
dict del new k
dict contains d k
dict contains d k n
dict contains d nope
dict contains new k
dict contains d k --json
dict get d k --json
dict get d k --raw
dict get d k n --null
dict incr d n -q
queue len q
queue len q small
queue len new
queue len a
queue len q --json
queue push q x
queue push q x y z
queue push q ''
queue push new x
queue push new x --existing
queue push q x --front
queue push q x --priority 5
queue push q x --priority -5
queue push q x --priority=-5
queue push q x --priority nope
queue push q x --unique one
queue push q x --unique ''
queue push q
queue push small z
queue push small z --wait 0
queue push small z --wait 10ms
queue push small z --wait nope
queue push small z -w -1
queue push a x
queue push q x -q
queue push q x --json
queue push q "$(printf '%070000d' 1)"
queue pop q
queue pop q --back
queue pop q --count 2
queue pop q --count 5
queue pop q --count 0
queue pop q --count x
queue pop q --count -1
queue pop q --raw
queue pop q --null --count 2
queue pop q --json
queue pop q -q
queue pop new
queue pop new --wait 10ms
queue pop a
queue pop q small
queue pop q --wait 0
queue pop q --wait 1 --count 3
EOF
}

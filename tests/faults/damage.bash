# shellcheck shell=bash
# What damage.bats needs: files with wrong bytes in them, and a quick way to call shmctl some thousand times.
# After `load ../helpers`.

# What has been done to the file, for messages; `noise` says it in hexadecimal.
case=

# try WORDS...: calls shmctl; status in $tried, output in the files $TRIED and $TRIED.err. No more than bash and timeout.
try() {
  TRIED=$BATS_TEST_TMPDIR/tried
  tried=0
  words="$*"
  timeout -k 2 10 "$SHMCTL" "$@" >"$TRIED" 2>"$TRIED.err" 3>&- || tried=$?
}

complain() {
  {
    printf '%s\ncase: %s\ncall: %s\nstatus: %s\n' "$1" "$case" "$words" "$tried"
    cat "$TRIED" "$TRIED.err"
  } >&2
  return 1
}

# one_line NAME: the last call wrote one line on stderr, its own, that names it
one_line() {
  local -a lines
  mapfile -t lines <"$TRIED.err"
  if [ "${#lines[@]}" != 1 ] || [[ ${lines[0]} != "shmctl: "*"$1"* ]]; then
    complain "not one line on stderr that says $1"
  fi
}

# own_lines NAME: one or more of those
own_lines() {
  if [ ! -s "$TRIED.err" ] || grep -qv "^shmctl: .*$1" "$TRIED.err"; then complain "other lines than shmctl's on stderr"; fi
}

# refused STATUS NAME WORDS...: the call is refused like that
refused() {
  local status=$1 name=$2
  shift 2
  try "$@"
  [ "$tried" = "$status" ] || complain "status $tried, not $status"
  [ ! -s "$TRIED" ] || complain "something on stdout"
  one_line "$name"
}

# answered STATUS TEXT WORDS...: it is answered
answered() {
  local status=$1 text=$2
  shift 2
  try "$@"
  if [ "$tried" != "$status" ] || [ "$(<"$TRIED")" != "$text" ]; then complain "not answered with $status '$text'"; fi
}

# --- bytes -----------------------------------------------------------------------------------------------------------

zero() {
  local size
  size=$(stat -c %s "$1")
  head -c "$size" /dev/zero 1<>"$1"
}

# noise FILE FROM SIZE: random bytes there
noise() {
  local bytes
  head -c "$3" /dev/urandom >"$BATS_TEST_TMPDIR/noise"
  bytes=$(od -An -v -tx1 "$BATS_TEST_TMPDIR/noise")
  case="noise from byte $2 on: ${bytes//[$' \n']/}"
  dd if="$BATS_TEST_TMPDIR/noise" of="$1" bs=1M seek="$2" oflag=seek_bytes conv=notrunc status=none
}

# put_bytes FILE AT BYTE...
put_bytes() {
  local file=$1 at=$2 text
  shift 2
  printf -v text '\\x%02x' "$@"
  # shellcheck disable=SC2059 # made for it
  printf "$text" | dd of="$file" bs=1M seek="$at" oflag=seek_bytes conv=notrunc status=none
}

# flip FILE AT: one byte gets its complement; twice is nothing
flip() { put_bytes "$1" "$2" $(($(od -An -v -tu1 -j "$2" -N 1 "$1") ^ 255)); }

# put_word FILE INDEX NUMBER: a 64-bit word in the machine's order (x86 and ARM have the low byte first)
put_word() {
  local bytes=() i
  for ((i = 0; i < 64; i += 8)); do bytes+=($((($3 >> i) & 255))); done
  put_bytes "$1" $(($2 * 8)) "${bytes[@]}"
}

# forge FILE INDEX=NUMBER...: sets words of a header, and its checksum so that it fits (FNV-1a by words, folded)
forge() {
  local file=$1 assignment words word sum=0xcbf29ce484222325
  shift
  for assignment in "$@"; do put_word "$file" "${assignment%=*}" "${assignment#*=}"; done
  mapfile -t words < <(od -An -v -w8 -td8 -N 120 "$file")
  for word in "${words[@]}"; do
    sum=$(((sum ^ word) * 0x100000001b3))
    sum=$((sum ^ ((sum >> 32) & 0xffffffff)))
  done
  put_word "$file" 15 "$sum"
}

# --- in use ----------------------------------------------------------------------------------------------------------

# cut_and_restore FILE: a process that does it again and again until stop_cutting; the whole file is kept as `whole`
cut_and_restore() {
  cp "$1" "$BATS_TEST_TMPDIR/whole"
  (
    while [ ! -e "$BATS_TEST_TMPDIR/enough" ]; do
      : >"$1"
      cat "$BATS_TEST_TMPDIR/whole" >"$1"
    done
  ) 3>&- &
  CUTTER=$!
}
stop_cutting() {
  : >"$BATS_TEST_TMPDIR/enough"
  wait "$CUTTER"
  CUTTER=
}

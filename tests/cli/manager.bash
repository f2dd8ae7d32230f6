# shellcheck shell=bash
# A service manager for tests: it hears what `run` tells it, and writes a line each: the sender's pid, how many
# descriptors came along, and the message with | between its lines. After `load ../helpers`.

# manager_at ADDRESS: starts it; MESSAGES is the file, MANAGER its pid
manager_at() {
  need python3
  MESSAGES=$BATS_TEST_TMPDIR/messages
  : >"$MESSAGES"
  python3 - "$1" "$MESSAGES" 3>&- <<'END' &
import os, socket, struct, sys
path, out = sys.argv[1], open(sys.argv[2], "a", buffering=1)
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind("\0" + path[1:] if path.startswith("@") else path)
manager.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
out.write("0 0 listens\n")
while True:
    data, beside, _, _ = manager.recvmsg(8192, 4096)
    pid = files = 0
    for _, kind, value in beside:
        if kind == socket.SCM_CREDENTIALS:
            pid = struct.unpack("iII", value)[0]
        else:
            numbers = struct.unpack("%di" % (len(value) // 4), value)
            files = len(numbers)
            for number in numbers:
                os.close(number)
    out.write("%d %d %s\n" % (pid, files, data.decode(errors="replace").replace("\n", "|")))
END
  MANAGER=$!
  STARTED+=("$MANAGER")
  until_true test -s "$MESSAGES"
  export NOTIFY_SOCKET=$1
  unset SYSTEMD_EXEC_PID MAINPID SHMCTL_JOB
}

# heard WORDS: a message has these words, or will have
heard() { until_true has_heard "$1"; }
has_heard() { grep -qF -- "$1" "$MESSAGES"; }
# all_heard: whatever was sent before is in MESSAGES
all_heard() {
  SENT=$((${SENT-0} + 1))
  "$TELL" "X_SENT=$SENT" && heard " 0 X_SENT=$SENT"
}
not_heard() { all_heard && not has_heard "$1"; }
# messages: all but the pids of senders, "(pid N)" without the number
messages() {
  sed -e '/ listens$/d' -e '/ 0 X_SENT=/d' -e 's/^[0-9]* //' -e 's/(pid [0-9]*)/(pid N)/g' \
    -e 's/MAINPID=[0-9]*/MAINPID=N/' "$MESSAGES"
}
# assert_messages LINE...: what has been sent is this and nothing else
assert_messages() {
  all_heard
  [ "$(messages)" = "$(printf '%s\n' "$@")" ] || fail "messages: $(messages)"
}
# count_messages WORDS: how many have them
count_messages() {
  all_heard
  grep -cF -- "$1" <(messages) || true
}
# "$TELL" MESSAGE: sends it to whatever NOTIFY_SOCKET is
TELL=$BATS_TEST_TMPDIR/tell
make_tell() {
  cat >"$TELL" <<'END'
#!/usr/bin/env python3
import os, socket, sys
address = os.environ["NOTIFY_SOCKET"]
to = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
to.sendto(sys.argv[1].encode(), "\0" + address[1:] if address.startswith("@") else address)
END
  chmod 755 "$TELL"
}

# shellcheck shell=bash
# Things that somebody may put where shmctl expects a file of its own, and what they must not lead to.
# shellcheck disable=SC2016 # inner shells expand it
# After `load ../helpers` and private_mounts; everything lies below /run, one file system, so that hard links can be made.

# What an attacker would have others change, read or make.
TARGET=/run/target
MADE=/run/made
# shellcheck disable=SC2034 # used where this is loaded
PLANTS=(symlink dangling link-to-object hardlink fifo directory device socket empty huge foreign everybodys)

make_target() {
  inside bash -c 'umask 077 && echo precious >"$1" && touch -d 2001-01-01 "$1"' make_target "$TARGET"
  TARGET_STATE=$(target_state)
}
target_state() { inside stat -c '%A %u %g %s %Y' "$TARGET" && inside md5sum "$TARGET"; }

# assert_untouched: nothing was done to the target, nor made through a dangling link
assert_untouched() {
  [ "$(target_state)" = "$TARGET_STATE" ] || fail "the target has changed: $(target_state)"
  inside test ! -e "$MADE" || fail "$MADE was made through a link"
}

# plant KIND DIRECTORY NAME: as whom `as` says, with root's help where the attacker would need a lax kernel setting.
# False where this machine can't have such a thing. DIRECTORY holds a good object `good`.
plant() {
  local at=$2/$3
  case $1 in
    symlink) inside ln -s "$TARGET" "$at" ;;
    dangling) inside ln -s "$MADE" "$at" ;;
    link-to-object) inside ln -s good "$at" ;;
    hardlink) as root inside ln "$TARGET" "$at" ;;
    fifo) inside mkfifo "$at" ;;
    directory) inside mkdir "$at" ;;
    device) as root inside mknod "$at" c 1 5 ;;
    socket)
      command -v perl >/dev/null && inside perl -MSocket -e '
        socket(S, PF_UNIX, SOCK_STREAM, 0) && bind(S, sockaddr_un($ARGV[0])) or exit 1' "$at"
      ;;
    empty) inside bash -c 'umask 007 && : >"$1"' plant "$at" ;;
    huge) inside bash -c 'umask 007 && truncate -s 1T "$1"' plant "$at" ;;
    # A whole object, of another owner than the store's files have.
    foreign) as root inside bash -c 'cp "$1/good" "$2" && chmod 600 "$2" && chown 4002:4002 "$2"' plant "$2" "$at" ;;
    everybodys) inside bash -c 'cp "$1/good" "$2" && chmod 666 "$2"' plant "$2" "$at" ;;
    *) fail "no plant $1" ;;
  esac
}
unplant() { as root inside rm -rf "$1"; }

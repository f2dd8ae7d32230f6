# shellcheck shell=bash
# What an example may say besides what its reader would: sourced in front of every block.

# until_true COMMAND...: polls, for at most 30 s
until_true() {
  local end=$((SECONDS + 30))
  until "$@"; do
    if ((SECONDS > end)); then
      echo "never came true: $*" >&2
      return 1
    fi
    sleep 0.02
  done
}

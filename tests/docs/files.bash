# shellcheck shell=bash
# Files that a page shows: whether they are right, and putting them in their places. Sourced by tests/docs/run, which says
# what $where, $home and $work are.
# shellcheck disable=SC2088,SC2154 # a tilde in a path of a page's is text

# check_file FILE PATH: says what is wrong with it
check_file() {
  local name=${2##*/}
  case $2 in
    /etc/cron.d/* | /etc/crontab) check_crontab with-user "$1" ;;
    */shmctl/jobs/*.conf) check_job "$1" "$name" ;;
    */systemd/system/*.d/*.conf | */systemd/user/*.d/*.conf) ;; # a part of a unit, which is checked where it is put
    */systemd/system/* | */systemd/user/*) check_unit "$1" "$2" ;;
    *) if head -n 1 "$1" | grep -q '^#!.*sh' && command -v shellcheck >/dev/null; then shellcheck "$1"; fi ;;
  esac
}

# check_crontab with-user|without-user FILE: every line is empty, a comment, NAME=VALUE, or a time, a user and a command
check_crontab() {
  awk -v user="$1" '
    /^[ \t]*(#|$)/ || /^[A-Za-z_][A-Za-z_0-9]*[ \t]*=/ { next }
    {
      times = $1 ~ /^@/ ? 1 : 5
      for (i = 1; i <= times; i++)
        if ($i !~ /^([0-9*,\/A-Za-z-]+|@(reboot|yearly|annually|monthly|weekly|daily|midnight|hourly))$/) wrong = NR
      if (user == "with-user" && $(++times) !~ /^[a-z_][a-z0-9_-]*$/) wrong = NR
      if (NF <= times) wrong = NR
    }
    END { if (wrong) print "line " wrong " is none of a crontab"; exit wrong ? 1 : 0 }' "$2"
}

# check_unit FILE PATH: by systemd; where the commands of a unit need not be there, they count as there
check_unit() {
  local name=${2##*/} manager=--system dir=$work/units
  command -v systemd-analyze >/dev/null || return 0
  if [[ $2 == */systemd/user/* ]]; then manager=--user; fi
  name=${name/@./@example.}
  mkdir -p "$dir"
  if [ "$where" = machine ]; then
    cp "$1" "$dir/$name"
  else
    sed -E 's#^(Exec[A-Za-z]+=[-@:+!]*)[^ ]+#\1/bin/true#' "$1" >"$dir/$name"
  fi
  systemd-analyze "$manager" verify --man=no --recursive-errors=one "$dir/$name"
}

check_job() {
  cp "$1" "$work/$2"
  as_user shmctl jobs --check "$work/$2"
}

# put_file FILE PATH: where it belongs; here, only what belongs into a home
put_file() {
  local to=$2 mode=644
  if head -n 1 "$1" | grep -q '^#!'; then mode=755; fi
  if [[ $to == '~/'* ]]; then
    to=$home/${to#'~/'}
    as_user mkdir -p "$(dirname "$to")"
    install -m "$mode" "$1" "$to"
    if [ "$where" = machine ]; then chown "$READER:" "$to"; fi
  elif [ "$where" = machine ]; then
    mkdir -p "$(dirname "$to")"
    install -m "$mode" "$1" "$to"
  fi
}

put_crontab() { if [ "$where" = machine ]; then crontab -u "$READER" "$1"; fi; }

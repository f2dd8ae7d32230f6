# The blocks of a page of docs/ that something is done with (HACKING.md, "Documents").
#   awk -v out=DIR -f blocks.awk PAGE
# writes each into a file DIR/NUMBER and prints: NUMBER LINE KIND WHERE PATH
#   KIND   script, session (prompt `$ `), root-session (prompt `# `), file, crontab, shown
#   WHERE  systemd: only in the booted machine; here: anywhere
#   PATH   of a file; else -
function begin(language, marks) {
  number++
  file = sprintf("%s/%03d", out, number)
  printf "" > file
  line = NR
  where = marks ~ /(^| )systemd( |$)/ ? "systemd" : "here"
  kind = language == "sh" ? "script" : language == "console" ? "session" : "shown"
  may_be_file = language ~ /^(sh|ini|conf|crontab)$/
  is_crontab = language == "crontab"
  path = "-"
  lines = 0
  prompts = 0
}
function add(text) {
  lines++
  if (may_be_file && (lines == 1 || (lines == 2 && shebang)) && text ~ /^# ~?\/[^ ]+$/) {
    kind = "file"
    path = substr(text, 3)
  }
  if (is_crontab && lines == 1 && text == "# crontab -e") kind = "crontab"
  if (lines == 1) shebang = text ~ /^#!/
  if (kind == "session" && lines == 1 && text ~ /^# /) kind = "root-session"
  if (kind == "shown" && text ~ /^\$ /) prompts = 1
  print text > file
}
function finish() {
  close(file)
  if (prompts) kind = "prompts"
  printf "%03d %d %s %s %s\n", number, line, kind, where, path
  inside = 0
}

!inside && match($0, /^ *```+/) {
  fence = substr($0, RSTART, RLENGTH)
  indent = length(fence)
  gsub(/ /, "", fence)
  indent -= length(fence)
  rest = substr($0, indent + length(fence) + 1)
  language = rest
  sub(/ .*/, "", language)
  marks = substr(rest, length(language) + 1)
  inside = 1
  begin(language, marks)
  next
}
!inside && /^<!--sh( systemd)?$/ {
  inside = 2
  begin("sh", $0)
  next
}
inside == 1 && match($0, /^ *```+ *$/) {
  closing = $0
  gsub(/ /, "", closing)
  if (length(closing) >= length(fence)) {
    finish()
    next
  }
}
inside == 2 && $0 == "-->" {
  finish()
  next
}
inside {
  text = $0
  for (i = 0; i < indent && inside == 1 && substr(text, 1, 1) == " "; i++) text = substr(text, 2)
  add(text)
}
END {
  if (inside) printf "%03d %d unfinished here -\n", number, line
}

# shellcheck shell=bash disable=SC2154 # what `call` sets
# What metrics*.bats look at in the text that metrics prints. After `load ../helpers`.

# metric SAMPLE [NUMBER]: the last call printed that sample, with that number
metric() {
  SAMPLE="$1 " NUMBER=${2-} awk '
    BEGIN { sample = ENVIRON["SAMPLE"]; number = ENVIRON["NUMBER"] }
    substr($0, 1, length(sample)) == sample { ++count; same = number == "" || substr($0, length(sample) + 1) == number }
    END { exit count == 1 && same ? 0 : 1 }' "$OUT" || fail "not once, or of another number: $*"
}
no_metric() { ! grep -qF "$1" "$OUT" || fail "there is a $1"; }

# is_openmetrics: the last call printed it, as its grammar has it: each family once, in one piece, TYPE before UNIT before
# HELP before samples, which are the family's
is_openmetrics() {
  assert_status 0
  awk '
    function bad(why) { print NR ": " why ": " $0; failed = 1; exit 1 }
    ended { bad("behind the end") }
    $0 == "# EOF" { ended = 1; next }
    /^# TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|info)$/ {
      if ($3 in seen) bad("a family twice")
      seen[$3] = 1; family = $3; type = $4; step = 1; next
    }
    /^# UNIT [a-zA-Z_:][a-zA-Z0-9_:]* [a-z]+$/ {
      if ($3 != family || step != 1 || family !~ ("_" $4 "$")) bad("unit")
      step = 2; next
    }
    /^# HELP [a-zA-Z_:][a-zA-Z0-9_:]* ([^\\"]|\\["\\n])+$/ { if ($3 != family || step > 2) bad("help"); step = 3; next }
    /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{[a-zA-Z_][a-zA-Z0-9_]*="([^\\"]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^\\"]|\\["\\n])*")*\})? (-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?|[+-]Inf|NaN)$/ {
      name = $0; sub(/[{ ].*/, "", name)
      if (name != family (type == "counter" ? "_total" : type == "info" ? "_info" : "")) bad("not of " family)
      series = $0; sub(/ [^ ]*$/, "", series)
      if (series in metrics) bad("a metric twice")
      metrics[series] = 1; step = 4; next
    }
    { bad("no line of OpenMetrics") }
    END { if (!failed && !ended) { print "no end"; exit 1 } }' "$OUT" || fail "not OpenMetrics"
}

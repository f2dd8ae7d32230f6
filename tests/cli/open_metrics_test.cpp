// The text of metrics, line for line as OpenMetrics 1.0 and Prometheus 0.0.4 have it.
#include "cli/open_metrics.hpp"
#include "catch.hpp"

using namespace shm::cli;
using Added = MetricSet::Added;

namespace {
std::string open(const MetricSet& set) { return set.text(MetricFormat::openmetrics); }
std::string old(const MetricSet& set) { return set.text(MetricFormat::prometheus); }
const MetricFamily hits = {"hits", MetricType::counter, "", "How often."};
const MetricFamily wait = {"wait_seconds", MetricType::gauge, "seconds", ""};
}  // namespace

TEST_CASE("an empty answer is one", "[open_metrics]") {
  CHECK(open(MetricSet()) == "# EOF\n");
  CHECK(old(MetricSet()).empty());
}

TEST_CASE("type, unit and help stand before the samples, in this order", "[open_metrics]") {
  MetricSet set;
  CHECK(set.add(hits, {{"path", "/"}}, "3") == Added::yes);
  CHECK(set.add({"wait_seconds", MetricType::gauge, "seconds", "How long."}, {}, "0.5") == Added::yes);
  CHECK(set.add({"shmctl_build", MetricType::info, "", ""}, {{"version", "1"}}, "1") == Added::yes);
  CHECK(open(set) ==
        "# TYPE hits counter\n# HELP hits How often.\nhits_total{path=\"/\"} 3\n"
        "# TYPE wait_seconds gauge\n# UNIT wait_seconds seconds\n# HELP wait_seconds How long.\nwait_seconds 0.5\n"
        "# TYPE shmctl_build info\nshmctl_build_info{version=\"1\"} 1\n# EOF\n");
  CHECK(old(set) ==
        "# HELP hits_total How often.\n# TYPE hits_total counter\nhits_total{path=\"/\"} 3\n"
        "# HELP wait_seconds How long.\n# TYPE wait_seconds gauge\nwait_seconds 0.5\n"
        "# TYPE shmctl_build_info gauge\nshmctl_build_info{version=\"1\"} 1\n");
}

TEST_CASE("a family stands in one piece, whoever adds to it when", "[open_metrics]") {
  MetricSet set;
  CHECK(set.declare(wait));
  CHECK(set.add(hits, {{"path", "a"}}, "1") == Added::yes);
  CHECK(set.add(wait, {}, "2.0") == Added::yes);
  CHECK(set.add({"hits", MetricType::counter, "", "Not this help."}, {{"path", "b"}, {"x", ""}}, "2") == Added::yes);
  CHECK(open(set) ==
        "# TYPE wait_seconds gauge\n# UNIT wait_seconds seconds\nwait_seconds 2.0\n"
        "# TYPE hits counter\n# HELP hits How often.\nhits_total{path=\"a\"} 1\nhits_total{path=\"b\",x=\"\"} 2\n# "
        "EOF\n");
}

TEST_CASE("a family that was only declared is not printed, but its name is taken", "[open_metrics]") {
  MetricSet set;
  CHECK(set.declare(hits));
  CHECK(set.add({"hits", MetricType::gauge, "", ""}, {}, "1") == Added::clash);
  CHECK(open(set) == "# EOF\n");
}

TEST_CASE("the same labels in any order are the same metric", "[open_metrics]") {
  MetricSet set;
  CHECK(set.add(hits, {{"a", "1"}, {"b", "2"}}, "1") == Added::yes);
  CHECK(set.add(hits, {{"b", "2"}, {"a", "1"}}, "2") == Added::twice);
  CHECK(set.add(hits, {{"a", "1\",b=\"2"}}, "3") == Added::yes);
  CHECK(set.add(hits, {}, "4") == Added::yes);
  CHECK(set.add(hits, {}, "5") == Added::twice);
}

TEST_CASE("no family can be taken for a part of another", "[open_metrics]") {
  const auto clashes = [](MetricFamily first, MetricFamily second) {
    MetricSet set;
    REQUIRE(set.declare(first));
    const bool one = !set.declare(second);
    MetricSet other;
    REQUIRE(other.declare(second));
    CHECK(one == !other.declare(first));  // whichever comes first
    return one;
  };
  const MetricFamily counter = {"x", MetricType::counter, "", ""};
  for (const auto* name : {"x", "x_total", "x_created"}) {
    CHECK(clashes(counter, {name, MetricType::gauge, "", ""}));
  }
  CHECK(clashes({"x", MetricType::info, "", ""}, {"x_info", MetricType::gauge, "", ""}));
  CHECK(clashes({"x", MetricType::info, "", ""}, counter));
  CHECK_FALSE(clashes(counter, {"x_info", MetricType::gauge, "", ""}));
  CHECK_FALSE(clashes(counter, {"x_seconds", MetricType::counter, "", ""}));
  CHECK_FALSE(clashes({"x", MetricType::gauge, "", ""}, {"x_total", MetricType::gauge, "", ""}));
}

TEST_CASE("labels and help are escaped, and always UTF-8", "[open_metrics]") {
  MetricSet set;
  set.add({"x", MetricType::gauge, "", "a \"b\" \\ c\nd"}, {{"l", "a \"b\" \\ c\nd \xc3\xbc"}, {"m", "\xff!\xc3"}},
          "1");
  const std::string sample = "x{l=\"a \\\"b\\\" \\\\ c\\nd \xc3\xbc\",m=\"\xef\xbf\xbd!\xef\xbf\xbd\"} 1\n";
  CHECK(open(set) == "# TYPE x gauge\n# HELP x a \\\"b\\\" \\\\ c\\nd\n" + sample + "# EOF\n");
  CHECK(old(set) == "# HELP x a \"b\" \\\\ c\\nd\n# TYPE x gauge\n" + sample);
}

TEST_CASE("names of metrics and labels", "[open_metrics]") {
  for (const auto* name : {"a", "_", ":", "a:b_C9", "__x"}) {
    CHECK(is_metric_name(name));
  }
  for (const auto* name : {"", "9", "a-b", "a.b", "a b", "\xc3\xbc"}) {
    CHECK_FALSE(is_metric_name(name));
    CHECK((std::string_view(name).empty() || is_metric_name(as_metric_name(name))));
  }
  CHECK(as_metric_name("web.hits-2:x") == "web_hits_2:x");
  CHECK(as_metric_name("2xx") == "_2xx");
  CHECK(is_label_name("_a9"));
  for (const auto* name : {"", "9", "a:b", "__a", "a-b"}) {
    CHECK_FALSE(is_label_name(name));
  }
}

TEST_CASE("whole numbers have no point, all others have one or an exponent", "[open_metrics]") {
  CHECK(metric_number(INT64_MIN) == "-9223372036854775808");
  CHECK(metric_number(UINT64_MAX) == "18446744073709551615");
  CHECK(metric_number(true) == "1");
  CHECK(real_metric_number("5") == "5.0");
  CHECK(real_metric_number("-0.25") == "-0.25");
  CHECK(real_metric_number("1e+300") == "1e+300");
  CHECK(real_metric_number("inf") == "+Inf");
  CHECK(real_metric_number("-inf") == "-Inf");
  CHECK(real_metric_number("-nan") == "NaN");
}

TEST_CASE("seconds are exact", "[open_metrics]") {
  CHECK(seconds_metric_number(0) == "0.0");
  CHECK(seconds_metric_number(1) == "0.000000001");
  CHECK(seconds_metric_number(1'500'000'000) == "1.5");
  CHECK(seconds_metric_number(-1'000'000'000) == "-1.0");
  CHECK(seconds_metric_number(1'763'733'333'000'000'010) == "1763733333.00000001");
  CHECK(seconds_metric_number(INT64_MAX) == "9223372036.854775807");
  CHECK(seconds_metric_number(INT64_MIN) == "-9223372036.854775808");
}

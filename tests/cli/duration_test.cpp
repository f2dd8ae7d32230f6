#include "cli/duration.hpp"
#include <cstdlib>
#include <ctime>
#include "catch.hpp"
#include "cli/failure.hpp"

using namespace shm::cli;

namespace {
constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t s = 1000 * ms;
}  // namespace

TEST_CASE("times are read as users write them", "[duration]") {
  struct Row {
    const char* text;
    std::int64_t ns;
  };
  for (const Row& row : {Row{"0", 0},
                         {"0s", 0},
                         {"5", 5 * s},
                         {"30s", 30 * s},
                         {"500ms", 500 * ms},
                         {"1ms", ms},
                         {"5m", 300 * s},
                         {"2h", 7200 * s},
                         {"1d", 86400 * s},
                         {"1.5s", 1500 * ms},
                         {"0.5", 500 * ms},
                         {".5s", 500 * ms},
                         {"0.5ms", ms / 2},
                         {"1.5h", 5400 * s},
                         {"007", 7 * s},
                         {"106000d", std::int64_t{106000} * 86400 * s}}) {
    INFO(row.text);
    CHECK(parse_duration(row.text, "wait") == row.ns);
  }
}

TEST_CASE("what is no time is refused, with the option's name", "[duration]") {
  for (const auto* text : {"",
                           " ",
                           "s",
                           "ms",
                           "-1",
                           "-0",
                           "-0.0",
                           "+5",
                           " 5",
                           "5 ",
                           "5 s",
                           "5S",
                           "5sec",
                           "5min",
                           "1h30m",
                           "1e3",
                           "inf",
                           "nan",
                           "0x5",
                           "1,5",
                           "5us",
                           "106752d",
                           "9999999999999999999",
                           "1e999",
                           "."}) {
    INFO(text);
    std::string why;
    try {
      parse_duration(text, "wait");
    } catch (const Usage& usage) {
      why = usage.what();
    }
    CHECK(why.find("--wait '" + std::string(text) + "'") == 0);
  }
}

TEST_CASE("patience may be without end", "[duration]") {
  CHECK(parse_patience("forever", "wait") == -1);
  CHECK(parse_patience("0", "wait") == 0);
  CHECK(parse_patience("1.5m", "wait") == 90 * s);
  for (const auto* text : {"", "-1", "Forever", "ever", "forever ", "infinity"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_patience(text, "wait"), Usage);
  }
  CHECK_THROWS_AS(parse_duration("forever", "timeout"), Usage);
}

TEST_CASE("ages are as exact as a reader needs", "[duration]") {
  CHECK(format_age(-5 * s) == "0 s");
  CHECK(format_age(999 * ms) == "0 s");
  CHECK(format_age(119 * s) == "119 s");
  CHECK(format_age(120 * s) == "2 min");
  CHECK(format_age(7199 * s) == "119 min");
  CHECK(format_age(7200 * s) == "2 h 0 min");
  CHECK(format_age(7500 * s) == "2 h 5 min");
  CHECK(format_age(172800 * s) == "2 d 0 h");
  CHECK(format_age((3 * 86400 + 5 * 3600) * s) == "3 d 5 h");
}

TEST_CASE("moments are shown in local time", "[duration]") {
  const char* before = std::getenv("TZ");
  const std::string saved = before != nullptr ? before : "";
  ::setenv("TZ", "UTC0", 1);
  ::tzset();
  CHECK(format_time(0) == "1970-01-01 00:00:00");
  CHECK(format_time(1'700'000'000 * s + 999 * ms) == "2023-11-14 22:13:20");
  ::setenv("TZ", "XXX-2", 1);
  ::tzset();
  CHECK(format_time(1'700'000'000 * s) == "2023-11-15 00:13:20");
  before != nullptr ? ::setenv("TZ", saved.c_str(), 1) : ::unsetenv("TZ");
  ::tzset();
}

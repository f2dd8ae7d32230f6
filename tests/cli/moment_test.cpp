#include "cli/moment.hpp"
#include <cstdlib>
#include <ctime>
#include <string>
#include "catch.hpp"
#include "cli/failure.hpp"

using namespace shm::cli;

namespace {
constexpr std::int64_t s = 1'000'000'000;
constexpr std::int64_t now = std::int64_t{1795259230} * s;  // 2026-11-21 11:07:10 UTC

struct TimeZone {
  explicit TimeZone(const char* name) {
    ::setenv("TZ", name, 1);
    ::tzset();
  }
  ~TimeZone() {
    ::unsetenv("TZ");
    ::tzset();
  }
};
}  // namespace

TEST_CASE("moments are read as users write them, in local time", "[moment]") {
  const TimeZone zone("UTC-2");  // two hours ahead: 13:07:10
  struct Row {
    const char* text;
    std::int64_t seconds;
  };
  for (const Row& row : {Row{"2026-11-21 14:00", 1795262400},
                         {"2026-11-21T14:00", 1795262400},
                         {"2026-11-21 14:00:05", 1795262405},
                         {"2026-11-22", 1795298400},
                         {"14:00", 1795262400},
                         {"13:07:11", 1795259231},
                         {"13:07:10", 1795259230 + 86400},
                         {"13:00", 1795258800 + 86400},
                         {"00:00", 1795298400},
                         {"@1795259231", 1795259231},
                         {"2028-02-29", 1835388000}}) {
    INFO(row.text);
    CHECK(parse_moment(row.text, "until", now) == row.seconds * s);
  }
}

TEST_CASE("what is no moment, or is over, is refused with the option's name", "[moment]") {
  const TimeZone zone("UTC");
  for (const char* text : {"",
                           "now",
                           "5m",
                           "14",
                           "14:0",
                           "24:00",
                           "14:60",
                           "14:00:60",
                           "14:00x",
                           "2026-11",
                           "2026-13-01",
                           "2026-00-01",
                           "2026-12-32",
                           "2027-02-29",
                           "2026-12-01 ",
                           "2026-12-01 25:00",
                           "2026-12-01x14:00",
                           "-026-12-01",
                           "2026-12-01 -1:00",
                           "@",
                           "@x",
                           "@-5",
                           "@99999999999999999999",
                           "@9999999999999999",
                           "@1795259230",
                           "2026-11-21 11:07:10",
                           "1999-01-01"}) {
    INFO(text);
    try {
      (void)parse_moment(text, "until", now);
      FAIL("was taken");
    } catch (const Usage& usage) {
      CHECK(std::string(usage.what()).starts_with("--until '" + std::string(text) + "': "));
    }
  }
}

TEST_CASE("moments to look back to are read as users write them", "[moment]") {
  const TimeZone zone("UTC-2");  // two hours ahead: 13:07:10
  struct Row {
    const char* text;
    std::int64_t seconds;
  };
  for (const Row& row : {Row{"2026-11-21 14:00", 1795262400},
                         {"2026-11-21", 1795212000},
                         {"13:07:10", 1795259230},
                         {"13:07:11", 1795259231 - 86400},
                         {"13:00", 1795258800},
                         {"14:00", 1795262400 - 86400},
                         {"@5", 5},
                         {"2h", 1795259230 - 7200},
                         {"30", 1795259230 - 30},
                         {"0", 1795259230},
                         {"1000d", 1795259230 - 86400000},
                         {"100000d", 0}}) {
    INFO(row.text);
    CHECK(parse_past(row.text, "since", now) == row.seconds * s);
  }
  for (const char* text : {"", "now", "-2h", "2w", "2026-11", "2026-02-30", "25:00", "@", "@-5", "@9999999999999999"}) {
    INFO(text);
    try {
      (void)parse_past(text, "since", now);
      FAIL("was taken");
    } catch (const Usage& usage) {
      CHECK(std::string(usage.what()).starts_with("--since '" + std::string(text) + "': "));
    }
  }
}

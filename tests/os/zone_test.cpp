#include "os/zone.hpp"
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <span>
#include <string>
#include "catch.hpp"

using namespace shm;

namespace {
// TZ as long as it lives.
class Zone {
 public:
  explicit Zone(const char* zone) {
    if (const char* const set = std::getenv("TZ"); set != nullptr) {
      before_ = set;
      was_set_ = true;
    }
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;
  ~Zone() {
    if (was_set_) {
      ::setenv("TZ", before_.c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }

 private:
  std::string before_;
  bool was_set_ = false;
};

std::int64_t librarys_offset(std::int64_t seconds) {
  const auto then = static_cast<std::time_t>(seconds);
  std::tm local{};
  localtime_r(&then, &local);
  return local.tm_gmtoff;
}

constexpr std::int64_t day = 86400;

void check_against_library(const char* zone, std::int64_t from, std::int64_t until, std::int64_t step) {
  const Zone set(zone);
  std::int64_t wrong = 0;
  for (std::int64_t moment = from; moment < until; moment += step) {
    wrong += os::local_offset(moment) == librarys_offset(moment) ? 0 : 1;
  }
  INFO(zone);
  CHECK(wrong == 0);
}
}  // namespace

TEST_CASE("a moment is the date that the C library says", "[zone]") {
  for (std::int64_t moment = -30 * 365 * day; moment < 200 * 366 * day; moment += 100 * 3600 + 61) {
    const auto then = static_cast<std::time_t>(moment);
    std::tm utc{};
    gmtime_r(&then, &utc);
    const auto said = os::date_time_of(moment);
    const bool same = said.year == utc.tm_year + 1900 && said.month == utc.tm_mon + 1 && said.day == utc.tm_mday &&
                      said.hour == utc.tm_hour && said.minute == utc.tm_min && said.second == utc.tm_sec;
    if (!same) {
      CAPTURE(moment);
      REQUIRE(same);
    }
  }
}

TEST_CASE("a zone that a rule describes has the offset that the C library says", "[zone]") {
  const char* const rule = GENERATE("UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
                                    "NZST-12NZDT,M9.5.0,M4.1.0/3", "<+0330>-3:30", "<-03>3<-02>,M3.5.0/-2,M10.5.0/-1",
                                    "IST-1GMT0,M10.5.0,M3.5.0/1", "AAA-1BBB,J60/4,J300", "AAA4BBB,59/3,299/1", ":", "");
  check_against_library(rule, 50 * 365 * day, 52 * 366 * day, 1801);
}

TEST_CASE("a zone that a file describes has the offset that the C library says", "[zone]") {
  const char* const zone = GENERATE("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata",
                                    "Africa/Casablanca", "America/Nuuk", "Etc/UTC", "Pacific/Apia", "Asia/Gaza");
  if (!std::filesystem::exists(std::string("/usr/share/zoneinfo/") + zone)) {
    SKIP("tzdata is not installed");
  }
  check_against_library(zone, 40 * 365 * day, 56 * 366 * day, 6 * 3600 + 7);
  check_against_library(zone, 75 * 365 * day, 76 * 366 * day, 6 * 3600 + 7);  // beyond what a file lists
}

TEST_CASE("what is no zone's file, or is cut, is UTC or the zone, and never worse", "[zone]") {
  const char text[] = "TZif2 and then nothing of sense, for quite a while, so that it is long enough for a head";
  const auto bytes = std::as_bytes(std::span(text));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK(os::offset_by_file(bytes.first(size), 1'700'000'000) == 0);
  }
  for (const char* rule : {"", "C", "CET", "CET-", "CET-1CEST,", "CET-1CEST,M3", "CET-1CEST,M99.5.0,M10.5.0",
                           "CET-1CEST,M3.5.0,M10.5.0/", "<CET-1", "CET99999999999999999999"}) {
    const std::int64_t offset = os::offset_by_rule(rule, 1'700'000'000);
    CHECK((offset == 0 || offset == 3600 || offset == 7200));
  }
}

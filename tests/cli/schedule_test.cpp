#include "cli/schedule.hpp"
#include "catch.hpp"

using shm::cli::calendar_of;
using shm::cli::fault_of_calendar;

namespace {
// The calendar events, with " & " between them, or "!" and why not.
std::string made(std::string_view text) {
  const auto events = calendar_of(text);
  if (!events) {
    return "!" + events.error();
  }
  std::string all;
  for (const auto& event : *events) {
    all += (all.empty() ? "" : " & ") + event;
  }
  return all;
}
}  // namespace

TEST_CASE("Five fields are cron's") {
  CHECK(made("5 4 * * *") == "*-*-* 04:05:00");
  CHECK(made("* * * * *") == "*-*-* *:*:00");
  CHECK(made("*/15 * * * *") == "*-*-* *:00/15:00");
  CHECK(made("0 */6 * * *") == "*-*-* 00/6:00:00");
  CHECK(made("10-14,50 2-4/2 * * *") == "*-*-* 02,04:10..14,50:00");
  CHECK(made("0 0 1 jan,Jul *") == "*-01,07-01 00:00:00");
  CHECK(made("30/10 0 * * *") == "*-*-* 00:30/10:00");
  CHECK(made(" 0\t3  *  * mon-fri ") == "Mon..Fri *-*-* 03:00:00");
  CHECK(made("0 3 * * 0") == "Sun *-*-* 03:00:00");
  CHECK(made("0 3 * * 7") == "Sun *-*-* 03:00:00");
  CHECK(made("0 3 * * 5-7") == "Fri..Sun *-*-* 03:00:00");
  CHECK(made("0 3 * * 6,0") == "Sat,Sun *-*-* 03:00:00");
  CHECK(made("0 3 * * 0-7") == "*-*-* 03:00:00");
}

TEST_CASE("Where cron means either of two days, both are made") {
  CHECK(made("0 3 13 * 5") == "*-*-13 03:00:00 & Fri *-*-* 03:00:00");
  CHECK(made("0 3 */2 6 5") == "Fri *-06-01/2 03:00:00");
  CHECK(made("*/7 */12 * */5 *") == "*-01/5-* 00,12:00/7:00");
  CHECK(made("5-50/15 * * * *") == "*-*-* *:05/15:00");
  CHECK(made("5-49/15 * * * *") == "*-*-* *:05,20,35:00");
}

TEST_CASE("cron's names") {
  CHECK(made("@daily") == "daily");
  CHECK(made("@midnight") == "daily");
  CHECK(made("@annually") == "annually");
  CHECK(made("@reboot") == "!'@reboot' is no time of the calendar");
}

TEST_CASE("What is wrong in cron's fields is named") {
  CHECK(made("60 * * * *") == "!'60' is no minute");
  CHECK(made("* 24 * * *") == "!'24' is no hour");
  CHECK(made("* * 0 * *") == "!'0' is no day of the month");
  CHECK(made("* * * 1,13 *") == "!'1,13' is no month");
  CHECK(made("* * * * 8") == "!'8' is no day of the week");
  CHECK(made("*/0 * * * *") == "!'*/0' is no minute");
  CHECK(made("5-1 * * * *") == "!'5-1' is no minute");
  CHECK(made("1, * * * *") == "!'1,' is no minute");
  CHECK(made("1- * * * *") == "!'1-' is no minute");
  CHECK(made("-1 * * * *") == "!'-1' is no minute");
}

TEST_CASE("Calendar events pass as they are") {
  for (const char* event : {"daily",
                            "Weekly",
                            "minutely",
                            "daily Europe/Berlin",
                            "Mon",
                            "Mon..Fri",
                            "Mon,Wed..Fri 10:00",
                            "monday 5:00",
                            "*-*-* 03:00:00",
                            "*-*-1..7 18:00",
                            "2026-11-21",
                            "12-24",
                            "*-*~1",
                            "*-02~03/1 5:05",
                            "10:00",
                            "*:0/15",
                            "*:*:0/30",
                            "0..12:30",
                            "10:00:15.5",
                            "Sat *-*-* 03:00 UTC",
                            "Mon *-*-* 00/2:00",
                            "*-1,4,7,10-1 0:0",
                            "@1395716396",
                            "10:00 UTC"}) {
    CHECK(fault_of_calendar(event) == "");
    CHECK(made(event) == event);
  }
}

TEST_CASE("What is no calendar event is told so") {
  CHECK(made("*:*/15") == "!'*/15' is no minute (write 0/15)");
  CHECK(made("10:60") == "!'60' is no minute");
  CHECK(made("24:00") == "!'24' is no hour");
  CHECK(made("*-13-01") == "!'13' is no month");
  CHECK(made("*-*-32 10:00") == "!'32' is no day of the month");
  CHECK(made("") == "!no time is said");
  CHECK(made("1:2:3:4") == "!'1:2:3:4' is no time of the day (write HOUR:MINUTE)");
  CHECK(made("1-2-3-4") == "!'1-2-3-4' is no date (write YEAR-MONTH-DAY, such as *-*-01)");
  CHECK(made("dayly").starts_with("!'dayly' is neither a calendar event nor five fields of cron"));
  CHECK(made("10:00 10:00") == "!'10:00' is in no place where a calendar event has it");
  CHECK(made("Mon; reboot") != "Mon; reboot");
  CHECK(made("10:00 $(reboot)") == "!'$(reboot)' is in no place where a calendar event has it");
  CHECK(made("* * * *").starts_with("!"));
}

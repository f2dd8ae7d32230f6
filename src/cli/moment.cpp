#include "cli/moment.hpp"
#include <fmt/core.h>
#include <charconv>
#include <ctime>
#include "cli/duration.hpp"
#include "cli/failure.hpp"

namespace shm::cli {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t most_seconds = INT64_MAX / second_ns;

/// Takes a number of exactly `digits` digits off the front.
bool take_number(std::string_view& text, std::size_t digits, int& number) {
  if (text.size() < digits) {
    return false;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || text[0] == '-') {
    return false;
  }
  text.remove_prefix(digits);
  return true;
}

bool take_char(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text, std::tm& moment) {
  int year = 0;
  int month = 0;
  if (!take_number(text, 4, year) || !take_char(text, "-") || !take_number(text, 2, month) || !take_char(text, "-") ||
      !take_number(text, 2, moment.tm_mday)) {
    return false;
  }
  moment.tm_year = year - 1900;
  moment.tm_mon = month - 1;
  return month >= 1 && month <= 12 && moment.tm_mday >= 1 && moment.tm_mday <= 31;
}

bool take_time(std::string_view& text, std::tm& moment) {
  if (!take_number(text, 2, moment.tm_hour) || !take_char(text, ":") || !take_number(text, 2, moment.tm_min)) {
    return false;
  }
  if (take_char(text, ":") && !take_number(text, 2, moment.tm_sec)) {
    return false;
  }
  return moment.tm_hour <= 23 && moment.tm_min <= 59 && moment.tm_sec <= 59;
}

/// Seconds since 1970; -1: there is no such day.
std::int64_t seconds_of(std::tm moment) {
  moment.tm_isdst = -1;
  const int day = moment.tm_mday;
  const std::time_t seconds = std::mktime(&moment);
  return moment.tm_mday == day ? std::int64_t{seconds} : -1;
}

/// Which of the moments with a given time of day is meant.
enum class Which : std::uint8_t { next, last };

/// The next time of day like that after `now`, or the last one before.
std::int64_t near_time(const std::tm& time, std::int64_t now, Which which) {
  const std::time_t then = now;
  std::tm moment{};
  localtime_r(&then, &moment);
  moment.tm_hour = time.tm_hour;
  moment.tm_min = time.tm_min;
  moment.tm_sec = time.tm_sec;
  moment.tm_isdst = -1;
  std::tm other = moment;
  const std::int64_t today = std::mktime(&moment);
  if (which == Which::next ? today > now : today <= now) {
    return today;
  }
  other.tm_mday += which == Which::next ? 1 : -1;
  return std::mktime(&other);
}

/// Seconds since 1970; -1: it is no moment.
std::int64_t read_moment(std::string_view text, std::int64_t now, Which which) {
  std::tm moment{};
  std::string_view rest = text;
  if (take_char(rest, "@")) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), seconds);
    return error == std::errc() && end == rest.data() + rest.size() && seconds <= most_seconds ? seconds : -1;
  }
  if (take_time(rest, moment) && rest.empty()) {
    return near_time(moment, now, which);
  }
  rest = text;
  moment = {};
  if (!take_date(rest, moment)) {
    return -1;
  }
  const bool whole = rest.empty() || (take_char(rest, " T") && take_time(rest, moment) && rest.empty());
  return whole ? seconds_of(moment) : -1;
}
}  // namespace

std::int64_t parse_moment(std::string_view text, std::string_view option, std::int64_t now_ns) {
  const std::int64_t seconds = read_moment(text, now_ns / second_ns, Which::next);
  if (seconds < 0 || seconds > most_seconds) {
    throw Usage(
        fmt::format("--{} '{}': not a moment (say 18:30, 2026-11-21 18:30, or @SECONDS since 1970)", option, text));
  }
  if (seconds * second_ns <= now_ns) {
    throw Usage(fmt::format("--{} '{}': that is over (say a moment to come)", option, text));
  }
  return seconds * second_ns;
}

std::int64_t parse_past(std::string_view text, std::string_view option, std::int64_t now_ns) {
  if (const auto ago = read_duration(text)) {
    return now_ns > *ago ? now_ns - *ago : 0;
  }
  const std::int64_t seconds = read_moment(text, now_ns / second_ns, Which::last);
  if (seconds < 0 || seconds > most_seconds) {
    throw Usage(
        fmt::format("--{} '{}': not a moment (say 18:30, 2026-11-21 18:30, @SECONDS since 1970, or how long ago: 2h)",
                    option, text));
  }
  return seconds * second_ns;
}

}  // namespace shm::cli

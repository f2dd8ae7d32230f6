// Times of the year at which a zone changes its clocks, by a rule (see zone.hpp: offset_by_rule).
#include <algorithm>
#include <optional>
#include "os/zone.hpp"

namespace shm::os {

namespace {
constexpr std::int64_t hour = 3600;
constexpr std::int64_t day = 24 * hour;
constexpr std::int64_t usual_change = 2 * hour;

// 1970-01-01 is day 0. Years of 400 begin on March 1st, so that a leap day is their last.
std::int64_t days_until(std::int64_t year, int month, int day_of_month) noexcept {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day_of_month - 1;
  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

bool is_leap(std::int64_t year) noexcept { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

// Takes what it reads off the front of its text; a failure stays.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool good() const noexcept { return good_; }
  [[nodiscard]] bool at_end() const noexcept { return text_.empty(); }
  bool take(char c) noexcept {
    const bool taken = !text_.empty() && text_[0] == c;
    text_.remove_prefix(taken ? 1 : 0);
    return taken;
  }
  std::int64_t number(std::int64_t most) noexcept {
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9' && value <= most) {
      value = value * 10 + (text_[digits++] - '0');
    }
    good_ = good_ && digits > 0 && value <= most;
    text_.remove_prefix(digits);
    return value;
  }
  /// Letters, or anything in <>.
  void name() noexcept {
    const bool quoted = take('<');
    const auto is_part = [quoted](char c) {
      return quoted ? c != '>' : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    std::size_t size = 0;
    while (size < text_.size() && is_part(text_[size])) {
      ++size;
    }
    text_.remove_prefix(size);
    good_ = good_ && size >= 3 && (!quoted || take('>'));
  }
  /// [+-]H[:M[:S]] in seconds.
  std::int64_t time() noexcept {
    constexpr std::int64_t most_hours = 167;  // as far as a week, for rules that need it
    const bool less = take('-');
    if (!less) {
      take('+');
    }
    std::int64_t seconds = number(most_hours) * hour;
    seconds += take(':') ? number(59) * 60 : 0;
    seconds += take(':') ? number(59) : 0;
    return less ? -seconds : seconds;
  }
  [[nodiscard]] bool begins_with_time() const noexcept {
    return !text_.empty() && (text_[0] == '+' || text_[0] == '-' || (text_[0] >= '0' && text_[0] <= '9'));
  }

 private:
  std::string_view text_;
  bool good_ = true;
};

/// A day of the year, and a time of that day's clock.
struct Change {
  enum class Form : std::uint8_t { month_week_day, day_of_365, day_of_366 } form = Form::month_week_day;
  int month = 0;
  int week = 0;
  int weekday = 0;
  std::int64_t number = 0;
  std::int64_t time = usual_change;

  /// Since 1970, by that clock.
  [[nodiscard]] std::int64_t in(std::int64_t year) const noexcept {
    const std::int64_t begin = days_until(year, 1, 1);
    switch (form) {
      case Form::day_of_365: return (begin + number - 1 + (is_leap(year) && number >= 60 ? 1 : 0)) * day + time;
      case Form::day_of_366: return (begin + number) * day + time;
      case Form::month_week_day: break;
    }
    const std::int64_t first = days_until(year, month, 1);
    const std::int64_t after = month == 12 ? days_until(year + 1, 1, 1) : days_until(year, month + 1, 1);
    const std::int64_t first_weekday = ((first + 4) % 7 + 7) % 7;  // 1970 began on a Thursday
    std::int64_t found = first + (weekday - first_weekday + 7) % 7 + (week - 1) * std::int64_t{7};
    while (found >= after) {  // the fifth is the last
      found -= 7;
    }
    return found * day + time;
  }
};

Change read_change(Reader& reader) noexcept {
  Change change;
  if (reader.take('M')) {
    change.month = static_cast<int>(std::max<std::int64_t>(reader.number(12), 1));
    reader.take('.');
    change.week = static_cast<int>(std::max<std::int64_t>(reader.number(5), 1));
    reader.take('.');
    change.weekday = static_cast<int>(reader.number(6));
  } else {
    change.form = reader.take('J') ? Change::Form::day_of_365 : Change::Form::day_of_366;
    change.number = reader.number(365);
  }
  if (reader.take('/')) {
    change.time = reader.time();
  }
  return change;
}
}  // namespace

std::int64_t offset_by_rule(std::string_view rule, std::int64_t seconds) noexcept {
  Reader reader(rule);
  reader.name();
  const std::int64_t standard = -reader.time();  // what a rule counts is west of UTC
  if (!reader.good() || reader.at_end()) {
    return reader.good() ? standard : 0;
  }
  reader.name();
  const std::int64_t summer = reader.begins_with_time() ? -reader.time() : standard + hour;
  if (!reader.good()) {
    return 0;
  }
  Change begin;
  Change end;
  if (reader.at_end()) {
    reader = Reader(",M3.2.0,M11.1.0");  // the C library's, where a rule says that there is a summer, and not when
  }
  reader.take(',');
  begin = read_change(reader);
  reader.take(',');
  end = read_change(reader);
  if (!reader.good()) {
    return 0;
  }
  const std::int64_t year = date_time_of(seconds + standard).year;
  const std::int64_t from = begin.in(year)-standard;
  const std::int64_t until = end.in(year)-summer;
  const bool in_summer = from < until ? seconds >= from && seconds < until : seconds >= from || seconds < until;
  return in_summer ? summer : standard;
}

}  // namespace shm::os

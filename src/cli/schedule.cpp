#include "cli/schedule.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <array>
#include <bitset>
#include <optional>
#include <span>
#include "cli/conf_text.hpp"
#include "cli/schedule_words.hpp"

namespace shm::cli {

namespace {
using Set = std::bitset<64>;

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr unsigned shortest_run = 3;  ///< of numbers that are written as a range

struct Field {
  std::string_view what;
  unsigned low;
  unsigned high;
  std::span<const std::string_view> names;  ///< of `low` and those that follow; may be none
};
constexpr std::array<Field, 5> fields = {{
    {"minute", 0, 59, {}},
    {"hour", 0, 23, {}},
    {"day of the month", 1, 31, {}},
    {"month", 1, 12, months},
    {"day of the week", 0, 7, days},  // 7 is Sunday too
}};

std::optional<unsigned> value_of(std::string_view text, const Field& field) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (same(text, field.names[i])) {
      return field.low + static_cast<unsigned>(i);
    }
  }
  const auto value = number(text);
  return value && *value >= field.low && *value <= field.high ? value : std::nullopt;
}

/// One part of a list: `*`, N, N-N, each with /N behind it or not. Adds it to `set`; false: it is none.
bool add_part(std::string_view part, const Field& field, Set& set) {
  const auto slash = part.find('/');
  const auto step = slash == part.npos ? std::optional(1U) : number(part.substr(slash + 1));
  const auto range = part.substr(0, slash);
  const auto dash = range.find('-');
  auto first = range == "*" ? std::optional(field.low) : value_of(range.substr(0, dash), field);
  auto last = range == "*" || (dash == range.npos && slash != part.npos) ? std::optional(field.high)
              : dash == range.npos                                       ? first
                                                                         : value_of(range.substr(dash + 1), field);
  if (!first || !last || !step || *step == 0 || *first > *last) {
    return false;
  }
  for (unsigned value = *first; value <= *last; value += *step) {
    set.set(value);
  }
  return true;
}

std::expected<Set, std::string> set_of(std::string_view text, const Field& field) {
  Set set;
  for (const auto part : split(text, ",")) {
    if (!add_part(part, field, set)) {
      return std::unexpected(fmt::format("'{}' is no {}", text, field.what));
    }
  }
  if (field.high == days.size() && set.test(days.size())) {
    set.reset(days.size());
    set.set(0);
  }
  return set;
}

/// As systemd writes it: "1,3..5".
template <class Print>
std::string list_of(const Set& set, unsigned low, unsigned high, Print print) {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ",") + part; };
  for (unsigned i = low; i <= high; ++i) {
    unsigned end = i;
    while (end <= high && set.test(end)) {
      ++end;
    }
    if (end - i >= shortest_run) {
      add(fmt::format("{}..{}", print(i), print(end - 1)));
      i = end - 1;
    } else if (set.test(i)) {
      add(print(i));
    }
  }
  return text;
}

/// N, where the set is `first` and every Nth number from there to the field's end; 0: it is none such.
unsigned step_of(const Set& set, const Field& field, unsigned first) {
  unsigned step = 0;
  for (unsigned i = first + 1; i <= field.high && step == 0; ++i) {
    step = set.test(i) ? i - first : 0;
  }
  Set all;
  for (unsigned i = first; step > 1 && i <= field.high; i += step) {
    all.set(i);
  }
  return all == set && all.count() >= shortest_run ? step : 0;
}

std::string numbers(const Set& set, const Field& field) {
  const auto two_digits = [](unsigned value) { return fmt::format("{:02}", value); };
  if (set.count() == field.high - field.low + 1) {
    return "*";
  }
  unsigned first = field.low;
  while (!set.test(first)) {
    ++first;
  }
  if (const unsigned step = step_of(set, field, first); step != 0) {
    return fmt::format("{:02}/{}", first, step);
  }
  return list_of(set, field.low, field.high, two_digits);
}

std::string weekdays(const Set& set) {
  if (set.count() == days.size()) {
    return {};
  }
  Set from_monday;  // so that a weekend is a range of its own
  for (unsigned i = 0; i < days.size(); ++i) {
    from_monday.set((i + days.size() - 1) % days.size(), set.test(i));
  }
  const auto name = [](unsigned day) { return std::string(days[(day + 1) % days.size()]); };
  return list_of(from_monday, 0, days.size() - 1, name) + " ";
}

std::expected<std::vector<std::string>, std::string> of_cron(const Words& words) {
  std::array<Set, fields.size()> sets;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    auto set = set_of(words[i], fields[i]);
    if (!set) {
      return std::unexpected(set.error());
    }
    sets[i] = *set;
  }
  const auto& [minute, hour, day, month, weekday] = sets;
  const auto time = fmt::format("{}:{}:00", numbers(hour, fields[1]), numbers(minute, fields[0]));
  const auto on = [&](const std::string& weekly, const std::string& monthly) {
    return fmt::format("{}*-{}-{} {}", weekly, numbers(month, fields[3]), monthly, time);
  };
  // cron(8): where both are said, either will do; a field that begins with a star does not count as said.
  if (!words[2].starts_with('*') && !words[4].starts_with('*')) {
    return std::vector{on("", numbers(day, fields[2])), on(weekdays(weekday), "*")};
  }
  return std::vector{on(weekdays(weekday), numbers(day, fields[2]))};
}
}  // namespace

std::expected<std::vector<std::string>, std::string> calendar_of(std::string_view text) {
  const auto words = words_of(text);
  if (words.size() == fields.size()) {
    return of_cron(words);
  }
  if (words.size() == 1 && words[0].starts_with('@') && !number(words[0].substr(1))) {
    constexpr std::string_view names[] = {"hourly", "daily", "weekly", "monthly", "yearly", "annually"};
    const auto name = words[0] == "@midnight" ? "daily" : words[0].substr(1);
    if (std::find(std::begin(names), std::end(names), name) == std::end(names)) {
      return std::unexpected(fmt::format("'{}' is no time of the calendar", text));
    }
    return std::vector{std::string(name)};
  }
  if (auto fault = fault_of_calendar(text); !fault.empty()) {
    return std::unexpected(std::move(fault));
  }
  return std::vector{std::string(trim(text))};
}

}  // namespace shm::cli

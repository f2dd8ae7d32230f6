// Whether a text is a calendar event of systemd's: what it would say only after it was told to use it.
#include <fmt/core.h>
#include <span>
#include <utility>
#include "cli/conf_text.hpp"
#include "cli/schedule.hpp"
#include "cli/schedule_words.hpp"

namespace shm::cli {

namespace {
struct Part {
  std::string_view what;
  unsigned low;
  unsigned high;
};

/// One of a list: `*`, N, N..N, the numbers with /N behind them or not; seconds may have decimals.
bool is_item(std::string_view item, const Part& part) {
  const auto slash = item.find('/');
  const auto within = [&](std::string_view text) {
    const auto dot = part.what == "second" ? text.find('.') : text.npos;
    if (dot != text.npos && text.find_first_not_of("0123456789", dot + 1) != text.npos) {
      return false;
    }
    const auto value = number(text.substr(0, dot));
    return value && *value >= part.low && *value <= part.high;
  };
  if (slash != item.npos && number(item.substr(slash + 1)).value_or(0) == 0) {
    return false;
  }
  const auto range = item.substr(0, slash);
  if (range == "*") {
    return slash == item.npos;
  }
  const auto dots = range.find("..");
  return within(range.substr(0, dots)) && (dots == range.npos || within(range.substr(dots + 2)));
}

std::string fault_of_list(std::string_view text, const Part& part) {
  for (const auto item : split(text, ",")) {
    if (!is_item(item, part)) {
      const bool starred = item.starts_with("*/");
      return fmt::format("'{}' is no {}{}", item, part.what,
                         starred ? fmt::format(" (write {}{})", part.low, item.substr(1)) : "");
    }
  }
  return {};
}

std::string fault_of_parts(const Words& texts, std::span<const Part> parts) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (auto fault = fault_of_list(texts[i], parts[i]); !fault.empty()) {
      return fault;
    }
  }
  return {};
}

bool is_weekdays(std::string_view text) {
  constexpr std::array<std::string_view, 7> longer = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                      "Thursday", "Friday", "Saturday"};
  const auto is_day = [&](std::string_view word) {
    const auto is_it = [&](std::string_view day) { return same(word, day); };
    return std::any_of(days.begin(), days.end(), is_it) || std::any_of(longer.begin(), longer.end(), is_it);
  };
  const auto items = split(text, ",");
  return std::all_of(items.begin(), items.end(), [&](std::string_view item) {
    const auto dots = item.find("..");
    const auto gap = dots != item.npos ? std::pair(dots, 2) : std::pair(item.find('-'), 1);
    return gap.first == item.npos ? is_day(item)
                                  : is_day(item.substr(0, gap.first)) && is_day(item.substr(gap.first + gap.second));
  });
}

bool is_zone(std::string_view word) {
  return !word.empty() && ((word[0] >= 'A' && word[0] <= 'Z') || (word[0] >= 'a' && word[0] <= 'z')) &&
         word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/+-") == word.npos;
}

std::string fault_of_date(std::string_view text) {
  constexpr Part parts[] = {{"year", 1970, 2199}, {"month", 1, 12}, {"day of the month", 1, 31}};
  const auto texts = split(text, "-~");
  if (texts.size() != 2 && texts.size() != std::size(parts)) {
    return fmt::format("'{}' is no date (write YEAR-MONTH-DAY, such as *-*-01)", text);
  }
  return fault_of_parts(texts, std::span(parts).last(texts.size()));
}

std::string fault_of_time(std::string_view text) {
  constexpr Part parts[] = {{"hour", 0, 23}, {"minute", 0, 59}, {"second", 0, 59}};
  const auto texts = split(text, ":");
  if (texts.size() > std::size(parts)) {
    return fmt::format("'{}' is no time of the day (write HOUR:MINUTE)", text);
  }
  return fault_of_parts(texts, std::span(parts).first(texts.size()));
}
}  // namespace

std::string fault_of_calendar(std::string_view text) {
  constexpr std::string_view names[] = {"minutely",   "hourly",      "daily",        "weekly",       "monthly",
                                        "yearly",     "quarterly",   "annually",     "semiannually", "anually",
                                        "biannually", "bi-annually", "semi-annually"};
  auto words = words_of(text);
  if (words.empty()) {
    return "no time is said";
  }
  std::size_t at = 0;
  const auto next = [&] { return at < words.size() ? words[at] : std::string_view(); };
  if (std::any_of(std::begin(names), std::end(names), [&](std::string_view name) { return same(name, words[0]); }) ||
      (words[0].starts_with('@') && number(words[0].substr(1)))) {
    at = 1;
  } else {
    at += is_weekdays(next()) ? 1 : 0;
    if (const auto word = next(); word.find_first_of("-~") != word.npos && word.find(':') == word.npos &&
                                  (word[0] == '*' || (word[0] >= '0' && word[0] <= '9'))) {
      if (auto fault = fault_of_date(word); !fault.empty()) {
        return fault;
      }
      ++at;
    }
    if (const auto word = next(); word.find(':') != word.npos) {
      if (auto fault = fault_of_time(word); !fault.empty()) {
        return fault;
      }
      ++at;
    }
    if (at == 0) {
      return fmt::format("'{}' is neither a calendar event nor five fields of cron (see systemd.time(7))", trim(text));
    }
  }
  at += is_zone(next()) ? 1 : 0;
  return at == words.size() ? std::string() : fmt::format("'{}' is in no place where a calendar event has it", next());
}

}  // namespace shm::cli

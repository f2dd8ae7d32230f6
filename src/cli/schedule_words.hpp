// Words of a schedule, for the two files that read one (schedule.cpp, schedule_calendar.cpp). Pure.
#pragma once
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

namespace shm::cli {

using Words = std::vector<std::string_view>;

inline constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

inline Words split(std::string_view text, std::string_view separators) {
  Words words;
  for (std::size_t at = 0; at <= text.size();) {
    const auto end = std::min(text.find_first_of(separators, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

/// The words of `text`, however many blanks stand between them.
inline Words words_of(std::string_view text) {
  Words words = split(text, " \t");
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  return words;
}

inline bool same(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

inline std::optional<unsigned> number(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace shm::cli

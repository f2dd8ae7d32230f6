// What a client would rather have, of the two formats that there are (RFC 9110, 12.5.1).
#include <algorithm>
#include <charconv>
#include <optional>
#include "cli/http.hpp"

namespace shm::cli {

namespace {
std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const auto first = std::min(text.find_first_not_of(blanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

bool same_word(std::string_view left, std::string_view right) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char one, char other) { return lower(one) == lower(other); });
}

/// Takes what stands before the next `separator` that is in no quotes off `rest`.
std::string_view next_part(std::string_view& rest, char separator) noexcept {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size() && (quoted || rest[i] != separator); ++i) {
    if (rest[i] == '"') {
      quoted = !quoted;
    } else if (rest[i] == '\\' && quoted) {
      ++i;
    }
  }
  const auto part = trimmed(rest.substr(0, std::min(i, rest.size())));
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return part;
}

std::string_view unquoted(std::string_view text) noexcept {
  return text.size() > 1 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

struct Range {
  std::string_view type;
  std::string_view version;
  double weight = 1;
};

Range read_range(std::string_view text) noexcept {
  Range range;
  range.type = next_part(text, ';');
  while (!text.empty()) {
    auto value = next_part(text, ';');
    const auto name = trimmed(next_part(value, '='));
    value = unquoted(trimmed(value));
    if (same_word(name, "version")) {
      range.version = value;
    } else if (same_word(name, "q")) {
      double weight = 0;
      const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), weight);
      range.weight =
          error == std::errc() && stop == value.data() + value.size() && weight >= 0 && weight <= 1 ? weight : 0;
    }
  }
  return range;
}
}  // namespace

MetricFormat format_for(std::string_view accept) {
  double openmetrics = 0;
  std::optional<double> text;  // as the most exact of the ranges says
  int exact = 0;
  while (!accept.empty()) {
    const Range range = read_range(next_part(accept, ','));
    if (same_word(range.type, "application/openmetrics-text") && (range.version.empty() || range.version == "1.0.0")) {
      openmetrics = std::max(openmetrics, range.weight);
    }
    const int how = same_word(range.type, "text/plain") && (range.version.empty() || range.version == "0.0.4") ? 3
                    : same_word(range.type, "text/*")                                                          ? 2
                    : same_word(range.type, "*/*")                                                             ? 1
                                                                                                               : 0;
    if (how > exact) {
      exact = how;
      text = range.weight;
    }
  }
  return openmetrics > 0 && openmetrics >= text.value_or(0) ? MetricFormat::openmetrics : MetricFormat::prometheus;
}

}  // namespace shm::cli

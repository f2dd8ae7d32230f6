#include "systemd/property_value.hpp"
#include <charconv>
#include <cmath>
#include <csignal>
#include <cstring>

namespace shm::systemd {

namespace {
constexpr std::string_view blanks = " \t";

// Whole or with a fraction, at the beginning of `text`, of which it is taken away.
std::optional<double> take_number(std::string_view& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || number < 0) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<std::uint64_t> scaled(double number, double factor) {
  constexpr double too_large = 0x1p63;
  const double product = std::round(number * factor);
  return product < too_large ? std::optional(static_cast<std::uint64_t>(product)) : std::nullopt;
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? "" : text.substr(first);
}

struct Unit {
  std::string_view name;
  double microseconds;
};
constexpr Unit units[] = {{"us", 1},       {"ms", 1e3},      {"s", 1e6},        {"sec", 1e6},     {"", 1e6},
                          {"m", 60e6},     {"min", 60e6},    {"h", 3600e6},     {"hr", 3600e6},   {"d", 86400e6},
                          {"w", 604800e6}, {"day", 86400e6}, {"days", 86400e6}, {"hours", 3600e6}};

// A unit's name at the beginning of `text`, of which it is taken away.
std::optional<double> take_unit(std::string_view& text) {
  text = without_blanks(text);
  std::size_t length = 0;
  while (length < text.size() && text[length] >= 'a' && text[length] <= 'z') {
    ++length;
  }
  for (const auto& unit : units) {
    if (unit.name == text.substr(0, length)) {
      text = without_blanks(text.substr(length));
      return unit.microseconds;
    }
  }
  return std::nullopt;
}
}  // namespace

std::optional<std::uint64_t> read_count(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(number)
                                                                                   : std::nullopt;
}

std::optional<std::uint64_t> read_bytes(std::string_view text) {
  constexpr std::string_view letters = "KMGTPE";
  constexpr double step = 1024;
  if (text == "infinity") {
    return infinity;
  }
  if (const auto whole = read_count(text)) {
    return whole;  // without the rounding of fractions
  }
  const auto number = take_number(text);
  if (!number || text.size() > 1) {
    return std::nullopt;
  }
  if (text.empty() || text == "B") {
    return scaled(*number, 1);
  }
  const auto letter = letters.find(text[0]);
  return letter == std::string_view::npos ? std::nullopt
                                          : scaled(*number, std::pow(step, static_cast<double>(letter + 1)));
}

std::optional<std::uint64_t> read_percent(std::string_view text) {
  constexpr double millionths = 1e4;
  const auto number = take_number(text);
  return number && text == "%" ? scaled(*number, millionths) : std::nullopt;
}

std::optional<std::uint64_t> read_time_span(std::string_view text) {
  if (text == "infinity") {
    return infinity;
  }
  text = without_blanks(text);
  std::uint64_t sum = 0;
  do {
    const auto number = take_number(text);
    const auto unit = number ? take_unit(text) : std::nullopt;
    const auto part = unit ? scaled(*number, *unit) : std::nullopt;
    if (!part || *part > infinity - 1 - sum) {
      return std::nullopt;
    }
    sum += *part;
  } while (!text.empty());
  return sum;
}

std::optional<bool> read_yes_no(std::string_view text) {
  for (const auto* const word : {"yes", "true", "on", "1"}) {
    if (text == word) {
      return true;
    }
  }
  for (const auto* const word : {"no", "false", "off", "0"}) {
    if (text == word) {
      return false;
    }
  }
  return std::nullopt;
}

std::optional<std::int32_t> read_signal(std::string_view text) {
  if (text.starts_with("SIG")) {
    text.remove_prefix(3);
  }
  const auto said = read_count(text);
  for (int signal = 1; signal < NSIG; ++signal) {
    const char* const name = sigabbrev_np(signal);
    if (name != nullptr && (said ? *said == static_cast<std::uint64_t>(signal) : text == name)) {
      return signal;
    }
  }
  return std::nullopt;
}

std::optional<std::vector<std::uint8_t>> read_number_set(std::string_view text) {
  constexpr std::uint64_t most = 8191;
  std::vector<std::uint8_t> mask;
  while (!text.empty()) {
    const auto end = text.find_first_of(", \t");
    const auto part = text.substr(0, end);
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
    if (part.empty()) {
      continue;
    }
    const auto dash = part.find('-');
    const auto first = read_count(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : read_count(part.substr(dash + 1));
    if (!first || !last || *first > *last || *last > most) {
      return std::nullopt;
    }
    if (mask.size() <= *last / 8) {
      mask.resize(*last / 8 + 1);
    }
    for (auto bit = *first; bit <= *last; ++bit) {
      mask[bit / 8] = static_cast<std::uint8_t>(mask[bit / 8] | 1U << bit % 8);
    }
  }
  return mask.empty() ? std::nullopt : std::optional(mask);
}

std::vector<std::string> read_words(std::string_view text) {
  std::vector<std::string> words;
  for (text = without_blanks(text); !text.empty(); text = without_blanks(text)) {
    const auto end = text.find_first_of(blanks);
    words.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? "" : text.substr(end);
  }
  return words;
}

}  // namespace shm::systemd

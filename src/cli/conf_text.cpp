#include "cli/conf_text.hpp"
#include <fmt/core.h>
#include <algorithm>

namespace shm::cli {

namespace {
constexpr std::string_view blanks = " \t\r";

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < ' ' && byte != '\t') || byte == 0x7f;
  });
}

/// Cuts the first line off `rest`, without its end.
std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(line);
}

bool is_comment(std::string_view line) { return line.starts_with('#') || line.starts_with(';'); }

class Reader {
 public:
  void read(std::string_view text) {
    while (!text.empty()) {
      const std::size_t first = ++line_;
      std::string line(take_line(text));
      if (line.empty() || is_comment(line)) {
        continue;
      }
      while (line.ends_with('\\') && !text.empty()) {  // a comment in between is none of it, as for systemd
        const auto next = take_line(text);
        ++line_;
        if (!is_comment(next)) {
          line.back() = ' ';
          line += next;
        }
      }
      take(line, first);
    }
  }
  ConfText made;

 private:
  void take(std::string_view line, std::size_t number) {
    const auto fault = [&](std::string why) { made.faults.push_back({number, std::move(why)}); };
    if (has_control(line)) {
      return fault("has a control character");
    }
    if (line.ends_with('\\')) {
      return fault("ends in '\\', and no line follows");
    }
    if (line.starts_with('[')) {
      if (!line.ends_with(']') || line.size() == 2) {
        return fault(fmt::format("'{}' is no section (write [Service])", line));
      }
      section_ = line.substr(1, line.size() - 2);
      return;
    }
    const auto equals = line.find('=');
    const auto key = trim(line.substr(0, equals));
    if (equals == line.npos || key.empty()) {
      return fault(fmt::format("'{}' sets nothing (write KEY = VALUE)", line));
    }
    made.entries.push_back({section_, std::string(key), std::string(trim(line.substr(equals + 1))), number});
  }

  std::string section_;
  std::size_t line_ = 0;
};
}  // namespace

std::string ConfFault::message() const { return line == 0 ? why : fmt::format("line {}: {}", line, why); }

std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

ConfText read_conf_text(std::string_view text) {
  Reader reader;
  reader.read(text);
  return std::move(reader.made);
}

}  // namespace shm::cli

#include "cli/duration.hpp"
#include <fmt/core.h>
#include <charconv>
#include "cli/failure.hpp"
#include "cli/time_text.hpp"
#include "cli/time_units.hpp"

namespace shm::cli {

namespace {
/// Nanoseconds; -1: it is no time.
std::int64_t nanoseconds_in(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  if (error == std::errc() && number >= 0 && text[0] != '-') {
    for (const auto& known : time_units) {
      if (unit != known.name) {
        continue;
      }
      const double ns = number * static_cast<double>(known.ns);
      if (ns < 9.2e18) {
        return static_cast<std::int64_t>(ns);
      }
    }
  }
  return -1;
}

[[noreturn]] void refuse(std::string_view text, std::string_view option, std::string_view say) {
  throw Usage(fmt::format("--{} '{}': not a time (say {})", option, text, say));
}
}  // namespace

std::optional<std::int64_t> read_duration(std::string_view text) {
  const std::int64_t ns = nanoseconds_in(text);
  return ns < 0 ? std::nullopt : std::optional(ns);
}

std::int64_t parse_duration(std::string_view text, std::string_view option) {
  const std::int64_t ns = nanoseconds_in(text);
  if (ns < 0) {
    refuse(text, option, "500ms, 30s, 5m, 2h or plain seconds");
  }
  return ns;
}

std::int64_t parse_patience(std::string_view text, std::string_view option) {
  const std::int64_t ns = nanoseconds_in(text);
  if (ns < 0 && text != "forever") {
    refuse(text, option, "500ms, 30s, 5m, 2h, plain seconds or forever");
  }
  return ns;
}

std::string format_age(std::int64_t ns) { return std::string(age_text(ns).view()); }

std::string format_time(std::int64_t ns) { return std::string(time_text(ns).view()); }

}  // namespace shm::cli

#include "cli/duration.hpp"
#include <fmt/core.h>
#include <charconv>
#include <ctime>
#include "cli/failure.hpp"

namespace shm::cli {

namespace {
constexpr std::int64_t second = 1'000'000'000;
struct Unit {
  std::string_view name;
  std::int64_t ns;
};
constexpr Unit units[] = {{"", second},       {"ms", second / 1000}, {"s", second},
                          {"m", 60 * second}, {"h", 3600 * second},  {"d", 86400 * second}};

/// Nanoseconds; -1: it is no time.
std::int64_t nanoseconds_in(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  if (error == std::errc() && number >= 0 && text[0] != '-') {
    for (const auto& known : units) {
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

std::string format_age(std::int64_t ns) {
  const std::int64_t seconds = ns < 0 ? 0 : ns / second;
  if (seconds < 120) {
    return fmt::format("{} s", seconds);
  }
  if (seconds < 7200) {
    return fmt::format("{} min", seconds / 60);
  }
  if (seconds < 172800) {
    return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
  }
  return fmt::format("{} d {} h", seconds / 86400, seconds / 3600 % 24);
}

std::string format_time(std::int64_t ns) {
  const std::time_t seconds = ns / second;
  std::tm local{};
  localtime_r(&seconds, &local);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1, local.tm_mday,
                     local.tm_hour, local.tm_min, local.tm_sec);
}

}  // namespace shm::cli

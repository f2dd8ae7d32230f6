#include "verbs/numbers.hpp"
#include <fmt/core.h>
#include <charconv>
#include <limits>
#include "cli/duration.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

std::uint64_t number_of(const cli::Call& call, std::string_view option, std::uint64_t least, std::uint64_t otherwise) {
  const auto text = call.argument(option);
  std::uint64_t number = otherwise;
  if (text) {
    const char* end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, number);
    if (error != std::errc() || stop != end || number < least) {
      refuse(call, fmt::format("--{} '{}': not a whole number from {} on", option, *text, least));
    }
  }
  return number;
}

std::optional<std::uint64_t> bytes_in(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const std::string_view unit(stop, static_cast<std::size_t>(end - stop));
  const unsigned shift = unit == "K" ? 10 : unit == "M" ? 20 : unit == "G" ? 30 : 0;
  const bool is_unit = unit.empty() || shift != 0;
  if (error != std::errc() || !is_unit || number > std::numeric_limits<std::uint64_t>::max() >> shift) {
    return std::nullopt;
  }
  return number << shift;
}

std::uint64_t size_of(const cli::Call& call, std::string_view option) {
  const auto text = call.argument(option);
  if (!text) {
    return 0;
  }
  const auto size = bytes_in(*text);
  if (size.value_or(0) == 0) {
    refuse(call, fmt::format("--{} '{}': not a number of bytes from 1 on (say 4096, 64K, 16M or 1G)", option, *text));
  }
  return *size;
}

std::int64_t time_of(const cli::Call& call, std::string_view option, std::int64_t otherwise) {
  const auto text = call.argument(option);
  return text ? cli::parse_duration(*text, option) : otherwise;
}

}  // namespace shm::verbs

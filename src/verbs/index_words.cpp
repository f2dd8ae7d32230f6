#include "verbs/index_words.hpp"
#include <fmt/core.h>
#include <charconv>
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
bool read_index(std::string_view text, std::int64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}
}  // namespace

std::int64_t index_of(const cli::Call& call, std::string_view text) {
  std::int64_t number = 0;
  if (!read_index(text, number)) {
    refuse(call, fmt::format("'{}': not an index (a whole number; -1 is the last)", text));
  }
  return number;
}

object::Slice slice_of(const cli::Call& call, std::string_view text) {
  const auto senseless = [&] {
    refuse(call, fmt::format("'{}': not a slice (FROM:TO or FROM:TO:STEP, as in Python)", text));
  };
  std::optional<std::int64_t> parts[3];
  std::string_view rest = text;
  for (std::size_t i = 0;; ++i) {
    const auto size = std::min(rest.find(':'), rest.size());
    const bool last = size == rest.size();
    if (size > 0) {
      std::int64_t number = 0;
      if (!read_index(rest.substr(0, size), number)) {
        senseless();
      }
      parts[i] = number;
    }
    if (last) {
      break;
    }
    if (i == 2) {
      senseless();
    }
    rest.remove_prefix(size + 1);
  }
  if (parts[2] == 0) {
    refuse(call, fmt::format("'{}': the step of a slice can't be 0", text));
  }
  return {parts[0], parts[1], parts[2].value_or(1)};
}

Part part_of(const cli::Call& call, std::string_view text) {
  return is_slice(text) ? Part{false, 0, slice_of(call, text)} : Part{true, index_of(call, text), {}};
}

}  // namespace shm::verbs

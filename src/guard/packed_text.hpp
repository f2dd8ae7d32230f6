// Text in the words of a record: as many bytes as fit, then zeros. Pure.
#pragma once
#include <cstdint>
#include <string_view>
#include "os/text.hpp"

namespace shm::guard {

template <std::size_t Words>
struct PackedText {
  std::uint64_t words[Words];

  static PackedText of(std::string_view text) noexcept {
    PackedText packed = {};
    __builtin_memcpy(&packed.words[0], text.data(), text.size() < sizeof words ? text.size() : sizeof words);
    return packed;
  }
  [[nodiscard]] os::Text<Words * sizeof(std::uint64_t) + 1> text() const noexcept {
    char bytes[sizeof words];
    __builtin_memcpy(&bytes[0], &words[0], sizeof words);
    const std::string_view all(&bytes[0], sizeof bytes);
    return os::Text<Words * sizeof(std::uint64_t) + 1>(all.substr(0, all.find('\0')));
  }
};

}  // namespace shm::guard

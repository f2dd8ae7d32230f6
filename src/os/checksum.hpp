// A checksum of bytes that come piece by piece: XXH3-128, which tells every accident from the bytes that were written,
// and no attack. One thread at a time.
#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include "os/text.hpp"

namespace shm::os {

class Checksum {
 public:
  Checksum() noexcept;
  void add(std::span<const std::byte> bytes) noexcept;
  void add(std::string_view text) noexcept { add(std::as_bytes(std::span(text))); }
  /// Of all that was added: 32 hexadecimal digits, as xxh128sum(1) prints them.
  [[nodiscard]] Text<33> digits() const noexcept;

 private:
  static constexpr std::size_t state_bytes = 576;
  alignas(64) std::byte state_[state_bytes];
};

}  // namespace shm::os

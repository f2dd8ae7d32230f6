// A place in an object's payload, as objects refer to one another's parts: valid in every process, unlike a pointer.
// Pure; any thread.
#pragma once
#include <cstddef>
#include <cstdint>

namespace shm::segment {

/// How many words each object has at a fixed place, for its kind's own use; all 0 at first unless create() says else.
inline constexpr std::size_t root_words = 32;

struct Ref {
  std::uint64_t offset = 0;  ///< bytes from the start of the payload, a multiple of 8; 0: none

  explicit constexpr operator bool() const noexcept { return offset != 0; }
  constexpr bool operator==(const Ref&) const noexcept = default;
  /// The word `words` further on.
  [[nodiscard]] constexpr Ref operator+(std::uint64_t words) const noexcept { return {offset + words * 8}; }
};

}  // namespace shm::segment

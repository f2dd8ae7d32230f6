// The sizes in which the heap hands out memory: 16, 32, 48, 64, then four for each doubling, to 64 GiB. A block is its
// size in bytes, its first word included, which holds its class and, while it is free, the next free block of its size:
//     next block's offset << 8 | class
// Pure; part of the format.
#pragma once
#include <cstddef>
#include <cstdint>
#include "segment/layout.hpp"

namespace shm::segment {

constexpr std::uint64_t class_size(std::size_t size_class) noexcept {
  if (size_class < 4) {
    return std::uint64_t{16} * (size_class + 1);
  }
  return std::uint64_t{size_class % 4 + 5} << (size_class / 4 + 3);
}

/// The smallest class that has `size` bytes; size_classes or more when there is none.
constexpr std::size_t class_of(std::uint64_t size) noexcept {
  if (size <= 64) {
    return size <= 16 ? 0 : (size - 1) / 16;
  }
  const auto doubling = static_cast<unsigned>(63 - __builtin_clzll(size - 1));  // 2^doubling < size <= 2^(doubling+1)
  const std::uint64_t quarter = ((size - 1) >> (doubling - 2)) & 3;
  return std::uint64_t{doubling - 5} * 4 + quarter;
}

static_assert(class_size(0) == 16 && class_size(3) == 64 && class_size(4) == 80 && class_size(7) == 128 &&
              class_size(8) == 160 && class_size(size_classes - 1) == std::uint64_t{1} << 36);
static_assert(class_of(1) == 0 && class_of(16) == 0 && class_of(17) == 1 && class_of(64) == 3 && class_of(65) == 4 &&
              class_of(80) == 4 && class_of(81) == 5 && class_of(128) == 7 && class_of(129) == 8 &&
              class_of(std::uint64_t{1} << 36) == size_classes - 1);

inline constexpr std::uint64_t block_word = 8;  ///< bytes of a block before what its user has
constexpr std::uint64_t block_head(std::uint64_t next_offset, std::size_t size_class) noexcept {
  return next_offset << 8 | size_class;
}
constexpr std::uint64_t next_of(std::uint64_t head) noexcept { return head >> 8; }
constexpr std::size_t class_in(std::uint64_t head) noexcept { return head & 0xff; }

}  // namespace shm::segment

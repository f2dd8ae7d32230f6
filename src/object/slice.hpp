// Part of what has indexes, as Python's [from:to:step] says it. Pure.
#pragma once
#include <cstdint>
#include <optional>

namespace shm::object {

/// What is not said is the end on that side, what lies outside is cut; negative numbers count from the end.
struct Slice {
  std::optional<std::int64_t> from;
  std::optional<std::int64_t> to;
  std::int64_t step = 1;  ///< not 0

  /// Of `length` items: the first of `count` indexes that are `step` apart.
  struct Range {
    std::int64_t first = 0;
    std::uint64_t count = 0;
  };
  [[nodiscard]] Range of(std::uint64_t items) const noexcept;
};

}  // namespace shm::object

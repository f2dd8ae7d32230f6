#include "object/slice.hpp"
#include <algorithm>

namespace shm::object {

namespace {
// As CPython's PySlice_AdjustIndices: where that end of a slice is, cut to `low` and `high`.
std::int64_t cut(const std::optional<std::int64_t>& end, std::int64_t otherwise, std::int64_t length, std::int64_t low,
                 std::int64_t high) noexcept {
  if (!end) {
    return otherwise;
  }
  return std::clamp(*end < 0 ? *end + length : *end, low, high);
}
}  // namespace

Slice::Range Slice::of(std::uint64_t items) const noexcept {
  const auto length = static_cast<std::int64_t>(items);
  const std::int64_t low = step < 0 ? -1 : 0;
  const std::int64_t high = step < 0 ? length - 1 : length;
  const std::int64_t begin = cut(from, step < 0 ? high : low, length, low, high);
  const std::int64_t end = cut(to, step < 0 ? low : high, length, low, high);
  const std::int64_t span = step < 0 ? begin - end : end - begin;
  if (span <= 0) {
    return {begin < 0 ? 0 : begin, 0};
  }
  const auto width = step < 0 ? 0 - static_cast<std::uint64_t>(step) : static_cast<std::uint64_t>(step);
  return {begin, (static_cast<std::uint64_t>(span) - 1) / width + 1};
}

}  // namespace shm::object

#include "segment/overlay.hpp"
#include <algorithm>

namespace shm::segment {

std::span<UndoEntry> Overlay::entries() const noexcept {
  return {reinterpret_cast<UndoEntry*>(bytes_.data()), bytes_.size() / sizeof(UndoEntry)};
}

bool Overlay::take(const Memory& memory, std::uint64_t capacity, std::uint64_t count) noexcept {
  bytes_.clear();
  if (!bytes_.reserve(count * sizeof(UndoEntry))) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    UndoEntry found;
    if (!entry(memory, capacity, i, found) || !bytes_.add(std::as_bytes(std::span(&found, 1)))) {
      return false;
    }
  }
  // Of a word's several entries the oldest counts: sorted by place, it must stay the first of them.
  const auto all = entries();
  std::stable_sort(all.begin(), all.end(),
                   [](const UndoEntry& left, const UndoEntry& right) { return left.offset < right.offset; });
  return true;
}

const std::uint64_t* Overlay::find(std::uint64_t offset) const noexcept {
  const auto all = entries();
  const auto at = std::lower_bound(all.begin(), all.end(), offset,
                                   [](const UndoEntry& each, std::uint64_t wanted) { return each.offset < wanted; });
  return at != all.end() && at->offset == offset ? &at->old : nullptr;
}

}  // namespace shm::segment

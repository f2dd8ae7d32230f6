#include "segment/overlay.hpp"
#include <algorithm>

namespace shm::segment {

std::span<Overlay::Word> Overlay::words() const noexcept {
  return {reinterpret_cast<Word*>(bytes_.data()), bytes_.size() / sizeof(Word)};
}

bool Overlay::take(const Memory& memory, std::uint64_t capacity, std::uint64_t count) noexcept {
  bytes_.clear();
  // A count that is larger than the log must not cost memory for as many.
  if (!has_room(memory, capacity, count - 1) || !bytes_.reserve(count * sizeof(Word))) {
    return false;
  }
  for (std::uint64_t i = 0; i < count; ++i) {
    UndoEntry found;
    if (!entry(memory, capacity, i, found)) {
      return false;
    }
    const Word word{found.offset, i, found.old};
    (void)bytes_.add(std::as_bytes(std::span(&word, 1)));
  }
  // Of a word's several entries the oldest counts: it comes first.
  const auto all = words();
  std::sort(all.begin(), all.end(), [](const Word& left, const Word& right) {
    return left.offset != right.offset ? left.offset < right.offset : left.index < right.index;
  });
  return true;
}

const std::uint64_t* Overlay::find(std::uint64_t offset) const noexcept {
  const auto all = words();
  const auto* const at = std::lower_bound(all.data(), all.data() + all.size(), offset,
                                          [](const Word& each, std::uint64_t wanted) { return each.offset < wanted; });
  return at != all.data() + all.size() && at->offset == offset ? &at->old : nullptr;
}

}  // namespace shm::segment

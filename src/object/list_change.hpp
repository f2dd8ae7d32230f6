// What the changes of a list share. For src/object/list*.cpp alone. One thread.
#pragma once
#include "object/list.hpp"
#include "object/list_chunks.hpp"

namespace shm::object {

template <class Act>
auto List::change(Act act) {
  using Done = decltype(act(std::declval<segment::Transaction&>()));
  auto change = region_.begin();
  if (!change) {
    return Done(std::unexpect, change.error());
  }
  Done result = act(*change);
  if (!result && !change->failed()) {
    return result;
  }
  if (const auto done = change->commit(); !done) {
    return Done(std::unexpect, done.error());
  }
  return result;
}

namespace list {

/// Index `index` of a list of `length` items, from 0 on; nothing if there is no such item.
inline std::optional<std::uint64_t> index_in(std::int64_t index, std::uint64_t length) noexcept {
  const std::uint64_t place = static_cast<std::uint64_t>(index) + (index < 0 ? length : 0);
  return place < length ? std::optional(place) : std::nullopt;
}

inline std::uint64_t total_size(std::span<const Bytes> items) noexcept {
  std::uint64_t size = 0;
  for (const auto& item : items) {
    size += item.size();
  }
  return size;
}

inline std::vector<std::uint64_t> make_slots(segment::Transaction& change, std::span<const Bytes> items) {
  std::vector<std::uint64_t> slots;
  slots.reserve(items.size());
  for (const auto& item : items) {
    slots.push_back(make_slot(change, item));
    if (change.failed()) {
      break;
    }
  }
  return slots;
}

/// Counts the bytes of items that came and went.
inline void count_bytes(segment::Transaction& change, std::uint64_t more, std::uint64_t less) noexcept {
  if (change.get_root(bytes) + more < less) {
    change.mark_damaged();
  }
  change.add_root(bytes, more - less);
}

/// Puts `slots` in the place of the `count` items from index `first` on, which it frees. Returns their bytes.
std::uint64_t splice(segment::Transaction& change, Chunks& chunks, std::uint64_t first, std::uint64_t count,
                     std::span<const std::uint64_t> slots);

}  // namespace list
}  // namespace shm::object

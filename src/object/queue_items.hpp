// How a queue lies in its object: a block for each item, which is in the list of its state, and a block for each
// priority that has ready items. Reading and moving items, without a thought of limits, owners or time.
// For src/object/queue*.cpp alone. One thread at a time.
// Invariants: a priority's block has at least one item unless it is the only one, and they stand from the highest down;
// the items that are not ready are in the index of ids; those with a key are in the index of keys; counts and bytes are
// those of the items.
#pragma once
#include <vector>
#include "object/queue.hpp"
#include "segment/hash_index.hpp"

namespace shm::object::queue {

using segment::Reader;
using segment::Ref;
using segment::Transaction;
using segment::Walk;

// Root words: part of the format.
enum Root : std::uint8_t {
  first_level = 0,  // the highest priority
  last_level = 1,
  first_held = 2,  // a list has its last behind its first
  first_delayed = 4,
  first_buried = 6,
  ready_count = 8,  // in the order of ItemState
  held_count = 9,
  delayed_count = 10,
  buried_count = 11,
  bytes = 12,
  last_id = 13,
  pushed = 14,
  popped = 15,
  acknowledged = 16,
  released = 17,
  returned = 18,
  expired = 19,
  keys_root = 20,
  ids_root = 21,
  first_transit = 22,  // of items on their way (queue_transit.hpp)
  last_transit = 23,
  transit_count = 24,
  transit_bytes = 25,
};

// Words of an item: part of the format.
enum ItemWord : std::uint8_t {
  next,
  previous,
  key_hash,
  id,
  priority,
  state,
  attempts,
  owner,  // four words
  due = owner + 4,
  ttr,  // what take() said
  key_size,
  size,
  content,  // the key, then the item, each from a word of its own
};

// Words of a priority.
enum LevelWord : std::uint8_t { lower, higher, level_priority, level_first, level_last, level_words };

inline constexpr segment::HashIndex by_key(keys_root);
/// Of the items that are not ready.
inline constexpr segment::HashIndex by_id(ids_root);

constexpr Root first_of(ItemState list) noexcept {
  return list == ItemState::held ? first_held : list == ItemState::delayed ? first_delayed : first_buried;
}
constexpr Root count_of(ItemState list) noexcept {
  return static_cast<Root>(ready_count + static_cast<unsigned>(list) - 1);
}

inline std::int64_t number(const Reader& reader, Ref at) noexcept { return static_cast<std::int64_t>(reader.get(at)); }
Owner owner_in(const Reader& reader, Ref item) noexcept;
void set_owner(Transaction& change, Ref item, const Owner& holder) noexcept;

/// The item of that id if it is in that state, which is not ready; none if it is not.
Ref find(const Reader& reader, std::uint64_t wanted, ItemState wanted_state) noexcept;
Ref find_key(const Reader& reader, std::uint64_t hash, std::span<const std::byte> key) noexcept;

/// A new item, ready. `hash`: of its key.
Ref add(Transaction& change, const NewItem& item, std::uint64_t hash) noexcept;
/// Of an item in no list: frees it, its key too.
void destroy(Transaction& change, Ref item) noexcept;

/// Puts an item that is in no list among the ready ones, at that end of its priority.
void put_ready(Transaction& change, Ref item, End end) noexcept;
/// Puts an item that is in no list into that one: the delayed by when they are due, others at the end.
void put_aside(Transaction& change, Ref item, ItemState list) noexcept;
/// One of the two; `end` for one that will be ready.
void put(Transaction& change, Ref item, ItemState to, End end) noexcept;
/// Takes an item that is not ready out of its list.
void take_out(Transaction& change, Ref item) noexcept;

/// Takes up to `count` ready items from that end and calls `visit(item)` with each, which is in no list then.
/// Returns how many.
template <class Visit>
std::uint64_t take_ready(Transaction& change, End end, std::uint64_t count, Visit visit);

/// Takes from a count of what is there; more than there is can't be right.
inline void subtract(Transaction& change, Root count, std::uint64_t less) noexcept {
  if (change.get_root(count) < less) {
    change.mark_damaged();
  }
  change.add_root(count, 0 - less);
}

/// Frees all items and both indexes. Returns how many items there were.
std::uint64_t clear(Transaction& change) noexcept;

/// Copies items for a caller. What they say of their sizes together is never more than the object has.
class Copier {
 public:
  /// `most`: bytes that the object has.
  Copier(const Reader& reader, std::uint64_t most) noexcept : reader_(reader), left_(most) {}
  /// One more item, said to be in that state. False: no memory, or it makes no sense.
  bool add(Ref item, ItemState as, std::vector<Item>& into);

 private:
  const Reader& reader_;
  std::uint64_t left_;
};

/// Of a priority whose last ready item was taken away.
void empty_level(Transaction& change, Ref level) noexcept;

template <class Visit>
std::uint64_t take_ready(Transaction& change, End end, std::uint64_t count, Visit visit) {
  const bool front = end == End::front;
  std::uint64_t taken = 0;
  Walk walk(change);
  while (taken < count && !change.failed()) {
    const Ref level = change.ref_root(front ? first_level : last_level);
    if (!level) {
      break;
    }
    Ref item = change.ref(level + (front ? level_first : level_last));
    if (!item) {
      if (change.ref_root(front ? last_level : first_level) != level) {
        change.mark_damaged();
      }
      break;
    }
    while (item && taken < count && walk.step()) {
      change.will_write(item);
      const Ref after = change.ref(item + (front ? next : previous));
      visit(item);
      item = after;
      ++taken;
    }
    if (!item) {
      empty_level(change, level);
    } else {
      change.set(level + (front ? level_first : level_last), item);
      change.set(item + (front ? previous : next), Ref{});
    }
  }
  subtract(change, ready_count, taken);
  return taken;
}

}  // namespace shm::object::queue

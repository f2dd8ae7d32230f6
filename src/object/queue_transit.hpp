// Large items on their way into a queue or out of it: their bytes are copied outside the object's lock, so that others
// use the queue meanwhile. Only an item that is pushed or popped alone and has no key goes that way; its operation is
// two transactions:
//   push: the first makes the item's block, arriving; the second makes it ready, with an id and a place of that moment
//   pop:  the first takes the item from the ready ones, leaving; the second frees it and counts it as popped
// In between the item is in a list of its own with the session that copies it, which alone touches its bytes and frees
// its block, unless its process has ended: then whoever comes next undoes it. What was arriving was never pushed, and
// what was leaving was never popped: it is ready again where it was.
// For src/object/queue*.cpp alone. One thread at a time.
// Invariants: such an item is in no state of ItemState and in neither index; it counts for the limits, but for no
// reader; while its session lives, nobody else changes more than its links and its Transit.
#pragma once
#include "object/queue_reaping.hpp"

namespace shm::object::queue {

/// Bytes from which on to copy takes longer than a second transaction does.
inline constexpr std::uint64_t large_item = std::uint64_t{32} << 10U;

inline bool is_large(const NewItem& item) noexcept { return item.bytes.size() >= large_item && item.key.empty(); }
inline bool is_large(const Reader& reader, Ref item) noexcept {
  return reader.get(item + size) >= large_item && reader.get(item + key_size) == 0;
}

/// Of whom to ask whether they live, beside those that have been copying for long.
enum class Ask : std::uint8_t { none, arriving, leaving, all };
bool settle_all(Transaction& change, Moment& moment, Ask whom) noexcept;
/// Undoes what ended processes left. Whether there was any.
inline bool settle(Transaction& change, Moment& moment, Ask whom) noexcept {
  return change.ref_root(first_transit) && settle_all(change, moment, whom);
}
/// The same as a change of its own, asking all: for who finds no memory left.
bool settle(segment::Region& region) noexcept;

/// For clear(): what is leaving will not come back, whatever becomes of its session.
void let_go(Transaction& change) noexcept;

// What is left of an operation, once `change` has looked after limits and found its item. Each ends it.

/// Pushes one large item.
os::Result<std::uint64_t> push_large(segment::Region& region, Transaction& change, const NewItem& item,
                                     const QueueLimits& limits) noexcept;
/// Pops a large item that was ready at that end and is in no list now.
os::Result<std::vector<Item>> pop_large(segment::Region& region, Transaction& change, Ref item, End end);

}  // namespace shm::object::queue

// How a list lies in its object: its slots stand in chunks of equal size, each a small ring, and a directory, a ring as
// well, has the chunks in order. So an item is found by its index in one step; at both ends items come and go without
// moving others; and in the middle they move within one chunk, while from chunk to chunk up to the nearer end a single
// slot is passed on. For src/object/list*.cpp alone. One thread at a time.
// Invariants: `start` slots of the first chunk are before the first item, fewer than a chunk has; from there on the
// items stand one after the other, so that all chunks but the first and the last are full; each chunk has an item,
// except that an empty list may keep one.
#pragma once
#include <algorithm>
#include <vector>
#include "object/end.hpp"
#include "object/list_slots.hpp"

namespace shm::object::list {

// Root words: part of the format.
enum Root : std::uint8_t {
  directory,       // a block of places of chunks; 0: none yet
  directory_size,  // how many it has room for, a power of two
  directory_first,
  chunk_count,
  start,
  length,  // items
  bytes,   // of all items
};

/// A chunk: the number of the slot that is its first, then the slots. With the heap's word it takes one page.
inline constexpr std::uint64_t chunk_slots = 510;

/// Where the items are, read once. What makes no sense is an empty list, and the reader damaged.
struct Shape {
  explicit Shape(const Reader& reader) noexcept;
  /// Chunk number `number`, < chunks.
  [[nodiscard]] Ref chunk(const Reader& reader, std::uint64_t number) const noexcept {
    return reader.ref(entries + ((first + number) & (size - 1)));
  }
  Ref entries;  // the directory
  std::uint64_t size = 0, first = 0;
  std::uint64_t chunks = 0;
  std::uint64_t start = 0;
  std::uint64_t length = 0;
};

/// The slots of one chunk in their order.
class Ring {
 public:
  Ring(const Reader& reader, Ref chunk) noexcept : chunk_(chunk), head_(reader.get(chunk)) {
    if (head_ >= chunk_slots) {
      reader.mark_damaged();
      head_ = 0;
    }
  }
  /// Slot number `number`, < chunk_slots.
  [[nodiscard]] Ref at(std::uint64_t number) const noexcept {
    const std::uint64_t place = head_ + number;
    return chunk_ + 1 + (place < chunk_slots ? place : place - chunk_slots);
  }
  /// Slot number `number` is number 0 from now on.
  void turn(Transaction& change, std::uint64_t number) noexcept {
    head_ = (head_ + number) % chunk_slots;
    change.set(chunk_, head_);
  }

 private:
  Ref chunk_;
  std::uint64_t head_;
};

/// Where item `index`, < shape.length, has its slot.
inline Ref slot_at(const Reader& reader, const Shape& shape, std::uint64_t index) noexcept {
  const std::uint64_t place = shape.start + index;
  return Ring(reader, shape.chunk(reader, place / chunk_slots)).at(place % chunk_slots);
}

/// Calls `visit(index, slot)` with the items from index `from` up to `to`, until it returns false or nothing makes
/// sense any more.
template <class Visit>
void for_each(const Reader& reader, const Shape& shape, std::uint64_t from, std::uint64_t to, Visit visit) {
  Walk walk(reader);
  while (from < to) {
    const std::uint64_t place = shape.start + from;
    const Ring ring(reader, shape.chunk(reader, place / chunk_slots));
    const std::uint64_t end = std::min(to, from + chunk_slots - place % chunk_slots);
    for (std::uint64_t i = place % chunk_slots; from < end; ++i, ++from) {
      // A part of the object that can be told from others is as large as two slots.
      if ((i % 2 == 0 && !walk.step()) || !visit(from, reader.get(ring.at(i)))) {
        return;
      }
    }
    if (reader.damaged()) {
      return;
    }
  }
}

/// A new end of a list, in new memory, that nobody can reach yet.
class Tail {
 public:
  explicit Tail(Transaction& change) noexcept : change_(change) {}
  void add(std::uint64_t slot);

 private:
  friend class Chunks;
  void write();
  Transaction& change_;
  std::uint64_t words_[chunk_slots + 1] = {};  // of the chunk that is being filled; its first is number 0
  std::uint64_t used_ = 0;
  std::uint64_t length_ = 0;
  std::vector<Ref> chunks_;
};

/// The chunks of a list that a transaction changes. Counts items, but not their bytes.
class Chunks {
 public:
  explicit Chunks(Transaction& change) noexcept : change_(change), shape_(change) {}
  [[nodiscard]] const Shape& shape() const noexcept { return shape_; }
  [[nodiscard]] std::uint64_t length() const noexcept { return shape_.length; }

  /// Slot `index`, < length().
  [[nodiscard]] std::uint64_t get(std::uint64_t index) const noexcept {
    return change_.get(slot_at(change_, shape_, index));
  }
  void set(std::uint64_t index, std::uint64_t slot) noexcept { change_.set(slot_at(change_, shape_, index), slot); }
  void push(End end, std::uint64_t slot) noexcept;
  /// There must be one.
  std::uint64_t pop(End end) noexcept;
  /// Before item `index`, <= length().
  void insert(std::uint64_t index, std::uint64_t slot) noexcept;
  /// Returns what slot `index`, < length(), was.
  std::uint64_t erase(std::uint64_t index) noexcept;
  /// About how many words inserting or erasing at `index` changes.
  [[nodiscard]] std::uint64_t cost(std::uint64_t index) const noexcept;

  /// To replace everything from item `from`, <= length(), on: what stands in one chunk before that item has been added
  /// to it already.
  Tail tail(std::uint64_t from);
  /// Puts the tail, begun for `from` with nothing changed since, in the place of what is there.
  void replace(std::uint64_t from, Tail& tail);
  /// Frees all chunks and the directory.
  void clear() noexcept;

 private:
  class Side;
  /// The first chunk that tail() replaces.
  [[nodiscard]] std::uint64_t first_replaced(std::uint64_t from) const noexcept {
    return (shape_.start + from) / chunk_slots;
  }
  void set_length(std::uint64_t now) noexcept;
  void set_start(std::uint64_t now) noexcept;
  void set_chunks(std::uint64_t now) noexcept;
  bool reserve(std::uint64_t chunks) noexcept;
  /// One more item has room at that end: in a new chunk if need be. False: no memory.
  bool make_room(End end) noexcept;
  /// The item at that end is of no use any more.
  void drop(End end) noexcept;

  Transaction& change_;
  Shape shape_;
};

}  // namespace shm::object::list

// The undo log: what makes a change whole or absent. Whoever holds the object's lock calls these, and nobody else.
// Invariant: at every instruction of append(), roll_back() and commit(), undoing head's count of entries, newest first,
// gives the content of the last commit; so each of them may be killed, and roll_back() be killed while it rolls back.
#pragma once
#include "os/error.hpp"
#include "segment/memory.hpp"

namespace shm::segment {

/// Where entry `index` begins; 0 if its part of the log is not there.
inline std::uint64_t entry_offset(const Memory& memory, std::uint64_t capacity, std::uint64_t index) noexcept {
  if (index < first_chunk_entries) {
    return offsetof(Control, undo) + index * sizeof(UndoEntry);
  }
  const UndoPlace place = undo_place(index);
  if (place.chunk >= undo_chunks) {
    return 0;
  }
  const std::uint64_t chunk = load(memory.control().chunks[place.chunk]);
  const std::uint64_t size = (first_chunk_entries << place.chunk) * sizeof(UndoEntry);
  return chunk >= heap_start && Memory::inside(chunk, size, capacity) ? chunk + place.at * sizeof(UndoEntry) : 0;
}

/// The entry at `index` lies in memory that this log has.
inline bool has_room(const Memory& memory, std::uint64_t capacity, std::uint64_t index) noexcept {
  return index < most_entries && entry_offset(memory, capacity, index) != 0;
}

/// Notes what the word at `offset` is, so that it may be changed. False, and nothing noted, where there is no room: who
/// else may write can have changed that since has_room().
[[nodiscard]] inline bool append(const Memory& memory, std::uint64_t capacity, std::uint64_t offset) noexcept {
  auto& control = memory.control();
  const std::uint64_t head = load(control.head);
  const std::uint64_t at = entry_offset(memory, capacity, count_of(head));
  if (at == 0) {
    return false;
  }
  memory.will_write(offset);
  memory.store(at, offset);
  memory.store(at + 8, memory.load(offset));
  Memory::order();  // the entry is whole before it counts
  store(control.head, head_of(generation_of(head), count_of(head) + 1));
  Memory::order();  // and counts before the word changes
  return true;
}

/// The word of the newest entry is not changed yet, and somebody without the lock has changed it since: that is what
/// undoing brings back now.
inline void amend(const Memory& memory, std::uint64_t capacity, std::uint64_t old) noexcept {
  const std::uint64_t count = count_of(load(memory.control().head));
  const std::uint64_t at = count > 0 ? entry_offset(memory, capacity, count - 1) : 0;
  if (at != 0) {
    memory.store(at + 8, old);
    Memory::order();
  }
}

/// Undoes what the log holds and moves the generation on. Code::corrupt: the log can't be one that append() wrote; then
/// nothing more is changed.
os::Result<void> roll_back(const Memory& memory, std::uint64_t capacity) noexcept;

/// Forgets the log: what was changed stays. One store, at which the change happens for everybody.
inline void commit(const Memory& memory) noexcept {
  auto& control = memory.control();
  Memory::order();
  store(control.head, head_of(generation_of(load(control.head)) + 1, 0));
  Memory::order();
}

/// Entry `index` as it is in memory; false if it can't be there. For readers, whom a writer may overtake.
bool entry(const Memory& memory, std::uint64_t capacity, std::uint64_t index, UndoEntry& found) noexcept;

}  // namespace shm::segment

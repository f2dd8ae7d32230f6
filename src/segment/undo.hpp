// The undo log: what makes a change whole or absent. Whoever holds the object's lock calls these, and nobody else.
// Invariant: at every instruction of append(), roll_back() and commit(), undoing head's count of entries, newest first,
// gives the content of the last commit; so each of them may be killed, and roll_back() be killed while it rolls back.
#pragma once
#include "os/error.hpp"
#include "segment/memory.hpp"

namespace shm::segment {

/// The entry at `index` lies in memory that this log has.
bool has_room(const Memory& memory, std::uint64_t capacity, std::uint64_t index) noexcept;

/// Notes what the word at `offset` is, so that it may be changed. False, and nothing noted, where there is no room: who
/// else may write can have changed that since has_room().
[[nodiscard]] bool append(const Memory& memory, std::uint64_t capacity, std::uint64_t offset) noexcept;

/// Undoes what the log holds and moves the generation on. Code::corrupt: the log can't be one that append() wrote; then
/// nothing more is changed.
os::Result<void> roll_back(const Memory& memory, std::uint64_t capacity) noexcept;

/// Forgets the log: what was changed stays. One store, at which the change happens for everybody.
void commit(const Memory& memory) noexcept;

/// Entry `index` as it is in memory; false if it can't be there. For readers, whom a writer may overtake.
bool entry(const Memory& memory, std::uint64_t capacity, std::uint64_t index, UndoEntry& found) noexcept;

}  // namespace shm::segment

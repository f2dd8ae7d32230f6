#include "segment/undo.hpp"

namespace shm::segment {

namespace {
// Where entry `index` begins; 0 if its part of the log is not there.
std::uint64_t entry_offset(const Memory& memory, std::uint64_t capacity, std::uint64_t index) noexcept {
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
}  // namespace

bool has_room(const Memory& memory, std::uint64_t capacity, std::uint64_t index) noexcept {
  return index < most_entries && entry_offset(memory, capacity, index) != 0;
}

bool append(const Memory& memory, std::uint64_t capacity, std::uint64_t offset) noexcept {
  auto& control = memory.control();
  const std::uint64_t head = load(control.head);
  const std::uint64_t at = entry_offset(memory, capacity, count_of(head));
  if (at == 0) {
    return false;
  }
  memory.store(at, offset);
  memory.store(at + 8, memory.load(offset));
  Memory::order();  // the entry is whole before it counts
  store(control.head, head_of(generation_of(head), count_of(head) + 1));
  Memory::order();  // and counts before the word changes
  return true;
}

os::Result<void> roll_back(const Memory& memory, std::uint64_t capacity) noexcept {
  auto& control = memory.control();
  const std::uint64_t head = load(control.head);
  // Of a new generation: a reader must not take what it saw while the change was made, when head said the same counts,
  // for the old content.
  const std::uint64_t generation = generation_of(head) + 1;
  // Newest first: a word that was changed twice ends as it was at first.
  for (std::uint64_t count = count_of(head); count > 0; --count) {
    UndoEntry undone;
    if (!entry(memory, capacity, count - 1, undone) || undone.offset < first_logged ||
        !Memory::inside(undone.offset, 8, capacity)) {
      return std::unexpected(os::fail(os::Code::corrupt, "recover", "an object", "its undo log is damaged",
                                      "look at it, then 'shmctl rm' it"));
    }
    memory.store(undone.offset, undone.old);
    Memory::order();  // the word is as it was before its entry is given up
    store(control.head, head_of(generation, count - 1));
    Memory::order();
  }
  return {};
}

void commit(const Memory& memory) noexcept {
  auto& control = memory.control();
  Memory::order();
  store(control.head, head_of(generation_of(load(control.head)) + 1, 0));
  Memory::order();
}

bool entry(const Memory& memory, std::uint64_t capacity, std::uint64_t index, UndoEntry& found) noexcept {
  const std::uint64_t at = entry_offset(memory, capacity, index);
  if (at == 0) {
    return false;
  }
  found = {memory.load(at), memory.load(at + 8)};
  return true;
}

}  // namespace shm::segment

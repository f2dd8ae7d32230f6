#include "segment/undo.hpp"

namespace shm::segment {

os::Result<void> roll_back(const Memory& memory, std::uint64_t capacity) noexcept {
  auto& control = memory.control();
  const std::uint64_t head = load(control.head);
  // Of a new generation: a reader must not take what it saw while the change was made, when head said the same counts,
  // for the old content. And of one more when it is done, for the next change will count up again.
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
    store(control.head, head_of(count > 1 ? generation : generation + 1, count - 1));
    Memory::order();
  }
  return {};
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

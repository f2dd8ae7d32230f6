// Changing one word of an object without its lock: one compare-and-exchange, whole or absent whenever its process is
// killed. Included by kinds that have such words. One thread at a time per Region, as all of it.
// While somebody has the lock, or what a dead owner left is not undone, it is a transaction like any other. What
// changes such words together must use Transaction::set_shared(), which expects that a change that looked at the lock
// just before it was taken comes after that. What remains: such a late one that is done between the entry in the undo
// log and the word's own change is undone with the transaction, if the latter is killed between these two instructions.
// The generation does not move: who waits for the object is woken and has to look at its content again, and a reader of
// several words may see some of them before such a change and others after it.
#pragma once
#include "segment/region.hpp"
#include "segment/wake.hpp"

namespace shm::segment {

inline os::Result<std::uint64_t> Region::read_word(Ref at) const noexcept {
  const auto& control = memory_.control();
  const std::uint64_t head = load(control.head);
  if (const auto now = capacity(); now && Memory::inside(at.offset, 8, *now) && count_of(head) == 0) {
    const std::uint64_t word = memory_.load(at.offset);
    if (load(control.removed) == 0 && load(control.head) == head) {
      return word;
    }
  }
  return read([&](const Reader& reader) -> os::Result<std::uint64_t> { return reader.get(at); });
}

template <class Wanted>
os::Result<bool> Region::change_word(Ref at, Wanted wanted) noexcept {
  if (const auto here = check_word(at); !here) {
    return std::unexpected(here.error());
  }
  const auto& control = memory_.control();
  for (;;) {
    const std::uint64_t head = load(control.head);
    const std::uint64_t now = memory_.load(at.offset);
    // Only now: what was loaded is then of no change that is under way.
    if (count_of(head) != 0 || load(control.lock) != 0 || load(control.removed) != 0 || load(control.head) != head) {
      break;
    }
    std::uint64_t next = now;
    if (!wanted(now, next)) {
      return false;
    }
    if (next == now) {
      return true;
    }
    if (memory_.exchange(at.offset, now, next)) {
      wake_after_release(memory_);
      return true;
    }
  }
  auto change = begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  const bool said = change->set_shared(at, wanted);
  if (const auto done = change->commit(); !done) {
    return std::unexpected(done.error());
  }
  return said;
}

}  // namespace shm::segment

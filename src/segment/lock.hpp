// The lock of one object: whoever has it may change the object, and gets it whole, for if its owner died in the middle
// of a change, the next one undoes that change first, by recover(). Free and uncontended, locking and unlocking are one
// atomic instruction each. One thread at a time per Lock; between processes and threads with Locks of their own, it
// excludes. Invariants: never taken from a session whose process lives, stopped or not; not recursive.
#pragma once
#include "segment/memory.hpp"
#include "segment/session.hpp"

namespace shm::segment {

class Lock {
 public:
  /// Takes the lock of the object in `memory`, waiting for `patience_ns` at most (-1: without end). `session`
  /// must have begun. `name` is for the error.
  /// Code::timed_out, saying who holds it; Code::busy for a second try by the same session.
  static os::Result<void> acquire(const Memory& memory, const Session& session, std::int64_t patience_ns,
                                  std::string_view name) noexcept;
  /// Undoes what its last owner left undone; whoever acquired it does that first. `capacity`: as it is now, not as it
  /// was before the lock was had, for that owner may have made the object grow.
  /// Code::corrupt: there is a change to undo and it can't be.
  static os::Result<void> recover(const Memory& memory, std::uint64_t capacity, std::string_view name) noexcept;
  static void release(const Memory& memory) noexcept;

 private:
  /// True: it has it, after somebody else's session. False: its patience has ended.
  static os::Result<bool> wait(const Memory& memory, const Session& session, std::int64_t patience_ns,
                               std::string_view name) noexcept;
};

}  // namespace shm::segment

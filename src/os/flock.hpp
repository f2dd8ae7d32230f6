// Locks that the kernel holds and gives back when their last holder is gone, by kinds of lock that don't know of each
// other:
//  - a flock(2) of a whole file belongs to the open file, so it lives as long as any process has inherited it, and ends
//    for all of them by an explicit unlock. It needs no right but to read.
//  - an open-file-description lock of one byte can be asked after without being taken, which a flock can't.
//  - a process's own lock of one byte (the oldest kind) is as easily asked after, and the kernel tells whose it is. The
//    process loses it when it closes the file by any of its descriptors; no command inherits it.
// Any thread may call these.
#pragma once
#include "os/error.hpp"
#include "os/fd.hpp"

namespace shm::os {

enum class Sharing : std::uint8_t { exclusive, shared };

/// False: somebody else has it.
Result<bool> try_flock(const Fd& file, Sharing sharing) noexcept;
/// Waits in the kernel's queue until it has the lock or `deadline_ns` of the monotonic clock (-1: none) has passed:
/// then false. Signals keep their dispositions meanwhile: one that ends a program ends this one, and the queue forgets
/// it. With a deadline, a signal of its own (a timer's) is used and put back as it was: single-threaded programs only.
Result<bool> wait_flock(const Fd& file, Sharing sharing, std::int64_t deadline_ns) noexcept;
/// Gives the lock back for every process that has inherited it.
void unlock_flock(const Fd& file) noexcept;

/// Takes byte `at` of `file`, which must be open for writing, for this open file alone; false: it is taken.
Result<bool> try_byte(const Fd& file, std::uint64_t at) noexcept;
/// Marks byte `at` of `file` as in use, beside other such marks; reading is enough.
Result<void> mark_byte(const Fd& file, std::uint64_t at) noexcept;
void free_byte(const Fd& file, std::uint64_t at) noexcept;
/// Whether another open file has taken or marked the byte. Disturbs nobody.
Result<bool> byte_used(const Fd& file, std::uint64_t at) noexcept;
/// Whether another open file has taken the byte; a mark, which who may only read can make as well, does not count.
Result<bool> byte_taken(const Fd& file, std::uint64_t at) noexcept;

/// Marks byte `at` of `file` for this process, beside others' marks; reading is enough.
Result<void> mark_own_byte(const Fd& file, std::uint64_t at) noexcept;
void free_own_byte(const Fd& file, std::uint64_t at) noexcept;
struct MarkedByte {
  std::uint64_t at = 0;
  int pid = 0;  ///< 0: of a process that this pid namespace does not see
};
/// Some byte of [from, to] that another process has marked, not always the first; its `pid` is -1 when there is none.
Result<MarkedByte> any_marked_byte(const Fd& file, std::uint64_t from, std::uint64_t to) noexcept;

}  // namespace shm::os

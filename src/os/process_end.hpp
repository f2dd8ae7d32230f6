// How a process ended, as far as the kernel tells that to one who is not its parent. Any thread.
#pragma once
#include <optional>
#include "os/process.hpp"

namespace shm::os {

/// A process that is watched from before its end on.
struct Watched {
  Fd process;  ///< as open_process() has it
  Fd stat;     ///< its /proc/PID/stat, where that tells this process all; else none
  Fd status;   ///< and its /proc/PID/status
};

/// Code::absent when it has ended, or is not the one that started at `start`.
Result<Watched> watch_process(int pid, std::uint64_t start) noexcept;

/// After its end: what wait(2) tells its parent. The kernel says it to everybody since Linux 6.15, and before that as
/// long as the parent has not asked: so ask at once. Nothing where it is too late, or not this process's to know.
std::optional<int> end_of(const Watched& watched) noexcept;

}  // namespace shm::os

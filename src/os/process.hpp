// Which process is which: by pid and start time, so that a pid that was given to another process since is never taken
// for the first, and by pidfd when it comes to signals. All of it is read from /proc at the moment of the call.
// Any thread may call these.
#pragma once
#include "os/error.hpp"
#include "os/file.hpp"

namespace shm::os {

/// What /proc/PID/stat says. A process keeps its start time for life, and no two of the same pid share one.
struct ProcessState {
  int pid = 0;
  int parent = 0;    ///< 0: none that this pid namespace sees
  char state = '?';  ///< R, S, D, T (stopped), Z (ended, not yet waited for), X
  int threads = 0;
  std::uint64_t start = 0;  ///< clock ticks since the machine started

  /// A process whose first thread has ended while others run looks like one that has ended, but for their count.
  [[nodiscard]] bool ended() const noexcept { return (state == 'Z' && threads <= 1) || state == 'X'; }
};

/// Code::absent when no such process is there, or it may not be seen. Believe it only where has_proc().
Result<ProcessState> process_state(int pid) noexcept;
/// Whether /proc is there and speaks of this pid namespace: in one made without a /proc of its own, every pid there
/// means another process.
bool has_proc() noexcept;
/// This process, and the one that started it: its pid 0 is of an outer pid namespace.
int own_pid() noexcept;
int parent_pid() noexcept;
/// Whether any process has that pid, though it may not be seen in /proc.
bool process_exists(int pid) noexcept;
/// The unit of ProcessState::start, of a moment by the clock that counts suspend.
std::uint64_t start_ticks(std::int64_t boottime_ns) noexcept;

/// Calls `visit(context, state)` for every process of this pid namespace until it returns false.
Result<void> each_process(bool (*visit)(void* context, const ProcessState& process), void* context) noexcept;

/// A moment of the kernel that pids belong to. All zero where /proc does not tell.
struct BootId {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const BootId&) const = default;
};
BootId boot_id() noexcept;

/// The inode of a pid namespace: of this process, or of process `pid`. 0 where /proc does not tell.
std::uint64_t pid_namespace() noexcept;
std::uint64_t pid_namespace_of(int pid) noexcept;
/// The pid that process `pid` has in its own pid namespace; 0 where /proc does not tell.
int innermost_pid(int pid) noexcept;

/// Another process by a descriptor that means it and nobody else, ever; readable once it has ended.
/// Code::absent when it is not there, or is not the one that started at `start`.
Result<Fd> open_process(int pid, std::uint64_t start) noexcept;
/// Sends `signal` to the process behind `process`. Code::absent: it has ended; Code::denied.
Result<void> signal_process(const Fd& process, int signal) noexcept;
/// Waits until the process has ended or `deadline_ns` of the monotonic clock (-1: none) has passed: then false.
Result<bool> wait_process(const Fd& process, std::int64_t deadline_ns) noexcept;

/// Whether the process has that file open, as far as this one may look.
bool has_open(int pid, const FileInfo& file) noexcept;
/// The same, and true of a process that this one may not look at.
bool may_have_open(int pid, const FileInfo& file) noexcept;
/// Whether the process has that file open as descriptor `number`, as far as this one may look.
bool has_open_as(int pid, int number, const FileInfo& file) noexcept;

/// Whether the process is in the same control group as this one, as far as can be seen; not of the outermost one, where
/// whoever is in no group is too.
bool in_own_cgroup(int pid) noexcept;

/// Gives the calling thread a table of descriptors of its own, with copies of those that are open. What it opens and
/// closes from then on is none of the process's: closing a file drops the locks that its table has on it. False: can't.
bool have_own_descriptors() noexcept;

/// How many processors this process may use.
unsigned usable_processors() noexcept;

/// A process's name, as the kernel keeps it; empty where that can't be seen.
Text<64> name_of_process(int pid) noexcept;
/// The words of a process's command line with blanks between them, or its name where it has none; cut to fit.
Text<256> command_of(int pid) noexcept;

}  // namespace shm::os

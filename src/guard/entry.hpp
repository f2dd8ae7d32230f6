// One entry of a job's record: written by the supervisor of a run, read by everybody while it may change, and judged:
// does what it describes still run? Any process may read and judge.
#pragma once
#include "guard/record.hpp"
#include "os/process.hpp"

namespace shm::guard {

/// Where pids mean what they say: this boot, this pid namespace.
struct Here {
  os::BootId boot;
  std::uint64_t pid_namespace = 0;
  static Here look() noexcept;
  /// The same for who has `record` open for writing. A record in memory does not outlast its boot, so whoever looks
  /// first writes down which one that is: the others need not ask the kernel.
  static Here look(const Record& record) noexcept;
};

/// What a supervisor writes down before it starts its command.
struct Run {
  Mode mode = Mode::exclusive;
  std::uint32_t slot = 0;
  bool via_socket = false;  ///< the command has not inherited the locks: it alone does not hold the job
  std::uint64_t token = 0;
  std::int64_t since_ns = 0;
  std::string_view command;  ///< as the user typed it, more or less; cut to fit
  std::uint32_t uid = 0;
  Trigger trigger;
};
/// Fills in an entry whose byte lock the caller holds. It counts from its last instruction on.
void fill_entry(Entry& entry, const Run& run, const Here& here) noexcept;
/// Adds the trigger to an entry that was filled in without one.
void store_trigger(Entry& entry, std::string_view trigger) noexcept;

/// A lock file that a process has open, and holds its job by (descriptor.hpp).
struct HeldOpen {
  int pid = 0;
  std::uint64_t start = 0;  ///< as os::ProcessState has it; 0: not known
  int descriptor = -1;
  os::FileInfo lock;
};
/// The same for a job that is held by a descriptor: who fills in the entry may end, it counts as long as that process
/// has the lock file open.
void fill_entry(Entry& entry, const Run& run, const HeldOpen& held, const Here& here) noexcept;

/// A copy of an entry that has a run.
struct Snapshot {
  Mode mode = Mode::exclusive;
  std::uint32_t slot = 0;
  bool via_socket = false;
  std::uint64_t token = 0;
  std::int64_t since_ns = 0;
  std::int64_t hold_until_ns = 0;  ///< at least; 1970, UTC; 0: as long as the command runs
  int command_pid = 0;             ///< 0: not yet started
  std::uint64_t command_from = 0;
  std::uint64_t command_until = 0;
  int supervisor_pid = 0;
  Here where;
  int descriptor = -1;    ///< 0 and above: no run, see HeldOpen
  os::FileInfo lock;      ///< then: the lock file's device and inode
  std::uint32_t uid = 0;  ///< the supervisor's
  Trigger trigger;
  os::Text<command_bytes + 1> command;
};
/// False when the entry has no run, or is being filled in.
bool read_entry(const Entry& entry, Snapshot& snapshot) noexcept;

/// Whether the entry is of that very descriptor of that process.
bool is_of(const Snapshot& snapshot, const HeldOpen& held) noexcept;

/// A process of the entry as this process sees it; pid 0: it has ended, or can't be seen from here.
struct Seen {
  int pid = 0;
  std::uint64_t start = 0;
};
/// The entry's command, found by pid and start time, in this pid namespace or one inside it. One that holds the job by
/// a descriptor is found as long as it has that file open, as far as can be seen.
Seen find_command(const Snapshot& snapshot, const Here& here) noexcept;

}  // namespace shm::guard

// Who holds a job: what its record and the kernel say together. Nothing here takes or disturbs a lock.
#pragma once
#include <vector>
#include "guard/entry.hpp"

namespace shm::guard {

struct Holder {
  Mode mode = Mode::exclusive;
  std::uint32_t slot = 0;   ///< with Mode::slot
  bool via_socket = false;  ///< its supervisor alone holds the job (--via socket)
  std::uint64_t token = 0;
  std::int64_t since_ns = 0;       ///< 1970, UTC
  std::int64_t hold_until_ns = 0;  ///< the same: until then at least (--min-hold); 0: as long as the command runs
  std::uint64_t from_ticks = 0;    ///< the same moment, in clock ticks since boot
  std::size_t entry = 0;           ///< of the record
  bool recorded = true;            ///< false: nothing is known but `command`
  bool supervisor_alive = false;
  int supervisor_pid = 0;      ///< in its own pid namespace
  int pid = 0;                 ///< of the command, in its own pid namespace; 0: it is about to start
  int descriptor = -1;         ///< 0 and above: no run, but a process that has the lock file open by that number,
  os::FileInfo lock;           ///< this one; of `command`, while it runs, there is no supervisor
  bool same_namespace = true;  ///< the pids above mean in this pid namespace what they mean there
  Seen command;                ///< the command as seen from here, while it runs
  std::uint32_t uid = 0;       ///< the supervisor's
  Trigger trigger;             ///< what the run was started by
  os::Text<command_bytes + 1> command_line;
};

/// How much is asked of a run whose supervisor lives.
enum class Asked : std::uint8_t {
  all,
  briefly,  ///< its command is told as the record has it, without a look whether it has ended by now
};
/// The runs of the record whose supervisor or command lives.
std::vector<Holder> live_holders(const Record& record, const Here& here, Asked asked = Asked::all) noexcept;

/// Whether a run of `mode` (and `slot`) must not start beside `holder`.
bool excludes(const Holder& holder, Mode mode, std::uint32_t slot) noexcept;

/// Whether it holds the job by having `lock` open, and by nothing else: then the kernel's lock of that file decides.
bool held_by_file(const Holder& holder, const os::FileInfo& lock) noexcept;

/// Whether this process was started, directly or not, by that run: waiting for it would be waiting for itself.
/// `token`: what SHMCTL_TOKEN says if SHMCTL_JOB names this job, else 0; it tells where pid namespaces hide the answer.
bool runs_inside(const Holder& holder, std::uint64_t token) noexcept;

/// The processes of this pid namespace that have the file open, as far as they can be looked at: whoever is left of a
/// run of which nothing else is known. Slow: it looks at every descriptor there is.
std::vector<Holder> users_of(const os::FileInfo& file) noexcept;

}  // namespace shm::guard

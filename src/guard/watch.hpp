// Looking at a job from outside: who holds it and who waits for it, without taking a lock even for an instant, so that
// no run ever loses to a look. What says that a job is held, each enough by itself:
//   - the mark of a run on the lock file, which the kernel can be asked after,
//   - a live run in the record,
//   - the kernel's list of locks (/proc/locks), for a lock that somebody took by other means than `run`.
// Any process that may read the job's files.
#pragma once
#include "guard/holder.hpp"
#include "guard/jobs.hpp"

namespace shm::guard {

struct View {
  JobState state;
  std::vector<Holder> holders;  ///< may be empty though the job is held, where nothing can be found out
  std::vector<int> waiters;     ///< pids of this pid namespace
};

/// Code::absent when no job has that name; Code::denied, untrusted, corrupt.
os::Result<View> view_job(const store::Store& store, std::string_view name) noexcept;

/// Who holds and who waits for flocks of a file, as the kernel lists them: pids of this pid namespace.
struct KernelLocks {
  std::vector<int> holders;
  std::vector<int> waiters;
};
KernelLocks kernel_locks(const os::FileInfo& file) noexcept;

}  // namespace shm::guard

// Looking at a job from outside: who holds it and who waits for it, without taking a lock even for an instant, so that
// no run ever loses to a look. What says that a job is held, each enough by itself:
//   - the mark of a run on the lock file, which the kernel can be asked after,
//   - a live run in the record,
//   - where there is no record, or one without a run: a run that answers on its socket (answering.hpp),
//   - the kernel's list of locks (/proc/locks), for a lock that somebody took by other means than `run`.
// Any process that may read the job's files.
#pragma once
#include "guard/holder.hpp"
#include "guard/jobs.hpp"

namespace shm::guard {

struct View {
  JobState state;
  std::vector<Holder> holders;  ///< may be empty though the job is held, where nothing can be found out
  std::vector<int> waiters;     ///< pids; 0 for one that this pid namespace does not see
};

/// Code::absent when no job has that name; Code::denied, untrusted, corrupt.
os::Result<View> view_job(const store::Store& store, std::string_view name) noexcept;

/// Who holds flocks of a file, as the kernel lists them: pids of this pid namespace. One whose owner was killed, and
/// that others have inherited, may be missing.
std::vector<int> flock_holders(const os::FileInfo& file) noexcept;

}  // namespace shm::guard

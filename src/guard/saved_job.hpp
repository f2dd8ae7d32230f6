// A job as it is saved and restored: its counts, its pause and its history, without what belongs to a process or a
// boot. A run that was under way when it was saved is lost when it is restored: nobody has seen its end. Any process.
#pragma once
#include "guard/history.hpp"
#include "guard/jobs.hpp"

namespace shm::guard {

struct SavedJob {
  JobState state;
  std::vector<PastRun> runs;      ///< oldest first; those under way have no end
  std::vector<Refusal> refusals;  ///< oldest first
};

/// Reads it; takes no lock. Code::absent when no job has that name; denied, untrusted, corrupt.
os::Result<SavedJob> look_at_job(const store::Store& store, std::string_view name) noexcept;

/// Makes the job, whole, so that the tokens of its next runs are above all that it may have had. Code::exists: there is
/// a job of that name; with Taken::replace it is removed first, and Code::busy if it runs.
os::Result<void> restore_job(const store::Store& store, const SavedJob& job, os::Taken taken) noexcept;

}  // namespace shm::guard

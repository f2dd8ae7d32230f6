// The jobs of a store as everybody but `run` sees them: to list, to describe, to remove. Reading never takes a lock,
// not even for an instant, so it can't make a run lose. Any process may call these at any time.
#pragma once
#include "guard/pause.hpp"
#include "os/file.hpp"
#include "store/name.hpp"
#include "store/store.hpp"

namespace shm::guard {

/// A job, and what its record says of the earlier ones.
struct JobState {
  os::Text<store::max_name_storage> name;
  bool damaged = false;        ///< the record is none, or planted: all counts below are 0
  bool hidden = false;         ///< no permission to read the record: likewise
  bool running = false;        ///< somebody holds it now
  std::uint32_t holders = 0;   ///< how many (more than one with --shared or --slots)
  std::uint64_t token = 0;     ///< the last one given; 0: none yet
  std::uint64_t runs = 0;      ///< started
  std::uint64_t failures = 0;  ///< of those, ended with a status other than 0
  std::uint64_t lost = 0;      ///< of those, ended unseen: supervisor and command were killed, or the machine stopped
  std::uint64_t failures_in_a_row = 0;  ///< runs that failed or were lost since the last success
  std::uint64_t skips = 0;              ///< refused, because the job was busy or for any other reason
  std::uint64_t skips_in_a_row = 0;     ///< of those, since the last run; not by a pause or --once-per
  int last_status = -1;                 ///< exit status of the run that ended last and was not lost; -1: none yet
  bool last_lost = false;               ///< a run was lost after that one
  std::int64_t last_start_ns = 0;       ///< since 1970, UTC; 0: never
  std::int64_t last_end_ns = 0;
  std::int64_t last_success_ns = 0;  ///< end of the last run with status 0
  std::int64_t last_duration_ns = 0;
  std::int64_t total_ns = 0;   ///< of all runs that ended and were not lost
  std::int64_t due_ns = 0;     ///< before this moment no run is to start (--once-per); 0: not known
  std::optional<Pause> pause;  ///< it is not to run now
  os::FileInfo info;           ///< of the record: owner, mode, size
};

/// One or two words for a list: "running", "idle, last status 0", "paused, last run lost", "never run", "damaged", "(no
/// permission)".
os::Text<64> state_text(const JobState& job) noexcept;

/// Calls `visit(context, job)` for every job of the store, in no order, until it returns false. Code::full, system:
/// not all of them could be looked at.
os::Result<void> list_jobs(const store::Store& store, bool (*visit)(void* context, const JobState& job),
                           void* context) noexcept;

/// What list_jobs() says of one job, for who reads the directory by himself: a record that can't be read is damaged or
/// hidden, a job that was removed since is nothing. Code::full, system: it could not be looked at.
os::Result<std::optional<JobState>> listed_job(const store::Store& store, std::string_view name) noexcept;

/// Code::absent when no job has that name; Code::corrupt, untrusted, denied when its record can't be read.
os::Result<JobState> describe_job(const store::Store& store, std::string_view name) noexcept;

/// Removes an idle job: its record (damaged or not), its lock and its slots. Code::absent; Code::busy while it runs
/// (the error says who). Somebody who waits for the job starts it anew afterwards, with a new record.
os::Result<void> remove_job(const store::Store& store, std::string_view name) noexcept;

}  // namespace shm::guard

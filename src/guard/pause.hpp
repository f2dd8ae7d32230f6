// A job that is not to run for a while: every call of `run` obeys, whoever makes it; what runs already goes on. Any
// process that may write the job's record can pause it and let it go on.
// Invariants: the pause is one piece of the record's summary with a checksum, written by one pwrite, which a kill
// leaves undone or done. What can't be read counts as a pause that nobody gave a reason for.
#pragma once
#include <optional>
#include "guard/record.hpp"

namespace shm::guard {

struct Pause {
  std::int64_t since_ns = 0;  ///< 1970, UTC
  std::int64_t until_ns = 0;  ///< the same; 0: until somebody ends it
  std::uint32_t uid = 0;      ///< whose
  os::Text<reason_bytes + 1> reason;
};

/// The pause that there is at this moment. Costs nothing where there is none.
std::optional<Pause> pause_of(const Summary& summary) noexcept;

/// Pauses job `name`, which is made if there is none, in place of an earlier pause. Code::denied, untrusted, corrupt,
/// full.
os::Result<void> pause_job(const store::Store& store, std::string_view name, const Pause& pause) noexcept;
/// The same in a record that is open for writing.
os::Result<void> put_pause(const Record& record, const Pause& pause) noexcept;
/// Lets it run again; false: it was not paused. Code::absent when there is no such job, and as above.
os::Result<bool> resume_job(const store::Store& store, std::string_view name) noexcept;

}  // namespace shm::guard

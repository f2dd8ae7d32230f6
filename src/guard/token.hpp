// The numbers of a job's runs: each run's is greater than that of every earlier run of that name, though the job was
// removed in between, or the clock was set back. A job's record has its own last one; the store's file `,token` has the
// highest of all jobs that were removed, and is read only for the first run of a record. Any process.
#pragma once
#include "store/store.hpp"

namespace shm::guard {

/// What the tokens of a job begin after whose record has none yet: no job that was removed ever had a greater one. Who
/// asks holds the job, so that it can't be removed meanwhile. Code::denied, untrusted, corrupt.
os::Result<std::uint64_t> token_to_begin_after(const store::Store& store) noexcept;

/// A job is about to be removed whose last token this is. Afterwards its record may go.
os::Result<void> outlive_job(const store::Store& store, std::uint64_t token) noexcept;

}  // namespace shm::guard

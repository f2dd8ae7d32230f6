// Waiting for a run that somebody else has started, until it is over, to learn how it ended: from its supervisor, or,
// where that does not answer, from the end of its command and the job's record. Any process that may read the record.
#pragma once
#include "guard/onlooker.hpp"

namespace shm::guard {

struct Joined {
  Ended ended;
  bool shown = false;        ///< with a Look: the output was shown, up to the end
  std::uint64_t missed = 0;  ///< bytes of it that were no longer kept
};

/// `run`: one that live_holders() has found. `look`: to show its output; null: without. Code::lost: nobody knows how it
/// ended; it is over. Code::timed_out: it is not, at `deadline_ns` of the monotonic clock (-1: none). What `look->show`
/// says.
os::Result<Joined> join_run(const store::Store& store, std::string_view job, const Holder& run, const Look* look,
                            std::int64_t deadline_ns) noexcept;

}  // namespace shm::guard

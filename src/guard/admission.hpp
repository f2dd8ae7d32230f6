// Whether a run may begin now that its job is taken: not too soon after the last one (--once-per), not too late after
// the call (--start-deadline). For acquire's files and forecast.cpp.
// Times between runs count through a suspend and across a restart of the machine. A clock that was set back never makes
// a job wait longer than its period.
#pragma once
#include "guard/attempt.hpp"

namespace shm::guard {

/// The last thing to ask of a job that is taken: `taken`, or why no run is to begin. With --once-per, `taken` means
/// that this run's period has begun; `due_ns` is set for `too_soon`.
Step may_begin(const Want& want, const Record& record, const Here& here, std::int64_t& due_ns) noexcept;

/// From when on, since 1970, a run with --once-per `period_ns` may begin; 0: now.
std::int64_t due_after_last_run(const Record& record, const Here& here, std::int64_t period_ns) noexcept;

/// Whether --start-deadline has passed.
bool too_late(const Want& want) noexcept;

/// The same wish, but not waited for longer than --start-deadline lets it begin.
Want within_start_deadline(const Want& want) noexcept;

/// A part of --jitter, by chance: from nothing to just below all of it.
std::int64_t part_of(std::int64_t jitter_ns) noexcept;
/// Sleeps so long that many calls of one moment spread over --jitter. What is then wanted: the time to wait for the job
/// begins afterwards.
Want sleep_by_chance(const Want& want) noexcept;

}  // namespace shm::guard

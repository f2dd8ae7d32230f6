// How run and who speak of the holders of a job. Pure, but for the clock and the zone of local time; one thread.
#pragma once
#include "guard/acquire.hpp"
#include "hot/line.hpp"

namespace shm::hot {

/// The pid to show: as seen from here, else as it is where the job runs; the supervisor's until the command has
/// started.
int shown_pid(const guard::Holder& holder) noexcept;
/// "pid 1234 (tar czf ...)"; `most`: bytes of the command line to show, 0 for all that is known.
Line who_holds(const guard::Holder& holder, std::size_t most) noexcept;
/// "2026-11-21 00:51:02 (3 s)".
Line since_when(const guard::Holder& holder) noexcept;
/// ", until 2026-11-21 00:52:00 at least", or nothing where nothing says so.
Line until_when(const guard::Holder& holder) noexcept;
/// "paused since ... by USER until ...: REASON".
Line paused_how(const guard::Pause& pause) noexcept;
/// One line that says why the job can't be had.
Line why_busy(const guard::Busy& busy, const guard::Want& want) noexcept;
/// One line that says why the command `program` of a job could not be run.
Line why_not_runnable(const guard::Ended& ended, std::string_view program) noexcept;

}  // namespace shm::hot

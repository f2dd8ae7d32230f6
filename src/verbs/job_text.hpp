// How run and who speak of the holders of a job. Pure.
#pragma once
#include <string>
#include <vector>
#include "guard/acquire.hpp"

namespace shm::verbs {

/// The pid to show: as seen from here, else as it is where the job runs; the supervisor's until the command has
/// started.
int shown_pid(const guard::Holder& holder);
/// How long something took: "0.034 s", "12.5 s", "4 min".
std::string how_long(std::int64_t ns);
/// "pid 1234 (tar czf ...)"; `most`: bytes of the command line to show, 0 for all that is known.
std::string who_holds(const guard::Holder& holder, std::size_t most);
/// "2026-11-21 00:51:02 (3 s)".
std::string since_when(const guard::Holder& holder);
/// ", until 2026-11-21 00:52:00 at least", or nothing where nothing says so.
std::string until_when(const guard::Holder& holder);
/// "paused since ... by USER until ...: REASON".
std::string paused_how(const guard::Pause& pause);
/// One line that says why the job can't be had.
std::string why_busy(const guard::Busy& busy, const guard::Want& want);

}  // namespace shm::verbs

// How run and who speak of the holders of a job. Pure.
#pragma once
#include <string>
#include <vector>
#include "guard/acquire.hpp"

namespace shm::verbs {

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

// How run and who speak of the holders of a job (hot/job_text.hpp), as strings. Pure.
#pragma once
#include <string>
#include "cli/time_text.hpp"
#include "hot/job_text.hpp"

namespace shm::verbs {

using hot::shown_pid;

/// How long something took: "0.034 s", "12.5 s", "4 min".
inline std::string how_long(std::int64_t ns) { return std::string(cli::span_text(ns).view()); }
inline std::string who_holds(const guard::Holder& holder, std::size_t most) {
  return std::string(hot::who_holds(holder, most).view());
}
inline std::string since_when(const guard::Holder& holder) { return std::string(hot::since_when(holder).view()); }
inline std::string until_when(const guard::Holder& holder) { return std::string(hot::until_when(holder).view()); }
inline std::string paused_how(const guard::Pause& pause) { return std::string(hot::paused_how(pause).view()); }
inline std::string why_busy(const guard::Busy& busy, const guard::Want& want) {
  return std::string(hot::why_busy(busy, want).view());
}

}  // namespace shm::verbs

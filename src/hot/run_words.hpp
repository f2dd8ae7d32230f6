// What a usual call of `run` asks for, read from its words and its environment. Nothing is opened. One thread.
#pragma once
#include "guard/acquire.hpp"
#include "guard/supervise.hpp"
#include "hot/words.hpp"

namespace shm::hot {

inline constexpr int status_busy = 75;

/// What every caller of a job wants: to be told if it would wait for itself.
guard::Want plain_want(std::string_view job) noexcept;
/// What SHMCTL_TRIGGER says that the run is started by; empty: nothing.
std::string_view said_trigger() noexcept;

struct UsualRun {
  guard::Want want;
  guard::Plan plan;  ///< without the command's environment
};

/// Nothing where there is an option, a number or a combination that is not usual, or makes no sense; and where a
/// service manager wants to know how the run goes on.
std::optional<UsualRun> read_usual_run(const Words& words) noexcept;

}  // namespace shm::hot

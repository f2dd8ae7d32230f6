// What a call of `run` asks for, read from its options. Parsing opens nothing.
#pragma once
#include <string>
#include "cli/call.hpp"
#include "guard/acquire.hpp"
#include "guard/supervise.hpp"

namespace shm::verbs {

inline constexpr int status_busy = 75;

struct RunRequest {
  guard::Want want;
  guard::Plan plan;  ///< without the command's words and environment
  int busy_status = status_busy;
};

/// Throws cli::Usage.
RunRequest read_run_request(const cli::Call& call);

}  // namespace shm::verbs

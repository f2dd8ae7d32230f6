// The options of `run` that say when and whether a run may begin: --on-busy queue, --keep, --once-per,
// --start-deadline, --jitter, --min-hold. Parsing opens nothing. For run_request.cpp alone.
#pragma once
#include "verbs/run_request.hpp"

namespace shm::verbs {

/// Adds to what is wanted and planned. Throws cli::Usage.
void read_policy(const cli::Call& call, RunRequest& request);

}  // namespace shm::verbs

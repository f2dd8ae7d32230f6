// run --explain: what the same call without that option would do now, and why. Nothing is run, made or counted.
#pragma once
#include "verbs/run_request.hpp"

namespace shm::verbs {

/// Prints it. Returns 0 where the command would run, now or after a wait, else the status that the call would end with.
int explain_run(cli::Call& call, const RunRequest& request);

}  // namespace shm::verbs

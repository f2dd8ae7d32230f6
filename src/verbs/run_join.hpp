// run --on-busy join: where the job is busy, the run that has it stands for one's own.
#pragma once
#include "guard/acquire.hpp"
#include "verbs/run_request.hpp"

namespace shm::verbs {

/// Waits for the run that is in the way, and returns its status; else says why that can't be, and returns the status of
/// a busy job. With --output, what it prints is printed here too, from its start.
int join_run(const cli::Call& call, const store::Store& store, const RunRequest& request, const guard::Busy& busy);

}  // namespace shm::verbs

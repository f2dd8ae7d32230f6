// run --on-busy forward: where the job is busy, its words and its input go to the run that has it, which reads them by
// `inbox`.
#pragma once
#include "guard/acquire.hpp"
#include "verbs/run_request.hpp"

namespace shm::verbs {

/// Throws cli::Usage.
void read_forward(const cli::Call& call, RunRequest& request);

/// Makes `outcome`, of a job that is held, either nothing more to do, or another one: the job was given back meanwhile
/// and this call has it, with its input as it was; or it is refused for another reason than that it is held.
/// True: it was forwarded.
bool forward_run(const cli::Call& call, const store::Store& store, const RunRequest& request, guard::Outcome& outcome);

}  // namespace shm::verbs

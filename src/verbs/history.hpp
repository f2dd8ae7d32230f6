// history: the last runs of a job, or the last calls that were refused. Returns the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int history(cli::Call& call);

}  // namespace shm::verbs

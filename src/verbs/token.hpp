// token: the number of a job's newest run, and whether one's own is still it. Returns the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int token(cli::Call& call);

}  // namespace shm::verbs

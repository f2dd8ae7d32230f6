// who: who holds a job, since when, and who waits. Returns the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int who(cli::Call& call);

}  // namespace shm::verbs

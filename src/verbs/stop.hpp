// stop and signal: ending the runs of a job, or sending them a signal. Each returns the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int stop(cli::Call& call);
int signal(cli::Call& call);

}  // namespace shm::verbs

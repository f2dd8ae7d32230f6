// jobs: all jobs of a store at a glance. Returns the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int jobs(cli::Call& call);

}  // namespace shm::verbs

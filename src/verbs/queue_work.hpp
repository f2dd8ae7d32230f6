// The verb that runs a command for each item of a queue. Returns the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int queue_work(cli::Call& call);

}  // namespace shm::verbs

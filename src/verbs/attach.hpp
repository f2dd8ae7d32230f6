// attach: looks at the output of a job's command while it runs.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int attach(cli::Call& call);

}  // namespace shm::verbs

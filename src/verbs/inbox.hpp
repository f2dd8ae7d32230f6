// inbox: what was forwarded to a job, for its command to read.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int inbox(cli::Call& call);

}  // namespace shm::verbs

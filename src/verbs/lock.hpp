// lock and unlock: a job for a part of a script, held by an open file of the script's.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int lock(cli::Call& call);
int unlock(cli::Call& call);

}  // namespace shm::verbs

// help: what --help says, as a verb.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int help(cli::Call& call);

}  // namespace shm::verbs

// run: one instance of a command. Returns the command's exit status, or why it did not run.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int run(cli::Call& call);

}  // namespace shm::verbs

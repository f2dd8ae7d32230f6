// exec: commands from lines of text, all in this process. Single-threaded.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int exec(cli::Call& call);

}  // namespace shm::verbs

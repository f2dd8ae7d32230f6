// The verbs for objects of every kind: another name, a copy, waiting for what happens to them, and writing them down to
// make them again. Each parses its words, makes one call of the library, and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int copy(cli::Call& call);
int dump(cli::Call& call);
int load(cli::Call& call);
int rename(cli::Call& call);
int wait(cli::Call& call);
int watch(cli::Call& call);

}  // namespace shm::verbs

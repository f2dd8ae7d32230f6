// The verbs of a store as a whole: what is in it, what a name is, away with it, and whether all is well.
// They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int doctor(cli::Call& call);
int ls(cli::Call& call);
int rm(cli::Call& call);
int stat(cli::Call& call);

}  // namespace shm::verbs

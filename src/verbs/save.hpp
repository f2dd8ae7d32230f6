// The verbs that keep a store's content on a disk: what is to be kept, writing it down, making it again. Each parses
// its words, calls the library, and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int persist(cli::Call& call);
int restore(cli::Call& call);
int save(cli::Call& call);
int unpersist(cli::Call& call);

}  // namespace shm::verbs

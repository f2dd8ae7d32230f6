// The verbs of arrays: each parses its words, makes one call, and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int array_add(cli::Call& call);
int array_cas(cli::Call& call);
int array_create(cli::Call& call);
int array_fill(cli::Call& call);
int array_get(cli::Call& call);
int array_len(cli::Call& call);
int array_max(cli::Call& call);
int array_min(cli::Call& call);
int array_set(cli::Call& call);
int array_swap(cli::Call& call);

}  // namespace shm::verbs

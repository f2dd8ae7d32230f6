// The verbs of counters: each parses its words, makes one call a name, and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int counter_cas(cli::Call& call);
int counter_create(cli::Call& call);
int counter_decr(cli::Call& call);
int counter_get(cli::Call& call);
int counter_incr(cli::Call& call);
int counter_max(cli::Call& call);
int counter_min(cli::Call& call);
int counter_reset(cli::Call& call);
int counter_set(cli::Call& call);
int counter_swap(cli::Call& call);

}  // namespace shm::verbs

// The verbs of values: each parses its words by the value's type, makes one call a name, and prints. They return the
// exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int value_add(cli::Call& call);
int value_append(cli::Call& call);
int value_cas(cli::Call& call);
int value_create(cli::Call& call);
int value_get(cli::Call& call);
int value_getdel(cli::Call& call);
int value_set(cli::Call& call);
int value_swap(cli::Call& call);

}  // namespace shm::verbs

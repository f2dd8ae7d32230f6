// The verbs of lists: each parses its words, makes one call of the library, and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int list_append(cli::Call& call);
int list_clear(cli::Call& call);
int list_count(cli::Call& call);
int list_create(cli::Call& call);
int list_get(cli::Call& call);
int list_index(cli::Call& call);
int list_insert(cli::Call& call);
int list_len(cli::Call& call);
int list_pop(cli::Call& call);
int list_remove(cli::Call& call);
int list_reverse(cli::Call& call);
int list_set(cli::Call& call);
int list_sort(cli::Call& call);

}  // namespace shm::verbs

// The verbs of dicts: each parses its words, makes one call of the library, and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int dict_cas(cli::Call& call);
int dict_clear(cli::Call& call);
int dict_contains(cli::Call& call);
int dict_create(cli::Call& call);
int dict_decr(cli::Call& call);
int dict_del(cli::Call& call);
int dict_expire(cli::Call& call);
int dict_get(cli::Call& call);
int dict_getdel(cli::Call& call);
int dict_incr(cli::Call& call);
int dict_items(cli::Call& call);
int dict_keys(cli::Call& call);
int dict_len(cli::Call& call);
int dict_set(cli::Call& call);
int dict_setdefault(cli::Call& call);
int dict_swap(cli::Call& call);
int dict_ttl(cli::Call& call);
int dict_update(cli::Call& call);
int dict_values(cli::Call& call);

}  // namespace shm::verbs

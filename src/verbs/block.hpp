// The verbs of blocks: each parses its words, makes one call, and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int block_add32(cli::Call& call);
int block_add64(cli::Call& call);
int block_cas32(cli::Call& call);
int block_cas64(cli::Call& call);
int block_create(cli::Call& call);
int block_fill(cli::Call& call);
int block_path(cli::Call& call);
int block_read(cli::Call& call);
int block_size(cli::Call& call);
int block_write(cli::Call& call);

}  // namespace shm::verbs

// The verbs of queues: each parses its words, makes one call of the library, and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int queue_ack(cli::Call& call);
int queue_bury(cli::Call& call);
int queue_clear(cli::Call& call);
int queue_create(cli::Call& call);
int queue_items(cli::Call& call);
int queue_kick(cli::Call& call);
int queue_len(cli::Call& call);
int queue_peek(cli::Call& call);
int queue_pop(cli::Call& call);
int queue_push(cli::Call& call);
int queue_release(cli::Call& call);
int queue_stats(cli::Call& call);
int queue_take(cli::Call& call);
int queue_touch(cli::Call& call);

}  // namespace shm::verbs

// logs: what the journal has about jobs. Only the full program can read it (full/logs.cpp).
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int logs(cli::Call& call);

}  // namespace shm::verbs

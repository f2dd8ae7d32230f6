// flock: as flock(1) of util-linux, on a file by its path, on a job by its name. Its exit statuses are that program's.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int flock(cli::Call& call);

}  // namespace shm::verbs

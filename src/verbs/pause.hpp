// pause and resume: whether a job may run, whoever calls. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int pause(cli::Call& call);
int resume(cli::Call& call);

}  // namespace shm::verbs

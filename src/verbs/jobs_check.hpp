// `jobs --check`: what is wrong in the files of jobs, before systemd is told to read them.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

/// The call's operands are the files; none: all that this user's manager would read. Each fault is a line.
int check_jobs(cli::Call& call);

}  // namespace shm::verbs

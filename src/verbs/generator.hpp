// What systemd calls at the start and at each daemon-reload to have units made of the files of jobs
// (systemd.generator(7)). It never keeps the machine from starting: what is wrong with a file is one line in the log,
// and the other jobs are made.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int generator(cli::Call& call);

}  // namespace shm::verbs

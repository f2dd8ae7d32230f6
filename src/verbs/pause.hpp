// pause and resume: whether a job may run, whoever calls. They return the exit status.
#pragma once
#include "cli/call.hpp"
#include "guard/pause.hpp"

namespace shm::verbs {

int pause(cli::Call& call);
int resume(cli::Call& call);

/// For programs: since when, until when, by whom, why. Times are in seconds since 1970.
cli::Json pause_json(const guard::Pause& pause);

}  // namespace shm::verbs

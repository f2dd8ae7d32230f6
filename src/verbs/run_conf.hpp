// `run --conf FILE [NAME [COMMAND...]]`: a job as its file says it (job_conf.hpp).
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

/// Puts into `call` what the file says and the call does not: the name, the command, the options, and as what started
/// it the timer of systemd that did. Throws Usage, Failure.
void apply_conf(cli::Call& call);

}  // namespace shm::verbs

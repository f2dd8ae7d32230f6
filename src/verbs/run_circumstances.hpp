// In what circumstances `run` starts its command, and how often it tries to, as its options say. For run_request.cpp
// alone. Parsing opens nothing; all of it throws cli::Usage.
#pragma once
#include <vector>
#include "cli/call.hpp"
#include "guard/supervise.hpp"

namespace shm::verbs {

/// --nice, --ionice, --cd, --umask. What it points to is the call's.
void read_circumstances(const cli::Call& call, guard::Plan& plan);

/// --retries, --backoff; --repeat of run-one.
void read_tries(const cli::Call& call, guard::Plan& plan);

/// `environment` with what --env and --unset-env change, null at its end; it points into both. Empty: they change
/// nothing.
std::vector<char*> read_environment(const cli::Call& call, char* const* environment);

}  // namespace shm::verbs

// `run --scope`: the supervisor and its command go into a transient scope of the service manager. Single-threaded.
#pragma once
#include "verbs/full.hpp"

namespace shm::full {

/// The manager of a run that asks for a scope; null: it does not. Throws Usage for what can't be, Failure where no
/// service manager answers: nobody then waits for a job that could not run.
std::unique_ptr<verbs::Manager> scope_of(const cli::Call& call, const verbs::RunRequest& request);

}  // namespace shm::full

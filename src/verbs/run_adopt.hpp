// run --adopt: the run that a killed supervisor left behind, watched by this call instead of a new one.
#pragma once
#include <optional>
#include "store/store.hpp"
#include "verbs/full.hpp"
#include "verbs/run_report.hpp"
#include "verbs/run_request.hpp"

namespace shm::verbs {

/// What the call exits with, once the adopted run is over; nothing where there is none to adopt: then run the command.
std::optional<int> adopt_run(const cli::Call& call, const store::Store& store, RunRequest& request,
                             const RunReport& report, const Managers& managers);

}  // namespace shm::verbs

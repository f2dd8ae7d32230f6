// The verbs of metrics: what a store's jobs and chosen objects look like to a monitoring system, and which objects are
// chosen. Each parses its words and prints. They return the exit status.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int export_objects(cli::Call& call);
int metrics(cli::Call& call);
int unexport_objects(cli::Call& call);

}  // namespace shm::verbs

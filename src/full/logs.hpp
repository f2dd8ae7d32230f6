// logs: what runs have written to the journal, read back. Single-threaded.
#pragma once
#include "cli/call.hpp"

namespace shm::full {

int logs(cli::Call& call);

}  // namespace shm::full

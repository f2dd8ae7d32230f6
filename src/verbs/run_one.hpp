// run-one: as run-one(1), a run whose job is named after its command.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

int run_one(cli::Call& call);

/// The job of that command, when user `uid` runs it. Pure.
std::string job_of_command(const std::vector<std::string>& words, std::uint32_t uid);

}  // namespace shm::verbs

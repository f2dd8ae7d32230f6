// How `run` is to take a job from who runs it, and how to hold it: --on-busy replace, --kill-older, --via.
#pragma once
#include "cli/call.hpp"
#include "guard/acquire.hpp"

namespace shm::verbs {

/// Throws cli::Usage.
void read_replace(const cli::Call& call, guard::Want& want);

}  // namespace shm::verbs

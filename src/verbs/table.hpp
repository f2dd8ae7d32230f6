// The table of all verbs. Constant data.
#pragma once
#include "cli/verb.hpp"

namespace shm::verbs {

const cli::Program& program() noexcept;

}  // namespace shm::verbs

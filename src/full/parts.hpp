// What makes the full program full: everything above the verbs that needs libsystemd. Only its main uses this.
#pragma once
#include "verbs/full.hpp"

namespace shm::full {

/// Lives as long as the program.
const verbs::Full& parts() noexcept;

}  // namespace shm::full

// Signals by their names, as the C library's sigabbrev_np() has them, which a program without one has not. Pure.
#pragma once

namespace shm::os {

/// "TERM" for 15; null for a number that has no name.
const char* signal_abbreviation(int signal) noexcept;

}  // namespace shm::os

// Becoming the whole program, which begins again with the same words: for all that the front door does not do by
// itself. Main thread.
#pragma once
#include "front/process.hpp"

namespace shm::front {

/// What it is handed; said once, at the beginning.
void hand_over_as(const Process& process) noexcept;

/// Nothing may have been changed, printed or read by then, and what is printed and not written yet is forgotten. Where
/// the other program is missing, says so and ends with the status of what the system refuses.
[[noreturn]] void hand_over() noexcept;

}  // namespace shm::front

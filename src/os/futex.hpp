// Sleeping until a word of shared memory changes. Any process that has it mapped may sleep, even by a read-only
// mapping.
#pragma once
#include <cstdint>

namespace shm::os {

/// To be called in each turn of a short loop that waits for another processor.
inline void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// Sleeps until somebody wakes sleepers on `word`, but not at all if its low half is no longer that of `seen`, and not
/// longer than `most_ns`. A sleeper is woken for no reason at times: look again, always.
void futex_wait(const std::uint64_t* word, std::uint64_t seen, std::int64_t most_ns) noexcept;
/// Wakes one sleeper on `word`.
void futex_wake(const std::uint64_t* word) noexcept;
/// Wakes all sleepers on `word`.
void futex_wake_all(const std::uint64_t* word) noexcept;

}  // namespace shm::os

// The clocks, in nanoseconds. Any thread may call them; they can't fail.
#pragma once
#include <cstdint>

namespace shm::os {

std::int64_t realtime_ns() noexcept;   ///< since 1970, UTC: to show to people, never to measure with
std::int64_t monotonic_ns() noexcept;  ///< never steps; stands still during suspend: for timeouts of running things
std::int64_t boottime_ns() noexcept;   ///< never steps; counts suspend: for expiry

/// The moment of the monotonic clock that is `ns` from now; the last one there is where that is too far.
std::int64_t after(std::int64_t ns) noexcept;

/// Sleeps until `monotonic_ns` of the monotonic clock; a handled signal ends it early.
void sleep_until(std::int64_t monotonic_ns) noexcept;

}  // namespace shm::os

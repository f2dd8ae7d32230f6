// Sleeping until an object changes, and waking who sleeps. Any process that has the object mapped; see Region::wait().
#pragma once
#include "segment/memory.hpp"

namespace shm::segment {

/// Wakes everybody who sleeps until the object changes. To be called after every step of head's generation; a waker
/// that is killed before it leaves sleepers to wake by themselves, which they do in short time.
void wake_sleepers(const Memory& memory) noexcept;
/// The same where the lock's release stands between the step and the call.
void wake_after_release(const Memory& memory) noexcept;

/// Sleeps until the object's generation is no longer `seen`, `most_ns` at the longest, or for no reason.
/// `announce`: the memory may be written; otherwise nobody knows of this sleeper.
void sleep_on_change(const Memory& memory, std::uint64_t seen, std::int64_t most_ns, bool announce) noexcept;

}  // namespace shm::segment

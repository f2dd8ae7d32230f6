// What a process that ends at once leaves to its end: the kernel then closes and unmaps all of it cheaper than a system
// call does each. The front door says so of its calls about a few names; no other program does. One thread.
#pragma once

namespace shm::os {

#ifdef SHMCTL_FREESTANDING
/// How many more things may be left. 0 at first.
inline unsigned may_be_left = 0;

/// Whether this one is; then it is not asked about again.
inline bool leave_to_the_end() noexcept {
  if (may_be_left == 0) {
    return false;
  }
  --may_be_left;
  return true;
}
#else
constexpr bool leave_to_the_end() noexcept { return false; }
#endif

}  // namespace shm::os

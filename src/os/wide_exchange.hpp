// Two neighbouring words of shared memory, changed by one atomic instruction. Any process, any thread.
#pragma once
#include <cstdint>

namespace shm::os {

struct alignas(16) WideWord {
  std::uint64_t low;
  std::uint64_t high;
};

/// Puts `wanted` there if both words are as `expected` says; false: at least one is not, or was not a moment ago.
/// `at` must be writable memory.
inline bool exchange_wide(WideWord& at, const WideWord& expected, const WideWord& wanted) noexcept {
#if defined(__x86_64__)
  bool done = false;
  std::uint64_t low = expected.low;
  std::uint64_t high = expected.high;
  __asm__ volatile("lock cmpxchg16b %1"
                   : "=@ccz"(done), "+m"(at), "+a"(low), "+d"(high)
                   : "b"(wanted.low), "c"(wanted.high)
                   : "memory");
  return done;
#elif defined(__aarch64__)
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  std::uint32_t failed = 1;
  while (failed != 0) {
    __asm__ volatile("ldaxp %0, %1, %2" : "=&r"(low), "=&r"(high) : "Q"(at) : "memory");
    const bool equal = low == expected.low && high == expected.high;
    // What was read was of one moment only if it can be stored back.
    __asm__ volatile("stlxp %w0, %2, %3, %1"
                     : "=&r"(failed), "=Q"(at)
                     : "r"(equal ? wanted.low : low), "r"(equal ? wanted.high : high)
                     : "memory");
    if (failed == 0 && !equal) {
      return false;
    }
  }
  return true;
#else
#error "this processor's instruction that exchanges two words at once is needed here"
#endif
}

}  // namespace shm::os

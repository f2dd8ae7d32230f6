// The system call seam: every system call of the core goes through call(), which returns the kernel's own answer
// (a value, or -errno) and touches neither errno nor any other state of the C library. So the core also fits into a
// program that has no C library. Any thread of any process may call it.
#pragma once
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <cstdint>
#include <type_traits>

namespace shm::os::sys {

static_assert(sizeof(long) == 8, "offsets are passed in one register: port allocate() and map() before a 32-bit build");

inline long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) noexcept {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
#else
  const long result = ::syscall(number, a, b, c, d, e, f);
  return result == -1 ? -errno : result;
#endif
}

template <class T>
long word(T value) noexcept {
  if constexpr (std::is_pointer_v<T>) {
    return reinterpret_cast<long>(value);
  } else {
    return static_cast<long>(value);
  }
}

/// The kernel's answer to system call `number`: >= 0, or -errno.
template <class... Args>
long call(long number, Args... args) noexcept {
  return raw(number, word(args)...);
}

/// As call(), but starts again when a signal interrupted it.
template <class... Args>
long retry(long number, Args... args) noexcept {
  long result;
  do {
    result = raw(number, word(args)...);
  } while (result == -EINTR);
  return result;
}

}  // namespace shm::os::sys

// The system call seam: every system call of the core goes through call(), which returns the kernel's own answer
// (a value, or -errno) and touches neither errno nor any other state of the C library. So the core also fits into a
// program that has no C library. Any thread of any process may call it.
// Where somebody wants to see the calls (src/trace), they go by way of a tracer. Else that costs a comparison.
#pragma once
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <cstdint>
#include <type_traits>

namespace shm::os::sys {

static_assert(sizeof(long) == 8, "offsets are passed in one register: port allocate() and map() before a 32-bit build");

/// Makes the call whose number and six arguments are `words`, by bare(), and returns its answer. Where the number is
/// negative, somebody makes call `-1 - number` by other means, and it is only to be told.
using Tracer = long (*)(const long* words) noexcept;
/// Null: nobody looks. Set before the first call, by the program itself.
extern Tracer tracer __asm__("shm_os_tracer");

#if defined(__x86_64__)
// The tracer is called past the compiler, with all registers kept (sys.cpp): so the way without it is as it would be if
// there were none. 128 bytes below the stack pointer are the surrounding function's.
#define SHM_SYSTEM_CALL(instructions)                                                  \
  do {                                                                                 \
    register long r10 __asm__("r10") = d;                                              \
    register long r8 __asm__("r8") = e;                                                \
    register long r9 __asm__("r9") = f;                                                \
    __asm__ volatile(instructions /* NOLINT(bugprone-macro-parentheses) */             \
                     : "=a"(result)                                                    \
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) \
                     : "rcx", "r11", "memory");                                        \
  } while (false)
#endif

/// The call itself, of which no tracer is told.
inline long bare(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) noexcept {
  long result;
#if defined(__x86_64__)
  SHM_SYSTEM_CALL("syscall");
#else
  result = ::syscall(number, a, b, c, d, e, f);
  result = result == -1 ? -errno : result;
#endif
  return result;
}

inline long raw(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) noexcept {
  if (tracer != nullptr) [[unlikely]] {
#if defined(__x86_64__)
    long result;
    SHM_SYSTEM_CALL("lea -128(%%rsp), %%rsp\n\tcall shm_os_traced\n\tlea 128(%%rsp), %%rsp");
    return result;
#else
    const long words[] = {number, a, b, c, d, e, f};
    return tracer(&words[0]);
#endif
  }
  return bare(number, a, b, c, d, e, f);
}
#undef SHM_SYSTEM_CALL

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

/// Of a call that is made by other means, right behind this.
template <class... Args>
void tell(long number, Args... args) noexcept {
  if (tracer != nullptr) [[unlikely]] {
    const long words[7] = {-1 - number, word(args)...};
    (void)tracer(&words[0]);
  }
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

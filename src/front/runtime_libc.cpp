// The rest of a C library that the core asks for, for a program that has one thread and no other state than this.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include "front/hand_over.hpp"
#include "os/sys.hpp"

using namespace shm;

extern "C" {
char* getenv(const char* name) {
  for (char** each = environ; *each != nullptr; ++each) {
    std::size_t same = 0;
    while (name[same] != '\0' && (*each)[same] == name[same]) {
      ++same;
    }
    if (name[same] == '\0' && (*each)[same] == '=') {
      return *each + same + 1;
    }
  }
  return nullptr;
}

pid_t getpid() { return static_cast<pid_t>(os::sys::call(SYS_getpid)); }

int pthread_mutex_lock(pthread_mutex_t* /*mutex*/) { return 0; }
int pthread_mutex_unlock(pthread_mutex_t* /*mutex*/) { return 0; }
int pthread_atfork(void (* /*prepare*/)(), void (* /*parent*/)(), void (* /*child*/)()) { return 0; }

// A class that nobody made whole: no such object is ever called.
void __cxa_pure_virtual() { __builtin_trap(); }

// The kernel wants to be told how to come back from a handler.
__asm__(R"(
.text
shmctl_front_restore:
  mov $15, %eax
  syscall
)");
void shmctl_front_restore();

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): not by those of the header
int sigaction(int signal, const struct sigaction* wanted, struct sigaction* before) {
  constexpr unsigned long has_restorer = 0x04000000;
  struct Kernel {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    unsigned long mask;
  };
  Kernel set{};
  Kernel old{};
  if (wanted != nullptr) {
    set.handler = wanted->sa_handler;
    set.flags = static_cast<unsigned long>(wanted->sa_flags) | has_restorer;
    set.restorer = shmctl_front_restore;
    __builtin_memcpy(&set.mask, &wanted->sa_mask, sizeof set.mask);
  }
  const long done = os::sys::call(SYS_rt_sigaction, signal, wanted != nullptr ? &set : nullptr,
                                  before != nullptr ? &old : nullptr, sizeof set.mask);
  if (before != nullptr) {
    before->sa_handler = old.handler;
    before->sa_flags = static_cast<int>(old.flags & ~has_restorer);
    __builtin_memcpy(&before->sa_mask, &old.mask, sizeof old.mask);
  }
  return done < 0 ? -1 : 0;
}
}

// What takes more code than all the rest is the whole program's work: a number with a fraction. A hot verb meets one
// before it changes anything: numbers are read first.
// NOLINTBEGIN(cert-dcl58-cpp): it is the library that is made here
namespace std {
to_chars_result to_chars(char* /*first*/, char* /*last*/, double /*number*/) noexcept { front::hand_over(); }
from_chars_result from_chars(const char* /*first*/, const char* /*last*/, double& /*number*/,
                             chars_format /*format*/) noexcept {
  front::hand_over();
}
}  // namespace std
// NOLINTEND(cert-dcl58-cpp)

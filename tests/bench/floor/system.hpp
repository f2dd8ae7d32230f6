// What the floor programs stand on: x86-64 Linux without a C library. The start, system calls, and no more. Each
// program is one source that includes this and has a main_of(); tests/bench/floor.sh says how they are made. They show
// what a task costs at least, whatever does it, so nothing in them may be slower than it could be: one page of text, no
// data.
#pragma once
#include <asm/unistd.h>
#include <fcntl.h>
#include <cstddef>

namespace floor_of {

inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  long result = 0;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
inline long address(const void* memory) { return reinterpret_cast<long>(memory); }

[[noreturn]] inline void exit_with(int status) {
  for (;;) {
    call(__NR_exit_group, status);
  }
}

inline long open_file(const char* path, int flags) { return call(__NR_openat, AT_FDCWD, address(path), flags, 0600); }

inline bool same(const char* left, const char* right) {
  for (; *left != '\0' && *left == *right; ++left, ++right) {
  }
  return *left == *right;
}

}  // namespace floor_of

/// The program: its words, the first of them its name, and its environment; both end with a null.
extern "C" [[gnu::used]] int main_of(char** words, char** environment);

__asm__(R"(
  .globl _start
_start:
  xor %ebp, %ebp
  mov (%rsp), %rax
  lea 8(%rsp), %rdi
  lea 16(%rsp, %rax, 8), %rsi
  and $-16, %rsp
  call main_of
  mov %eax, %edi
  mov $231, %eax
  syscall
)");

// Where the kernel begins the front door, which has no C library: there is nothing to set up. x86-64.
#include <elf.h>
#include <unistd.h>
#include "front/heap.hpp"
#include "front/process.hpp"
#include "os/sys.hpp"
#include "trace/trace.hpp"

// The stack holds argc, argv, null, the environment, null, and the kernel's notes.
__asm__(R"(
.section .text.start, "ax", @progbits
.globl _start
.type _start, @function
_start:
  xor %ebp, %ebp
  mov %rsp, %rdi
  and $-16, %rsp
  call shmctl_front_start
  hlt
.size _start, . - _start
.text
)");

extern "C" {
char** environ;

[[noreturn]] void shmctl_front_start(long* stack);
void shmctl_front_start(long* stack) {
  shm::front::Process process;
  process.argc = static_cast<int>(stack[0]);
  process.argv = reinterpret_cast<char**>(stack + 1);
  environ = process.argv + process.argc + 1;
  char** end = environ;
  bool traced = false;
  while (*end != nullptr) {
    traced = traced || shm::trace::may_ask(*end);
    ++end;
  }
  for (const auto* note = reinterpret_cast<const Elf64_auxv_t*>(end + 1); note->a_type != AT_NULL; ++note) {
    if (note->a_type == AT_EUID) {
      process.euid = static_cast<std::uint32_t>(note->a_un.a_val);
    } else if (note->a_type == AT_SECURE) {
      process.secure = note->a_un.a_val != 0;
    } else if (note->a_type == AT_EXECFN) {
      process.file = reinterpret_cast<const char*>(note->a_un.a_val);  // NOLINT(performance-no-int-to-ptr)
    }
  }
  if (traced) {
    shm::trace::begin(process.argv, shm::front::allocations);
  }
  const int status = shm::front::main(process);
  for (;;) {
    shm::os::sys::call(SYS_exit_group, status);
  }
}
}

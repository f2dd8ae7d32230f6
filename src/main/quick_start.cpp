// What runs before main() in the static program, in place of the C library's own __libc_start_main. That one asks the
// processor some seventy times by `cpuid` about its caches and its vector instructions. In a virtual machine each of
// these questions is answered by the hypervisor, in about a microsecond: a third of a whole `counter incr`
// (tests/bench). Here nothing is asked: the library's string functions are then those that every x86-64 has, and tables
// of what the processor can do, which they choose by, stay empty. The steps and their order are those of the one
// library that this was written for, GNU's 2.36 (Debian 12). With any other this file is empty, and the program starts
// as every program does. The linker takes this function for it is found before the library's; the names below are all
// defined in the static library, and inside it.
#include <features.h>
#if defined(__x86_64__) && defined(__GLIBC__) && __GLIBC__ == 2 && __GLIBC_MINOR__ == 36
#include <elf.h>
#include <unistd.h>
#include <cstdint>
#include <cstdlib>

// NOLINTBEGIN: reserved names, for these are the library's
extern "C" {
using Initialiser = void (*)(int argc, char** argv, char** environment);
using Finaliser = void (*)();

extern void* __libc_stack_end;
extern void* _dl_random;  // 16 random bytes of the kernel's
extern int __libc_enable_secure;
extern const Elf64_Rela __rela_iplt_start[];
extern const Elf64_Rela __rela_iplt_end[];
extern Initialiser __preinit_array_start[];
extern Initialiser __preinit_array_end[];
extern Initialiser __init_array_start[];
extern Initialiser __init_array_end[];
extern Finaliser __fini_array_start[];
extern Finaliser __fini_array_end[];

void _dl_aux_init(Elf64_auxv_t* auxiliary) noexcept;
void __tunables_init(char** environment) noexcept;
void __libc_setup_tls() noexcept;
void __libc_early_init(bool initial) noexcept;
void __libc_init_first(int argc, char** argv, char** environment) noexcept;
void __libc_check_standard_fds() noexcept;
void* _dl_debug_initialize(Elf64_Addr base, long name_space) noexcept;
int __cxa_atexit(void (*function)(void*), void* argument, void* object) noexcept;
void _init();
void _fini();

// How large a copy must be to be made past the caches, and the like: the library's own values for a processor of which
// it knows nothing.
long __x86_data_cache_size = 32 * 1024;
long __x86_data_cache_size_half = 32 * 1024 / 2;
long __x86_shared_cache_size = 1024 * 1024;
long __x86_shared_cache_size_half = 1024 * 1024 / 2;
long __x86_shared_non_temporal_threshold = 1024 * 1024 * 3 / 4;
long __x86_rep_movsb_threshold = 2048;
long __x86_rep_movsb_stop_threshold = 1024 * 1024 * 3 / 4;
long __x86_rep_stosb_threshold = 2048;
int __x86_string_control = 0;

static void finish(void*) {
  for (Finaliser* next = &__fini_array_end[0]; next != &__fini_array_start[0];) {
    (*--next)();
  }
  _fini();
}

static void call_all(const Initialiser* from, const Initialiser* to, int argc, char** argv) {
  for (; from != to; ++from) {
    (*from)(argc, argv, environ);
  }
}

// No canary may be looked at here: it is made on the way.
__attribute__((no_stack_protector)) int __libc_start_main(int (*main)(int, char**, char**), int argc, char** argv,
                                                          void (*)(), void (*)(), void (*finish_loader)(),
                                                          void* stack_end) {
  environ = argv + argc + 1;
  __libc_stack_end = stack_end;
  char** end = environ;
  while (*end != nullptr) {
    ++end;
  }
  _dl_aux_init(reinterpret_cast<Elf64_auxv_t*>(end + 1));
  __tunables_init(environ);

  // Each function of which there are several for different processors is asked which it shall be.
  for (const Elf64_Rela* each = &__rela_iplt_start[0]; each != &__rela_iplt_end[0]; ++each) {
    *reinterpret_cast<Elf64_Addr*>(each->r_offset) = reinterpret_cast<Elf64_Addr (*)()>(each->r_addend)();
  }
  __libc_setup_tls();

  const auto* const random = static_cast<const std::uintptr_t*>(_dl_random);
  constexpr std::uintptr_t lowest_byte = 0xff;  // a zero in the canary stops what copies a string over it
  __asm__ volatile("mov %0, %%fs:0x28" : : "r"(random[0] & ~lowest_byte) : "memory");
  __asm__ volatile("mov %0, %%fs:0x30" : : "r"(random[1]) : "memory");

  if (finish_loader != nullptr) {
    __cxa_atexit(reinterpret_cast<void (*)(void*)>(finish_loader), nullptr, nullptr);
  }
  __libc_early_init(true);
  __libc_init_first(argc, argv, environ);
  __cxa_atexit(finish, nullptr, nullptr);
  if (__libc_enable_secure != 0) {
    __libc_check_standard_fds();
  }
  call_all(&__preinit_array_start[0], &__preinit_array_end[0], argc, argv);
  _init();
  call_all(&__init_array_start[0], &__init_array_end[0], argc, argv);
  _dl_debug_initialize(0, 0);
  std::exit(main(argc, argv, environ));
}
}
// NOLINTEND
#endif

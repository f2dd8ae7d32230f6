#include "os/ready.hpp"
#include <sys/mman.h>
#include <cstdint>
#include "os/sys.hpp"

#ifdef SHMCTL_FREESTANDING
// NOLINTBEGIN: the linker's names (src/front/layout.ld)
extern "C" {
extern const char __ehdr_start[];
extern const char shmctl_hot_end[];
}
// NOLINTEND

namespace shm::os {

namespace {
constexpr std::uintptr_t page = 4096;
constexpr std::uintptr_t stack_bytes = 4 * page;  // as much as a run uses

void have(std::uintptr_t from, std::uintptr_t until, int advice) noexcept {
  from &= ~(page - 1);
  sys::call(SYS_madvise, from, until - from, advice);  // only saves time
}
}  // namespace

void have_stack() noexcept {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  have(here - stack_bytes, here, MADV_POPULATE_WRITE);
}

void get_ready() noexcept {
  have(reinterpret_cast<std::uintptr_t>(&__ehdr_start[0]), reinterpret_cast<std::uintptr_t>(&shmctl_hot_end[0]),
       MADV_POPULATE_READ);
  have_stack();
}

}  // namespace shm::os
#else
namespace shm::os {
void have_stack() noexcept {}
void get_ready() noexcept {}
}  // namespace shm::os
#endif

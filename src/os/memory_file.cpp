#include "os/memory_file.hpp"
#include <fcntl.h>
#include <linux/memfd.h>
#include "os/file.hpp"

namespace shm::os {

Result<Fd> memory_file(std::span<const std::byte> content) noexcept {
  const long made = sys::call(SYS_memfd_create, "shmctl", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (made < 0) {
    return std::unexpected(fail_errno(-made, "create", "a file in memory"));
  }
  Fd file(static_cast<int>(made));
  if (const auto written = write_at(file, content, 0); !written) {
    return std::unexpected(written.error());
  }
  sys::call(SYS_fcntl, file.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
  return file;
}

}  // namespace shm::os

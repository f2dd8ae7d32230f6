#include "os/standard_streams.hpp"

#include <fcntl.h>

#include "os/sys.hpp"

namespace shm::os {

void hold_standard_streams() noexcept {
  for (int stream = 0; stream < 3; ++stream) {
    if (sys::call(SYS_fcntl, stream, F_GETFD) == -EBADF) {
      // The lowest free number is this one. "/" is there even where /dev is not.
      sys::call(SYS_openat, AT_FDCWD, "/", O_PATH | O_CLOEXEC, 0);
    }
  }
}

}  // namespace shm::os

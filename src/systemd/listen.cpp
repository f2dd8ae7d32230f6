#include "systemd/listen.hpp"
#include <systemd/sd-daemon.h>

namespace shm::systemd {

int listening_descriptors() noexcept {
  const int count = sd_listen_fds(0);
  return count > 0 ? count : 0;
}

}  // namespace shm::systemd

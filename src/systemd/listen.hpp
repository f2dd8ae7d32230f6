// The descriptors of sockets that the service manager has opened for this process. Any thread.
#pragma once
#include "os/error.hpp"

namespace shm::systemd {

/// How many there are, from descriptor 3 on; 0: none, or they are meant for another process.
int listening_descriptors() noexcept;

}  // namespace shm::systemd

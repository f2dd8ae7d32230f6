#include "systemd/notify.hpp"
#include <systemd/sd-daemon.h>
#include <cstdlib>

namespace shm::systemd {

os::Result<ManagerSocket> ManagerSocket::open() noexcept {
  const char* const address = std::getenv("NOTIFY_SOCKET");
  if (address == nullptr || *address == '\0') {
    return std::unexpected(os::fail(os::Code::absent, "tell", "the service manager", "NOTIFY_SOCKET is not set"));
  }
  auto room = os::connect_to_receiver(address);
  if (!room) {
    auto error = room.error();
    error.attempt = "tell the service manager by";
    return std::unexpected(error);
  }
  return ManagerSocket(std::move(*room));
}

Told ManagerSocket::tell(const std::string& message, std::span<const int> files) const noexcept {
  if (!os::has_room(room_)) {
    return Told::not_now;
  }
  const int done = sd_pid_notify_with_fds(0, 0, message.c_str(), files.data(), static_cast<unsigned>(files.size()));
  return done > 0 ? Told::yes : done == -EAGAIN || done == -ENOBUFS ? Told::not_now : Told::never;
}

std::int64_t watchdog_ns() noexcept {
  std::uint64_t us = 0;
  constexpr std::uint64_t most_us = INT64_MAX / 1000;
  return sd_watchdog_enabled(0, &us) > 0 && us <= most_us ? static_cast<std::int64_t>(us) * 1000 : 0;
}

}  // namespace shm::systemd

// Telling the service manager of NOTIFY_SOCKET how far its unit is (sd_notify(3)). One thread at a time.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include "os/datagram.hpp"

namespace shm::systemd {

enum class Told : std::uint8_t {
  yes,
  not_now,  ///< the manager does not read: there is no room for more
  never,    ///< the manager is gone, or refuses this message
};

/// A message is sent by libsystemd, which would sleep until the manager has room for it. So it is asked first, by a
/// socket that is kept for that, whether there is. (Were the last place taken in between, by another process, it would
/// sleep until the manager reads one.)
class ManagerSocket {
 public:
  /// Code::absent: no manager is named.
  static os::Result<ManagerSocket> open() noexcept;

  /// Descriptors go along as copies.
  [[nodiscard]] Told tell(const std::string& message, std::span<const int> files = {}) const noexcept;
  /// Ready to be written to when there is room again.
  [[nodiscard]] int room() const noexcept { return room_.get(); }

 private:
  explicit ManagerSocket(os::Fd room) noexcept : room_(std::move(room)) {}
  os::Fd room_;
};

/// How long the manager waits for a sign of life of this process before it takes it for dead; 0: for ever.
std::int64_t watchdog_ns() noexcept;

}  // namespace shm::systemd

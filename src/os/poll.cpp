#include "os/poll.hpp"
#include <sys/signalfd.h>
#include <ctime>
#include "os/clock.hpp"

namespace shm::os {

void poll_until(std::span<pollfd> list, std::int64_t deadline_ns) noexcept {
  timespec rest{};
  if (deadline_ns >= 0) {
    const std::int64_t ns = deadline_ns - monotonic_ns();
    rest.tv_sec = ns > 0 ? ns / 1'000'000'000 : 0;
    rest.tv_nsec = ns > 0 ? ns % 1'000'000'000 : 0;
  }
  if (sys::call(SYS_ppoll, list.data(), list.size(), deadline_ns >= 0 ? &rest : nullptr, 0, sizeof(std::uint64_t)) <=
      0) {
    for (pollfd& one : list) {
      one.revents = 0;
    }
  }
}

Fd open_signals(SignalSet signals) noexcept {
  const long file = sys::call(SYS_signalfd4, -1, signals.bits(), sizeof(std::uint64_t), SFD_CLOEXEC | SFD_NONBLOCK);
  return file >= 0 ? Fd(static_cast<int>(file)) : Fd();
}

}  // namespace shm::os

#include "os/signals.hpp"
#include <ctime>
#include "os/clock.hpp"

namespace shm::os {

namespace {
SignalSet change_mask(int how, SignalSet signals) noexcept {
  SignalSet before;
  sys::call(SYS_rt_sigprocmask, how, signals.bits(), before.bits(), sizeof(std::uint64_t));
  return before;
}
}  // namespace

SignalSet block_signals(SignalSet signals) noexcept { return change_mask(SIG_BLOCK, signals); }
SignalSet unblock_signals(SignalSet signals) noexcept { return change_mask(SIG_UNBLOCK, signals); }
SignalSet set_signal_mask(SignalSet mask) noexcept { return change_mask(SIG_SETMASK, mask); }

bool signal_ignored(int signal) noexcept {
  struct sigaction action{};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void set_signal_ignored(int signal, bool ignored) noexcept {
  struct sigaction action{};
  action.sa_handler = ignored ? SIG_IGN : SIG_DFL;
  ::sigaction(signal, &action, nullptr);
}

Received next_signal(SignalSet signals, std::int64_t deadline_ns) noexcept {
  for (;;) {
    timespec rest{};
    if (deadline_ns >= 0) {
      const std::int64_t ns = deadline_ns - monotonic_ns();
      rest.tv_sec = ns > 0 ? ns / 1'000'000'000 : 0;
      rest.tv_nsec = ns > 0 ? ns % 1'000'000'000 : 0;
    }
    siginfo_t info{};
    const long signal = sys::call(SYS_rt_sigtimedwait, signals.bits(), &info, deadline_ns >= 0 ? &rest : nullptr,
                                  sizeof(std::uint64_t));
    if (signal > 0) {
      Received received;
      received.signal = static_cast<int>(signal);
      received.from_process = info.si_code == SI_USER || info.si_code == SI_QUEUE || info.si_code == SI_TKILL;
      received.sender = received.from_process ? info.si_pid : 0;
      return received;
    }
    if (signal == -EAGAIN) {
      return {};
    }
  }
}

}  // namespace shm::os

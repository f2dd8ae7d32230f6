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

namespace {
// Signal 0: the time was up, or (`interrupted`) a handler ran.
Received wait_for(SignalSet signals, const timespec* patience, bool& interrupted) noexcept {
  siginfo_t info{};
  const long signal = sys::call(SYS_rt_sigtimedwait, signals.bits(), &info, patience, sizeof(std::uint64_t));
  interrupted = signal < 0 && signal != -EAGAIN;
  if (signal <= 0) {
    return {};
  }
  Received received;
  received.signal = static_cast<int>(signal);
  received.from_process = info.si_code == SI_USER || info.si_code == SI_QUEUE || info.si_code == SI_TKILL;
  received.sender = received.from_process ? info.si_pid : 0;
  return received;
}

timespec time_of(std::int64_t ns) noexcept {
  return ns > 0 ? timespec{ns / 1'000'000'000, ns % 1'000'000'000} : timespec{};
}
}  // namespace

Received next_signal(SignalSet signals, std::int64_t deadline_ns) noexcept {
  for (;;) {
    const timespec rest = deadline_ns >= 0 ? time_of(deadline_ns - monotonic_ns()) : timespec{};
    bool interrupted = false;
    const Received received = wait_for(signals, deadline_ns >= 0 ? &rest : nullptr, interrupted);
    if (!interrupted) {
      return received;
    }
  }
}

Received next_signal_within(SignalSet signals, std::int64_t patience_ns) noexcept {
  const timespec patience = time_of(patience_ns);
  bool interrupted = false;
  return wait_for(signals, &patience, interrupted);
}

}  // namespace shm::os

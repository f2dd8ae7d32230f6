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

#if defined(__x86_64__)
namespace {
// As the kernel has it, which differs from the C library's.
struct Action {
  SignalHandler handler;
  std::uint64_t flags;
  void (*restorer)();
  std::uint64_t mask;
};
constexpr std::uint64_t has_restorer = 0x04000000;

// Where a handler returns to: into the kernel. It has no frame: the stack is as the kernel has left it.
__attribute__((naked, noinline)) void return_from_handler() {
  __asm__ volatile("mov %0, %%rax\n\tsyscall" : : "i"(SYS_rt_sigreturn));
}

SignalHandler change_action(int signal, const SignalHandler* handler) noexcept {
  Action action{handler != nullptr ? *handler : SIG_DFL, has_restorer, return_from_handler, 0};
  Action before{};
  sys::call(SYS_rt_sigaction, signal, handler != nullptr ? &action : nullptr, &before, sizeof(std::uint64_t));
  return before.handler;
}
}  // namespace
#else
namespace {
SignalHandler change_action(int signal, const SignalHandler* handler) noexcept {
  struct sigaction action{};
  struct sigaction before{};
  if (handler != nullptr) {
    action.sa_handler = *handler;
  }
  ::sigaction(signal, handler != nullptr ? &action : nullptr, &before);
  return before.sa_handler;
}
}  // namespace
#endif

SignalHandler set_signal_handler(int signal, SignalHandler handler) noexcept { return change_action(signal, &handler); }

bool signal_ignored(int signal) noexcept { return change_action(signal, nullptr) == SIG_IGN; }

void set_signal_ignored(int signal, bool ignored) noexcept { set_signal_handler(signal, ignored ? SIG_IGN : SIG_DFL); }

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

// Signals taken one after another by waiting for them, never by a handler: what a supervisor needs. For the main thread
// of a single-threaded program.
#pragma once
#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <span>
#include "os/sys.hpp"

namespace shm::os {

/// As the kernel has it: bit N-1 is signal N.
class SignalSet {
 public:
  SignalSet() = default;
  explicit SignalSet(int signal) noexcept { add(signal); }
  explicit SignalSet(std::span<const int> signals) noexcept {
    for (const int signal : signals) {
      add(signal);
    }
  }
  SignalSet(std::initializer_list<int> signals) noexcept {
    for (const int signal : signals) {
      add(signal);
    }
  }
  void add(int signal) noexcept { bits_ |= bit(signal); }
  [[nodiscard]] bool has(int signal) const noexcept { return (bits_ & bit(signal)) != 0; }
  [[nodiscard]] const std::uint64_t* bits() const noexcept { return &bits_; }
  [[nodiscard]] std::uint64_t* bits() noexcept { return &bits_; }

 private:
  static std::uint64_t bit(int signal) noexcept { return std::uint64_t{1} << static_cast<unsigned>(signal - 1); }
  std::uint64_t bits_ = 0;
};

inline constexpr int most_signal = 64;  ///< the highest number of one

/// These return the mask as it was before.
SignalSet block_signals(SignalSet signals) noexcept;
SignalSet unblock_signals(SignalSet signals) noexcept;
SignalSet set_signal_mask(SignalSet mask) noexcept;

/// Whether the signal is ignored, as nohup leaves SIGHUP.
bool signal_ignored(int signal) noexcept;
void set_signal_ignored(int signal, bool ignored) noexcept;  ///< false: its default

/// What this process does at a signal, by the kernel's own call: a program without a C library has no other.
using SignalHandler = void (*)(int signal);
/// From now on `handler` is called, and interrupts what the signal interrupts; returns what was called before (or
/// SIG_DFL, SIG_IGN), to be put back. Not for a handler that others have set with flags of their own.
SignalHandler set_signal_handler(int signal, SignalHandler handler) noexcept;

struct Received {
  int signal = 0;             ///< 0: the deadline passed
  bool from_process = false;  ///< sent by kill(2) or the like; false: the kernel's, as the terminal's keys are
  int sender = 0;             ///< the pid, where a process sent it; 0 if it is of an outer pid namespace
};
/// Takes the next of `signals` (all blocked), or waits for it until `deadline_ns` of the monotonic clock (-1: none).
Received next_signal(SignalSet signals, std::int64_t deadline_ns) noexcept;
/// The same, for `patience_ns` from now on; asks no clock.
Received next_signal_within(SignalSet signals, std::int64_t patience_ns) noexcept;

}  // namespace shm::os

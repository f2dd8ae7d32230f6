// A command that tells somebody of a run, after it: it is started and left to itself, in a session of its own, without
// input and without standard output, so that nothing waits for it. Only where the end of this program would be the
// command's as well (the first process of a container, or the main one of a systemd unit) it is waited for.
// For the main thread of a single-threaded program.
#pragma once
#include "os/error.hpp"
#include "os/signals.hpp"

namespace shm::guard {

class Alert {
 public:
  /// Before this program does anything to its signals: the command is to have them as they are now.
  Alert() noexcept;

  /// Runs `line` by the shell; `environment`: NAME=VALUE, then null. An error if it can't be started.
  [[nodiscard]] os::Result<void> start(const char* line, char* const* environment) const noexcept;

 private:
  os::SignalSet mask_;
  bool pipe_ignored_;
};

}  // namespace shm::guard

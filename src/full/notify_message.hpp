// What a command says to the service manager (lines NAME=VALUE, sd_notify(3)), and what of it the manager is to hear:
// the supervisor is the unit's main process and stays it, and the unit may go on when one try of its command ends.
// Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace shm::full {

/// As much as systemd takes.
inline constexpr std::size_t most_message = 4096;

struct Passing {
  bool ready_told = false;    ///< that the unit is ready: it is said once,
  bool reloading = false;     ///< and after each reload
  bool more_follows = false;  ///< the end of the command is not the end of the unit
  bool pings = false;         ///< the command has shown the watchdog that it lives
};

/// Empty: nothing. Notes in `passing` what has been said.
std::string passed_on(std::string_view message, Passing& passing);

}  // namespace shm::full

#include "verbs/managed.hpp"
#include <cstdlib>
#include "guard/environment.hpp"
#include "os/own_program.hpp"

namespace shm::verbs {

namespace {
struct Variables {
  bool manager = false;
  bool watchdog = false;
  bool sockets = false;
};

// One look at the first letter of each, where getenv() for each would compare more of all.
Variables look_around() noexcept {
  Variables found;
  for (char* const* variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string_view text(*variable);
    switch (**variable) {
      case 'N': found.manager = found.manager || (text.starts_with("NOTIFY_SOCKET=") && text.back() != '='); break;
      case 'W':
        if (text.starts_with("WATCHDOG_PID=")) {
          found.watchdog = os::is_own_pid(text.substr(text.find('=') + 1));
        }
        break;
      case 'L':
        if (text.starts_with("LISTEN_PID=")) {
          found.sockets = os::is_own_pid(text.substr(text.find('=') + 1));
        }
        break;
      default: break;
    }
  }
  return found;
}

// systemd names the process that it starts; the one that a unit's other commands are about it names to those. Where
// nobody is named, who was not started by a run is meant.
bool is_main() noexcept {
  const char* const started = std::getenv("SYSTEMD_EXEC_PID");
  const bool this_one = started != nullptr ? os::is_own_pid(started) : std::getenv("SHMCTL_JOB") == nullptr;
  return this_one && std::getenv("MAINPID") == nullptr;
}
}  // namespace

Managed managed(const cli::Call& call) noexcept {
  const Variables said = look_around();
  Managed managed;
  managed.watchdog = said.watchdog;
  managed.sockets = said.sockets;
  if (said.manager && call.argument("notify") != "none") {
    managed.main = is_main();
    managed.notify = managed.main || call.has("notify");
  }
  return managed;
}

}  // namespace shm::verbs

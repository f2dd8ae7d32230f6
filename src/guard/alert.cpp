#include "guard/alert.hpp"
#include <fcntl.h>
#include <sys/wait.h>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include "os/fd.hpp"
#include "os/process.hpp"
#include "os/spawn.hpp"

namespace shm::guard {

namespace {
// systemd says in the environment which process is a unit's main one; when that ends, it ends the others.
bool others_end_with_this_one() noexcept {
  const int self = os::own_pid();
  const char* const said = std::getenv("SYSTEMD_EXEC_PID");
  int main = 0;
  if (said != nullptr) {
    std::from_chars(said, said + std::strlen(said), main);
  }
  return self == 1 || self == main;
}
}  // namespace

Alert::Alert() noexcept : mask_(os::block_signals({})), pipe_ignored_(os::signal_ignored(SIGPIPE)) {}

os::Result<void> Alert::start(const char* line, char* const* environment) const noexcept {
  const long nothing = os::sys::retry(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0);
  if (nothing < 0) {
    return std::unexpected(os::fail_errno(-nothing, "alert by", line));
  }
  const os::Fd null(static_cast<int>(nothing));
  char shell[] = "/bin/sh";
  char option[] = "-c";
  char* const words[] = {&shell[0], &option[0], const_cast<char*>(line), nullptr};
  os::Command command;
  command.words = &words[0];
  command.environment = environment;
  command.mask = mask_;
  command.input = command.output = null.get();
  command.circumstances.own_session = true;
  if (!pipe_ignored_) {
    os::set_signal_ignored(SIGPIPE, false);  // the run may have had it ignored
  }
  const auto started = os::start_command(command);
  if (!started) {
    return std::unexpected(started.error());
  }
  if (started->exec_errno != 0) {
    return std::unexpected(os::fail_errno(started->exec_errno, "alert by", line));
  }
  if (others_end_with_this_one()) {
    os::sys::retry(SYS_wait4, started->pid, 0, 0, 0);
  }
  return {};
}

}  // namespace shm::guard

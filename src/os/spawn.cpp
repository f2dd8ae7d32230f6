#include "os/spawn.hpp"
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <vector>
#include "os/clock.hpp"
#include "os/process.hpp"
#include "os/text.hpp"

// Between clone and exec the child runs in the caller's memory: no heap, no errno, nothing that a tool instruments.
#define SHM_IN_CHILD __attribute__((no_sanitize("address", "thread", "undefined")))

namespace shm::os {

namespace {
constexpr std::string_view default_path = "/bin:/usr/bin";  // execvp's, where there is no PATH
constexpr std::size_t stack_size = 32768;                   // two paths and some calls

struct Child {
  const Command* command;
  const char* path;       // PATH's value
  char* const* by_shell;  // "/bin/sh", a place for the file, the arguments
  volatile int error;
};

// Tries one file; comes back only if it can't be run.
SHM_IN_CHILD int run_file(const Child& child, const char* file) noexcept {
  const Command& command = *child.command;
  long result = sys::call(SYS_execve, file, command.words, command.environment);
  if (result == -ENOEXEC) {  // a script without `#!`, as execvp takes it
    const_cast<const char**>(child.by_shell)[1] = file;
    result = sys::call(SYS_execve, "/bin/sh", child.by_shell, command.environment);
  }
  return static_cast<int>(-result);
}

SHM_IN_CHILD bool go_on_searching(int error) noexcept {
  return error == ENOENT || error == ENOTDIR || error == EACCES || error == ESTALE || error == ENODEV ||
         error == ETIMEDOUT;
}

SHM_IN_CHILD int run_found(const Child& child) noexcept {
  const std::string_view name = child.command->words[0];
  if (name.empty()) {
    return ENOENT;
  }
  if (name.find('/') != std::string_view::npos) {
    return run_file(child, child.command->words[0]);
  }
  bool refused = false;
  std::string_view rest = child.path;
  for (bool more = true; more;) {
    const auto colon = rest.find(':');
    const auto directory = rest.substr(0, colon);
    more = colon != std::string_view::npos;
    rest.remove_prefix(more ? colon + 1 : rest.size());
    Path file(directory);
    if (!directory.empty()) {  // an empty one means the working directory
      file.add("/");
    }
    // Asking first is much cheaper than an exec that fails.
    if (file.add(name).cut() || sys::call(SYS_faccessat, AT_FDCWD, file.c_str(), F_OK) == -ENOENT) {
      continue;
    }
    const int error = run_file(child, file.c_str());
    if (!go_on_searching(error)) {
      return error;
    }
    refused = refused || error == EACCES;
  }
  return refused ? EACCES : ENOENT;
}

SHM_IN_CHILD int in_child(void* argument) noexcept {
  auto& child = *static_cast<Child*>(argument);
  const Command& command = *child.command;
  if (command.started != nullptr) {
    __atomic_store_n(command.started, start_ticks(boottime_ns()), __ATOMIC_RELEASE);
  }
  for (const int number : command.keep) {
    sys::call(SYS_fcntl, number, F_SETFD, 0);  // in the child's own table: the caller's stays close-on-exec
  }
  for (int signal = 1; signal < 65; ++signal) {
    if (command.ignored.has(signal)) {
      set_signal_ignored(signal, true);
    }
  }
  set_signal_mask(command.mask);
  child.error = run_found(child);
  sys::call(SYS_exit_group, 127);
  return 127;
}

const char* path_of(char* const* environment) noexcept {
  for (; *environment != nullptr; ++environment) {
    if (std::string_view(*environment).starts_with("PATH=")) {
      return *environment + 5;
    }
  }
  return default_path.data();
}
}  // namespace

Result<Started> start_command(const Command& command) noexcept {
  char shell[] = "/bin/sh";
  std::vector<char*> by_shell{&shell[0], nullptr};
  for (char* const* word = command.words + 1; *word != nullptr; ++word) {
    by_shell.push_back(*word);
  }
  by_shell.push_back(nullptr);
  Child child{&command, path_of(command.environment), by_shell.data(), 0};

  alignas(16) std::byte stack[stack_size];
  std::int32_t pid_here = 0;
  // No handler of this program may run in the child while it uses this program's memory. But for one: `started` is in a
  // file's memory, which somebody may cut short, and a blocked SIGBUS would end the child as if the command had died.
  const SignalSet all_but_bus_error = [] {
    SignalSet set(SIGBUS);
    *set.bits() = ~*set.bits();
    return set;
  }();
  const SignalSet mask = block_signals(all_but_bus_error);
  const int pid = ::clone(in_child, &stack[stack_size], CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD, &child,
                          command.pid != nullptr ? command.pid : &pid_here);
  const int error = errno;
  set_signal_mask(mask);
  if (pid < 0) {
    return std::unexpected(error == EAGAIN ? fail(Code::full, "start", "a process", "too many processes",
                                                  "raise the limit of processes (ulimit -u), or wait")
                                           : fail_errno(error, "start", "a process"));
  }
  if (child.error != 0) {
    sys::retry(SYS_wait4, pid, 0, 0, 0);
    return Started{0, child.error};
  }
  return Started{pid, 0};
}

}  // namespace shm::os

// Starts a command as fast as the kernel can (vfork's way: the caller sleeps until the command is under way), with its
// pid on record before it runs its first instruction. For a single-threaded program.
#pragma once
#include <span>
#include "os/error.hpp"
#include "os/signals.hpp"

namespace shm::os {

/// How a command's process is to differ from its caller's. What is not said stays.
struct Circumstances {
  const char* directory = nullptr;  ///< to work in
  int nice = 0;                     ///< added to the caller's
  int io_priority = -1;             ///< as ioprio_set(2) takes it; -1: the caller's
  int file_mode_mask = -1;          ///< umask; -1: the caller's
  bool own_session = false;         ///< no terminal, and none of its signals
};

/// What could not be done where a command could not be run.
enum class StartStep : std::uint8_t { run, enter_directory, set_nice, set_io_priority };

inline constexpr std::size_t pid_room = 11;  ///< the digits of a pid and a NUL

struct Command {
  char* const* words = nullptr;        ///< the command and its arguments, then null; found in PATH as a shell would
  char* const* environment = nullptr;  ///< NAME=VALUE, then null; its PATH is the one that counts
  std::span<const int> keep;           ///< descriptors that the command inherits by these numbers
  SignalSet mask;                      ///< the command's signal mask
  SignalSet ignored;                   ///< signals to ignore in the command that this program does not ignore
  int input = -1;                      ///< becomes the command's standard input, if there is one
  int output = -1;                     ///< the same for its standard output
  int error = -1;                      ///< and its standard error
  Circumstances circumstances;
  std::int32_t* pid = nullptr;       ///< the kernel stores the pid here before the command exists for anybody
  std::uint64_t* started = nullptr;  ///< receives start_ticks() of a moment after the start, before the command runs
  /// Places in the environment, each with pid_room bytes, where the new process writes its own pid in decimal.
  std::span<char* const> pid_texts;
};

struct Started {
  int pid = 0;                      ///< 0: the command could not be run, and nothing is left of the try
  int exec_errno = 0;               ///< then: why
  StartStep step = StartStep::run;  ///< and what it was that failed
};

/// Code::full or system when there can be no new process at all.
Result<Started> start_command(const Command& command) noexcept;

/// This process becomes the command: `words`, `environment` and `keep` count, the rest stays as it is. Comes back only
/// if that can't be, with the errno of why.
int become_command(const Command& command) noexcept;

/// What must have happened before a command may run its first instruction; false: it must not run at all.
struct Admission {
  bool (*admit)(void* context, int pid);
  void* context;
};

/// As start_command(), by fork: the command does not run before `admission` has said so for its pid, and if this
/// program ends before that, it never does. `Command::pid` and `started` are not written. What was not admitted is
/// waited for (pid 0); what could not be run (exec_errno) is not: it has a pid, and ends with status 127.
Result<Started> start_admitted(const Command& command, const Admission& admission) noexcept;

}  // namespace shm::os

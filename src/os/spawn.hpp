// Starts a command as fast as the kernel can (vfork's way: the caller sleeps until the command is under way), with its
// pid on record before it runs its first instruction. For a single-threaded program.
#pragma once
#include <span>
#include "os/error.hpp"
#include "os/signals.hpp"

namespace shm::os {

struct Command {
  char* const* words = nullptr;        ///< the command and its arguments, then null; found in PATH as a shell would
  char* const* environment = nullptr;  ///< NAME=VALUE, then null; its PATH is the one that counts
  std::span<const int> keep;           ///< descriptors that the command inherits by these numbers
  SignalSet mask;                      ///< the command's signal mask
  SignalSet ignored;                   ///< signals to ignore in the command that this program does not ignore
  std::int32_t* pid = nullptr;         ///< the kernel stores the pid here before the command exists for anybody
  std::uint64_t* started = nullptr;    ///< receives start_ticks() of a moment after the start, before the command runs
};

struct Started {
  int pid = 0;         ///< 0: the command could not be run, and nothing is left of the try
  int exec_errno = 0;  ///< then: why
};

/// Code::full or system when there can be no new process at all.
Result<Started> start_command(const Command& command) noexcept;

}  // namespace shm::os

// A command and what has come of it: found by walking the parents in /proc, signalled by pidfd, so that a pid given to
// another process in between is never hit. One walk is a moment's view: who must be sure repeats it.
#pragma once
#include <vector>
#include "os/process.hpp"

namespace shm::guard {

/// Where the command's processes begin.
struct Roots {
  int command = 0;                  ///< the command's pid
  std::uint64_t command_start = 0;  ///< not 0: it is no child of this process, and its pid is it only with this start
  bool adopted = false;             ///< also this process's other children: orphans of the command that it was given
  std::vector<int> strangers;       ///< but not these, which it had before
  std::vector<os::ProcessState> known;  ///< also these, of a tree whose orphans this process is not given
};

/// All processes of this pid namespace that this one may see.
std::vector<os::ProcessState> all_processes() noexcept;

/// The processes below the roots, parents before children; ended ones that nobody has waited for yet are left out.
std::vector<os::ProcessState> find_tree(const Roots& roots) noexcept;

bool in_tree(const Roots& roots, int pid) noexcept;

/// Sends `signal` to each process of the tree that may be signalled, parents first. Where there is no /proc: to the
/// command alone.
void signal_tree(const Roots& roots, int signal) noexcept;

/// Sends `signal` to the command alone, if it has not ended.
void signal_command(const Roots& roots, int signal) noexcept;

}  // namespace shm::guard

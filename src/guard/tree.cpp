#include "guard/tree.hpp"
#include <algorithm>
#include <csignal>

namespace shm::guard {

namespace {
using os::ProcessState;

bool is_root(const Roots& roots, const ProcessState& process, int self) noexcept {
  const auto is = [&](const ProcessState& one) { return process.pid == one.pid && process.start == one.start; };
  if (process.pid == roots.command && (roots.command_start == 0 || process.start == roots.command_start)) {
    return true;
  }
  if (std::any_of(roots.known.begin(), roots.known.end(), is)) {
    return true;
  }
  return roots.adopted && process.parent == self &&
         std::find(roots.strangers.begin(), roots.strangers.end(), process.pid) == roots.strangers.end();
}
}  // namespace

std::vector<ProcessState> all_processes() noexcept {
  std::vector<ProcessState> all;
  (void)os::each_process(
      [](void* context, const ProcessState& process) {
        static_cast<std::vector<ProcessState>*>(context)->push_back(process);
        return true;
      },
      &all);
  return all;
}

std::vector<ProcessState> find_tree(const Roots& roots) noexcept {
  const int self = os::own_pid();
  auto rest = all_processes();
  std::vector<ProcessState> tree;
  const auto take = [&](auto belongs) {
    const auto end = std::partition(rest.begin(), rest.end(), [&](const auto& one) { return !belongs(one); });
    tree.insert(tree.end(), end, rest.end());
    rest.erase(end, rest.end());
  };
  take([&](const ProcessState& process) { return is_root(roots, process, self); });
  for (std::size_t next = 0; next < tree.size(); ++next) {
    take([parent = tree[next].pid](const ProcessState& process) { return process.parent == parent; });
  }
  std::erase_if(tree, [](const ProcessState& process) { return process.ended(); });
  return tree;
}

bool in_tree(const Roots& roots, int pid) noexcept {
  if (!os::has_proc()) {
    return false;
  }
  const auto tree = find_tree(roots);
  return std::any_of(tree.begin(), tree.end(), [pid](const ProcessState& process) { return process.pid == pid; });
}

void signal_tree(const Roots& roots, int signal) noexcept {
  if (!os::has_proc()) {
    signal_command(roots, signal);
    return;
  }
  for (const ProcessState& process : find_tree(roots)) {
    if (const auto target = os::open_process(process.pid, process.start)) {
      (void)os::signal_process(*target, signal);
    }
  }
}

// A child of this process: until it is waited for, its pid is nobody else's.
void signal_command(const Roots& roots, int signal) noexcept {
  if (roots.command_start != 0) {
    if (const auto command = os::open_process(roots.command, roots.command_start)) {
      (void)os::signal_process(*command, signal);
    }
    return;
  }
  if (roots.command != 0) {
    os::sys::call(SYS_kill, roots.command, signal);
  }
}

}  // namespace shm::guard

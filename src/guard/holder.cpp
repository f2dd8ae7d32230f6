#include "guard/holder.hpp"

namespace shm::guard {

namespace {
// A supervisor that lives, but whose entry can't be read yet: it is about to start its command.
Holder starting(std::size_t index) noexcept {
  Holder holder;
  holder.entry = index;
  holder.recorded = false;
  holder.supervisor_alive = true;
  return holder;
}

Holder as_holder(const Snapshot& snapshot, const Here& here) noexcept {
  Holder holder;
  holder.mode = snapshot.mode;
  holder.slot = snapshot.slot;
  holder.via_socket = snapshot.via_socket;
  holder.token = snapshot.token;
  holder.since_ns = snapshot.since_ns;
  holder.from_ticks = snapshot.command_from;
  holder.hold_until_ns = snapshot.hold_until_ns;
  holder.supervisor_pid = snapshot.supervisor_pid;
  holder.pid = snapshot.command_pid;
  holder.descriptor = snapshot.descriptor;
  holder.lock = snapshot.lock;
  holder.same_namespace = snapshot.where.pid_namespace == here.pid_namespace;
  holder.uid = snapshot.uid;
  holder.trigger = snapshot.trigger;
  holder.command_line = snapshot.command;
  return holder;
}
}  // namespace

std::vector<Holder> live_holders(const Record& record, const Here& here, Asked asked) noexcept {
  std::vector<Holder> holders;
  for (std::size_t i = 0; i < record.entries(); ++i) {
    const Entry& entry = record.entry(i);
    if (entry.state.load() == 0 && entry.version.load() % 2 == 0) {
      continue;
    }
    const bool supervised = record.taken(i);
    Snapshot snapshot;
    if (!read_entry(entry, snapshot)) {
      if (supervised && entry.version.load() % 2 != 0) {
        holders.push_back(starting(i));
      }
      continue;
    }
    Holder holder = as_holder(snapshot, here);
    holder.entry = i;
    holder.supervisor_alive = supervised;
    const bool as_recorded = asked == Asked::briefly && supervised && holder.same_namespace;
    holder.command = as_recorded ? Seen{snapshot.command_pid, 0} : find_command(snapshot, here);
    if (supervised || (holder.command.pid != 0 && !holder.via_socket)) {
      holders.push_back(holder);
    }
  }
  return holders;
}

bool excludes(const Holder& holder, Mode mode, std::uint32_t slot) noexcept {
  if (!holder.recorded) {
    return false;  // it has its kernel locks, or it would not be writing its entry: they decide
  }
  if (mode == Mode::exclusive || holder.mode == Mode::exclusive) {
    return true;
  }
  return mode == Mode::slot && holder.mode == Mode::slot && holder.slot == slot;
}

bool held_by_file(const Holder& holder, const os::FileInfo& lock) noexcept {
  return holder.descriptor >= 0 && holder.lock.same_file(lock);
}

bool runs_inside(const Holder& holder, std::uint64_t token) noexcept {
  if (!holder.recorded) {
    return false;
  }
  if (!holder.same_namespace || !os::has_proc()) {
    return token != 0 && token == holder.token;
  }
  // This process asks for the job, so it runs it no more: an entry that names it as supervisor is an old one, which
  // somebody is about to fill in anew.
  const int self = os::own_pid();
  int pid = self;
  for (int steps = 0; pid > 0 && steps < 10000; ++steps) {
    const bool supervises = holder.supervisor_alive && pid == holder.supervisor_pid && pid != self;
    if (supervises || pid == holder.command.pid) {
      return true;
    }
    const auto process = os::process_state(pid);
    pid = process ? process->parent : 0;
  }
  return false;
}

std::vector<Holder> users_of(const os::FileInfo& file) noexcept {
  struct Search {
    const os::FileInfo& file;
    std::vector<Holder> found;
  } search{file, {}};
  (void)os::each_process(
      [](void* context, const os::ProcessState& process) {
        auto& wanted = *static_cast<Search*>(context);
        if (process.pid != os::own_pid() && !process.ended() && os::has_open(process.pid, wanted.file)) {
          Holder holder;
          holder.recorded = false;
          holder.pid = process.pid;
          holder.command = {process.pid, process.start};
          holder.command_line.add(os::command_of(process.pid).view());
          wanted.found.push_back(holder);
        }
        return true;
      },
      &search);
  return search.found;
}

}  // namespace shm::guard

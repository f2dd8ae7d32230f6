#include "guard/entry.hpp"
#include <unistd.h>
#include "os/clock.hpp"

namespace shm::guard {

namespace {
constexpr int tries = 100;  // a writer is done in well under a microsecond, unless it was killed or stopped

void store_command(Entry& entry, std::string_view command) noexcept {
  char text[command_bytes] = {};
  const std::size_t size = command.size() < sizeof text ? command.size() : sizeof text;
  for (std::size_t i = 0; i < size; ++i) {
    text[i] = command[i];
  }
  std::uint64_t words[command_bytes / sizeof(std::uint64_t)];
  __builtin_memcpy(&words[0], &text[0], sizeof words);
  for (std::size_t i = 0; i < std::size(words); ++i) {
    entry.command[i].store(words[i]);
  }
  entry.command_size.store(size);
}

void load_command(const Entry& entry, os::Text<command_bytes + 1>& command) noexcept {
  std::uint64_t words[command_bytes / sizeof(std::uint64_t)];
  for (std::size_t i = 0; i < std::size(words); ++i) {
    words[i] = entry.command[i].load();
  }
  char text[command_bytes];
  __builtin_memcpy(&text[0], &words[0], sizeof text);
  const std::uint64_t size = entry.command_size.load();
  command.clear();
  command.add({&text[0], size < sizeof text ? size : sizeof text});
}

// Pids are positive and fit into an int; anything else in the record means none.
int as_pid(std::uint64_t word) noexcept { return word <= 0x7fffffffU ? static_cast<int>(word) : 0; }

bool is_command(const Snapshot& snapshot, const os::ProcessState& process) noexcept {
  return !process.ended() && process.start >= snapshot.command_from &&
         (snapshot.command_until == 0 || process.start <= snapshot.command_until);
}

Seen find_here(const Snapshot& snapshot) noexcept {
  if (os::has_proc()) {
    const auto process = os::process_state(snapshot.command_pid);
    if (process) {
      return is_command(snapshot, *process) ? Seen{process->pid, process->start} : Seen{};
    }
  }
  // It may be there and yet hidden (hidepid, no /proc): better one run too few than one too many.
  return os::process_exists(snapshot.command_pid) ? Seen{snapshot.command_pid, 0} : Seen{};
}

// In a namespace inside this one it has another pid here. From outside a namespace nothing of it can be seen.
Seen find_inside(const Snapshot& snapshot) noexcept {
  struct Search {
    const Snapshot& snapshot;
    Seen found;
  } search{snapshot, {}};
  (void)os::each_process(
      [](void* context, const os::ProcessState& process) {
        auto& wanted = *static_cast<Search*>(context);
        if (is_command(wanted.snapshot, process) && os::innermost_pid(process.pid) == wanted.snapshot.command_pid &&
            os::pid_namespace_of(process.pid) == wanted.snapshot.where.pid_namespace) {
          wanted.found = Seen{process.pid, process.start};
          return false;
        }
        return true;
      },
      &search);
  return search.found;
}
}  // namespace

Here Here::look() noexcept { return {os::boot_id(), os::pid_namespace()}; }

void fill_entry(Entry& entry, const Run& run, const Here& here) noexcept {
  entry.version.store(entry.version.load() | 1U);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  entry.command_pid.store(0);
  entry.command_from.store(os::start_ticks(os::boottime_ns()));
  entry.command_until.store(0);
  entry.supervisor_pid.store(static_cast<std::uint64_t>(::getpid()));
  entry.boot_high.store(here.boot.high);
  entry.boot_low.store(here.boot.low);
  entry.pid_namespace.store(here.pid_namespace);
  entry.since_ns.store(static_cast<std::uint64_t>(run.since_ns));
  entry.token.store(run.token);
  store_command(entry, run.command);
  entry.state.store(pack_state(run.mode, run.slot));
  entry.version.store((entry.version.load() | 1U) + 1U);
}

bool read_entry(const Entry& entry, Snapshot& snapshot) noexcept {
  for (int turn = 0; turn < tries; ++turn) {
    const std::uint64_t version = entry.version.load();
    const std::uint64_t state = entry.state.load();
    if (state == 0) {
      return false;
    }
    if (version % 2 != 0) {
      continue;
    }
    snapshot.mode = mode_of(state);
    snapshot.slot = slot_of(state);
    snapshot.token = entry.token.load();
    snapshot.since_ns = static_cast<std::int64_t>(entry.since_ns.load());
    snapshot.command_pid = as_pid(entry.command_pid.load());
    snapshot.command_from = entry.command_from.load();
    snapshot.command_until = entry.command_until.load();
    snapshot.supervisor_pid = as_pid(entry.supervisor_pid.load());
    snapshot.where.boot = {entry.boot_high.load(), entry.boot_low.load()};
    snapshot.where.pid_namespace = entry.pid_namespace.load();
    load_command(entry, snapshot.command);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (entry.version.load() == version && entry.state.load() == state) {
      return true;
    }
  }
  return false;
}

Seen find_command(const Snapshot& snapshot, const Here& here) noexcept {
  if (snapshot.command_pid == 0 || snapshot.where.boot != here.boot) {
    return {};
  }
  const bool known = snapshot.where.pid_namespace != 0 && here.pid_namespace != 0;
  return !known || snapshot.where.pid_namespace == here.pid_namespace ? find_here(snapshot) : find_inside(snapshot);
}

}  // namespace shm::guard

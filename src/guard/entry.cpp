#include "guard/entry.hpp"
#include "guard/packed_text.hpp"
#include "os/clock.hpp"

namespace shm::guard {

namespace {
constexpr int tries = 100;  // a writer is done in well under a microsecond, unless it was killed or stopped

template <std::size_t Words>
void store_text(Cell (&cells)[Words], std::string_view text) noexcept {
  const auto packed = PackedText<Words>::of(text);
  for (std::size_t i = 0; i < Words; ++i) {
    cells[i].store(packed.words[i]);
  }
}

template <std::size_t Words>
PackedText<Words> load_text(const Cell (&cells)[Words]) noexcept {
  PackedText<Words> packed = {};
  for (std::size_t i = 0; i < Words; ++i) {
    packed.words[i] = cells[i].load();
  }
  return packed;
}

void store_command(Entry& entry, std::string_view command) noexcept {
  store_text(entry.command, command);
  entry.command_size.store(command.size() < command_bytes ? command.size() : command_bytes);
}

void load_command(const Entry& entry, os::Text<command_bytes + 1>& command) noexcept {
  const auto packed = load_text(entry.command);
  char text[command_bytes];
  __builtin_memcpy(&text[0], &packed.words[0], sizeof text);
  const std::uint64_t size = entry.command_size.load();
  command.clear();
  command.add({&text[0], size < sizeof text ? size : sizeof text});
}

// Pids are positive and fit into an int; anything else in the record means none.
int as_pid(std::uint64_t word) noexcept { return word <= 0x7fffffffU ? static_cast<int>(word) : 0; }
int as_descriptor(std::uint64_t word) noexcept { return as_pid(word) - 1; }

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

namespace {
constexpr std::uint64_t check_of(const os::BootId& boot) noexcept {
  return ~(boot.high ^ (boot.low << 1U | boot.low >> 63U));
}

os::BootId boot_of(const Record& record) noexcept {
  Summary& summary = record.summary();
  const os::BootId known{summary.boot_high.load(), summary.boot_low.load()};
  const bool in_memory = os::is_in_memory(record.file());
  if (in_memory && known != os::BootId{} && summary.boot_check.load() == check_of(known)) {
    return known;
  }
  const os::BootId boot = os::boot_id();
  if (in_memory && boot != os::BootId{}) {
    summary.boot_check.store(0);  // a kill from here on leaves what is not believed
    summary.boot_high.store(boot.high);
    summary.boot_low.store(boot.low);
    summary.boot_check.store(check_of(boot));
  }
  return boot;
}
}  // namespace

Here Here::look(const Record& record) noexcept { return {boot_of(record), os::pid_namespace()}; }
Here Here::look() noexcept { return {os::boot_id(), os::pid_namespace()}; }

void fill_entry(Entry& entry, const Run& run, const Here& here) noexcept { fill_entry(entry, run, HeldOpen(), here); }

void fill_entry(Entry& entry, const Run& run, const HeldOpen& held, const Here& here) noexcept {
  entry.version.store(entry.version.load() | 1U);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  entry.command_pid.store(static_cast<std::uint64_t>(held.pid));
  entry.command_from.store(held.start != 0 ? held.start : os::start_ticks(os::boottime_ns()));
  entry.command_until.store(held.start);
  entry.supervisor_pid.store(static_cast<std::uint64_t>(os::own_pid()));
  entry.boot_high.store(here.boot.high);
  entry.boot_low.store(here.boot.low);
  entry.pid_namespace.store(here.pid_namespace);
  entry.since_ns.store(static_cast<std::uint64_t>(run.since_ns));
  entry.token.store(run.token);
  entry.hold_until_ns.store(0);
  entry.descriptor.store(static_cast<std::uint64_t>(held.descriptor) + 1);
  entry.lock_device.store(held.lock.device);
  entry.lock_inode.store(held.lock.inode);
  entry.uid.store(run.uid);
  store_text(entry.trigger, run.trigger.view());
  store_command(entry, run.command);
  entry.state.store(pack_state(run.mode, run.slot, run.via_socket));
  entry.version.store((entry.version.load() | 1U) + 1U);
}

// The first word last: with it, all of the text is there.
void store_trigger(Entry& entry, std::string_view trigger) noexcept {
  const auto packed = PackedText<std::extent_v<decltype(Entry::trigger)>>::of(trigger);
  for (std::size_t i = std::size(packed.words); i-- > 0;) {
    entry.trigger[i].store(packed.words[i]);
  }
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
    snapshot.via_socket = via_socket_of(state);
    snapshot.token = entry.token.load();
    snapshot.descriptor = as_descriptor(entry.descriptor.load());
    snapshot.lock.device = entry.lock_device.load();
    snapshot.lock.inode = entry.lock_inode.load();
    snapshot.since_ns = static_cast<std::int64_t>(entry.since_ns.load());
    snapshot.hold_until_ns = static_cast<std::int64_t>(entry.hold_until_ns.load());
    snapshot.command_pid = as_pid(entry.command_pid.load());
    snapshot.command_from = entry.command_from.load();
    snapshot.command_until = entry.command_until.load();
    snapshot.supervisor_pid = as_pid(entry.supervisor_pid.load());
    snapshot.where.boot = {entry.boot_high.load(), entry.boot_low.load()};
    snapshot.where.pid_namespace = entry.pid_namespace.load();
    snapshot.uid = static_cast<std::uint32_t>(entry.uid.load());
    snapshot.trigger = load_text(entry.trigger).text();
    load_command(entry, snapshot.command);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (entry.version.load() == version && entry.state.load() == state) {
      return true;
    }
  }
  return false;
}

bool is_of(const Snapshot& snapshot, const HeldOpen& held) noexcept {
  return snapshot.descriptor >= 0 && snapshot.descriptor == held.descriptor && snapshot.command_pid == held.pid &&
         snapshot.command_until == held.start && snapshot.lock.same_file(held.lock);
}

Seen find_command(const Snapshot& snapshot, const Here& here) noexcept {
  if (snapshot.command_pid == 0 || snapshot.where.boot != here.boot) {
    return {};
  }
  const bool known = snapshot.where.pid_namespace != 0 && here.pid_namespace != 0;
  const Seen seen =
      !known || snapshot.where.pid_namespace == here.pid_namespace ? find_here(snapshot) : find_inside(snapshot);
  const bool closed =
      snapshot.descriptor >= 0 && seen.pid != 0 && os::has_proc() && !os::may_have_open(seen.pid, snapshot.lock);
  return closed ? Seen() : seen;
}

}  // namespace shm::guard

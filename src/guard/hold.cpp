#include "guard/hold.hpp"
#include <fcntl.h>
#include <algorithm>
#include "guard/descriptor.hpp"
#include "guard/history.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "os/flock.hpp"
#include "os/futex.hpp"

namespace shm::guard {

namespace {
using os::Result;

// Away from the numbers that scripts redirect by hand (`exec 9>file`), and within the kernel's first table of 64.
constexpr int first_number = 50;

void move_up(os::Fd& file) noexcept {
  const long number = os::sys::call(SYS_fcntl, file.get(), F_DUPFD_CLOEXEC, first_number);
  if (number >= 0) {  // else the limit of descriptors is low: then it stays where it is
    file = os::Fd(static_cast<int>(number));
  }
}
}  // namespace

Result<void> Hold::take_entry() noexcept {
  for (std::size_t i = 0;; ++i) {
    if (i >= record_.entries()) {
      const auto grown = record_.grow();
      if (!grown) {
        return std::unexpected(grown.error());
      }
      if (!*grown) {
        return {};  // as many runs as a record can hold: this one is guarded all the same
      }
    }
    const auto taken = record_.take(i);
    if (!taken) {
      return std::unexpected(taken.error());
    }
    if (!*taken) {
      continue;
    }
    Entry& entry = record_.entry(i);
    Snapshot snapshot;
    if (read_entry(entry, snapshot)) {
      if (!snapshot.via_socket && find_command(snapshot, here_).pid != 0) {
        record_.give_back(i);  // its supervisor was killed, its command runs on
        continue;
      }
      if (note_lost(record_, snapshot)) {
        lost_ = snapshot;
      }
    }
    entry.state.store(0);
    entry_ = i;
    return {};
  }
}

void Hold::take_descriptors() noexcept {
  for (os::Fd* file : {&locks_.record, &locks_.job, &locks_.slot}) {
    if (*file && !via_socket_) {
      move_up(*file);
      inherited_[inherited_count_++] = file->get();
    }
  }
}

Result<void> Hold::begin(std::string_view command) noexcept {
  if (auto done = take_entry(); !done) {
    return done;
  }
  if (auto done = os::mark_byte(locks_.job, held_mark); !done) {
    return done;
  }
  take_descriptors();
  Summary& summary = record_.summary();
  Run run;
  run.mode = mode_;
  run.slot = slot_;
  run.via_socket = via_socket_;
  run.since_ns = since_ns_ = os::realtime_ns();
  run.command = command;
  run.uid = uid_ = os::effective_uid();
  run.trigger = trigger_;
  parent_ = os::parent_pid();
  run.token = token_ = summary.token.add(1);
  began_ns_ = os::monotonic_ns();
  summary.runs.add(1);
  summary.skips_in_a_row.store(0);
  summary.last_start_ns.store(static_cast<std::uint64_t>(run.since_ns));
  if (entry_) {
    fill_entry(record_.entry(*entry_), run, here_);
  }
  return {};
}

void Hold::note_trigger() noexcept {
  if (!trigger_.empty()) {
    return;
  }
  trigger_ = Trigger(os::name_of_process(parent_).view());
  if (entry_) {
    store_trigger(record_.entry(*entry_), trigger_.view());
  }
}

void Hold::go_on(std::size_t entry, const Snapshot& run) noexcept {
  entry_ = entry;
  token_ = run.token;
  since_ns_ = run.since_ns;
  began_ns_ = os::monotonic_ns() - std::max<std::int64_t>(os::realtime_ns() - run.since_ns, 0);
  uid_ = run.uid;
  trigger_ = run.trigger;
  if (locks_.job) {
    (void)os::mark_byte(locks_.job, held_mark);  // without it, the entry says as much
  }
  record_.entry(entry).supervisor_pid.store(static_cast<std::uint64_t>(os::own_pid()));
}

// The one that this very process has already, by the same descriptor.
bool Hold::take_entry_of(const HeldOpen& held) noexcept {
  for (std::size_t i = 0; i < record_.entries(); ++i) {
    Snapshot snapshot;
    if (read_entry(record_.entry(i), snapshot) && is_of(snapshot, held)) {
      const auto taken = record_.take(i);
      if (taken && *taken) {
        entry_ = i;
        return true;
      }
    }
  }
  return false;
}

Result<void> Hold::leave_to(const HeldOpen& held, std::string_view command) noexcept {
  if (!take_entry_of(held)) {
    if (auto done = take_entry(); !done) {
      return done;
    }
  }
  if (auto done = os::mark_byte(locks_.job, held_mark); !done) {
    return done;
  }
  if (entry_) {
    Run run;
    run.mode = mode_;
    run.since_ns = os::realtime_ns();
    run.command = command;
    run.uid = os::effective_uid();
    fill_entry(record_.entry(*entry_), run, held, here_);
  }
  return {};
}

void Hold::hold_for(std::int64_t ns) noexcept {
  if (entry_) {
    const std::int64_t now = os::realtime_ns();
    record_.entry(*entry_).hold_until_ns.store(static_cast<std::uint64_t>(ns > INT64_MAX - now ? INT64_MAX : now + ns));
  }
}

Result<void> Hold::leave_to_this_process(std::string_view command) noexcept {
  const auto lock = os::info(locks_.job);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  take_descriptors();
  return leave_to(held_open(locks_.job.get(), *lock, true), command);
}

void Hold::begin_again() noexcept {
  if (entry_) {
    Entry& entry = record_.entry(*entry_);
    entry.command_pid.store(0);
    entry.command_until.store(0);
  }
}

// The history first: who finds the entry of a supervisor that was killed in here asks there whether the run was lost.
void Hold::note_end(const Ended& ended) noexcept {
  if (Snapshot run; ended.ending == Ending::lost && look(run)) {
    note_lost(record_, run, os::realtime_ns());
    return;
  }
  note_trigger();
  const std::int64_t held = os::monotonic_ns() - began_ns_;
  const std::int64_t duration = ended.duration_ns > 0 && ended.duration_ns < held ? ended.duration_ns : held;
  PastRun run;
  run.token = token_;
  run.start_ns = since_ns_;
  run.end_ns = os::realtime_ns() - (held - duration);
  run.ended = ended;
  run.ended->duration_ns = duration;
  run.pid = entry_ ? *pid_place() : 0;
  run.uid = uid_;
  run.trigger = trigger_;
  note_run(record_, run);
  Summary& summary = record_.summary();
  if (ended.status != 0) {
    summary.failures.add(1);
    failures_in_a_row_ = summary.failures_in_a_row.add(1);
  } else {
    summary.failures_in_a_row.store(0);
    summary.last_success_ns.store(static_cast<std::uint64_t>(run.end_ns));
  }
  summary.last_status.store(static_cast<std::uint64_t>(ended.status) + 1);
  summary.last_ending.store(static_cast<std::uint64_t>(ended.ending));
  summary.last_end_ns.store(static_cast<std::uint64_t>(run.end_ns));
  summary.last_duration_ns.store(static_cast<std::uint64_t>(duration));
  summary.total_ns.add(static_cast<std::uint64_t>(duration));
}

void Hold::end(const Ended& ended) noexcept {
  note_end(ended);
  const bool awaited = record_.summary().awaited.load() != 0;
  if (entry_) {
    record_.entry(*entry_).state.store(0);
    record_.give_back(*entry_);
  }
  // The lock file last: who gets it expects the others to be free.
  if (locks_.slot) {
    os::unlock_flock(locks_.slot);
    record_.summary().releases.add(1);
    os::futex_wake(record_.summary().releases.address());
  }
  os::unlock_flock(locks_.record);
  os::unlock_flock(locks_.job);
  os::free_byte(locks_.job, held_mark);  // who sees no mark finds the lock free
  // Who waited may be on this processor, and would have to wait for the end of this program too.
  if (awaited) {
    os::sys::call(SYS_sched_yield);
  }
}

bool Hold::look(Snapshot& snapshot) const noexcept { return entry_ && read_entry(record_.entry(*entry_), snapshot); }

bool Hold::has_names() const noexcept {
  for (const os::Fd* file : {&locks_.record, &locks_.job}) {
    const auto info = os::info(*file);
    if (!info || info->links == 0) {
      return false;
    }
  }
  return true;
}

std::int32_t* Hold::pid_place() const noexcept {
  constexpr std::ptrdiff_t low_half = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 1;
  return entry_ ? reinterpret_cast<std::int32_t*>(record_.entry(*entry_).command_pid.address()) + low_half : nullptr;
}

std::uint64_t* Hold::start_place() const noexcept {
  return entry_ ? record_.entry(*entry_).command_until.address() : nullptr;
}

}  // namespace shm::guard

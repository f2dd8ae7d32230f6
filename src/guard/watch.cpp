#include "guard/watch.hpp"
#include <fcntl.h>
#include <algorithm>
#include "guard/answering.hpp"
#include "guard/history.hpp"
#include "guard/hold.hpp"
#include "guard/job_files.hpp"
#include "guard/waiting.hpp"
#include "os/flock.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

void add_counts(JobState& state, const Record& record, const Here& here) noexcept {
  const Summary& summary = record.summary();
  state.token = summary.token.load();
  state.runs = summary.runs.load();
  state.failures = summary.failures.load();
  state.lost = summary.lost.load();
  state.skips = summary.skips.load();
  state.skips_in_a_row = summary.skips_in_a_row.load();
  const std::uint64_t status = summary.last_status.load();
  state.last_status = status >= 1 && status <= 256 ? static_cast<int>(status) - 1 : -1;
  state.failures_in_a_row = summary.failures_in_a_row.load();
  state.last_lost = summary.last_ending.load() == static_cast<std::uint64_t>(Ending::lost);
  state.last_start_ns = static_cast<std::int64_t>(summary.last_start_ns.load());
  state.last_end_ns = static_cast<std::int64_t>(summary.last_end_ns.load());
  state.last_success_ns = static_cast<std::int64_t>(summary.last_success_ns.load());
  state.last_duration_ns = static_cast<std::int64_t>(summary.last_duration_ns.load());
  state.total_ns = static_cast<std::int64_t>(summary.total_ns.load());
  state.due_ns = static_cast<std::int64_t>(summary.due_ns.load());
  state.pause = pause_of(summary);
  // Runs whose supervisor and command are gone, and which the next run will count.
  const auto unnoted = unnoted_losses(record, here);
  state.lost += unnoted;
  state.failures_in_a_row += unnoted;
  state.last_lost = state.last_lost || unnoted != 0;
}

struct Lock {
  os::Fd file;  // none: it is missing
  os::FileInfo info;
  bool marked = false;
};

Result<Lock> open_lock(const store::Store& store, std::string_view name) noexcept {
  Lock lock;
  auto file = store.open_file(lock_name(name).view(), O_RDONLY, &lock.info);
  if (!file) {
    return file.error().code == Code::absent ? Result<Lock>(std::move(lock)) : std::unexpected(file.error());
  }
  const auto marked = os::byte_used(*file, held_mark);
  if (!marked) {
    return std::unexpected(marked.error());
  }
  lock.marked = *marked;
  lock.file = std::move(*file);
  return lock;
}

// A process that somebody gave the lock by other means; the record knows nothing of it.
Holder unrecorded(int pid) noexcept {
  Holder holder;
  holder.recorded = false;
  holder.pid = pid;
  holder.command.pid = pid;
  if (const auto process = os::process_state(pid)) {
    holder.command.start = process->start;
  }
  holder.command_line.add(os::command_of(pid).view());
  return holder;
}

// Whoever holds it without being on record. One who waits for the record's file, or a slot, has the lock file already.
std::vector<Holder> find_unrecorded(const Lock& lock, const std::vector<int>& waiters) noexcept {
  const auto waits = [&](int pid) { return std::find(waiters.begin(), waiters.end(), pid) != waiters.end(); };
  std::vector<Holder> holders;
  if (!lock.file) {
    return holders;
  }
  for (const int pid : flock_holders(lock.info)) {
    if (!waits(pid) && os::process_state(pid)) {
      holders.push_back(unrecorded(pid));
    }
  }
  if (holders.empty() && lock.marked) {  // a killed supervisor's, and the command has ended: what is left of it?
    holders = users_of(lock.info);
    std::erase_if(holders, [&](const Holder& holder) { return waits(holder.pid); });
  }
  return holders;
}
// Somebody has deleted the job's record, and maybe made a new one by another call, while a run is under way.
View view_without_record(const store::Store& store, std::string_view name) noexcept {
  View view;
  view.state.name.add(name);
  view.holders = answering_runs(store, name);
  view.state.running = !view.holders.empty();
  view.state.holders = static_cast<std::uint32_t>(view.holders.size());
  return view;
}
}  // namespace

Result<View> view_job(const store::Store& store, std::string_view name) noexcept {
  if (auto valid = store::check_name(name); !valid) {
    return std::unexpected(valid.error());
  }
  const auto record = Record::open(store, name, os::Access::read);
  if (!record) {
    auto view = record.error().code == Code::absent ? view_without_record(store, name) : View();
    return view.state.running ? Result<View>(std::move(view)) : std::unexpected(record.error());
  }
  const auto lock = open_lock(store, name);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  View view;
  view.state.name.add(name);
  view.state.info = record->info();
  const Here here = Here::look();
  view.holders = live_holders(*record, here);
  std::erase_if(view.holders, [&](const Holder& holder) {
    return !holder.recorded || (!lock->marked && held_by_file(holder, lock->info));
  });
  view.waiters = waiters_of(record->file());
  if (view.holders.empty()) {
    view.holders = find_unrecorded(*lock, view.waiters);
  }
  if (view.holders.empty() && record->summary().runs.load() == 0) {
    view.holders = answering_runs(store, name);
  }
  view.state.running = lock->marked || !view.holders.empty();
  view.state.holders = static_cast<std::uint32_t>(view.holders.size());
  add_counts(view.state, *record, here);
  return view;
}

Result<JobState> describe_job(const store::Store& store, std::string_view name) noexcept {
  auto view = view_job(store, name);
  if (!view) {
    return std::unexpected(view.error());
  }
  return view->state;
}

}  // namespace shm::guard

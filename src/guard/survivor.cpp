#include "guard/survivor.hpp"
#include <fcntl.h>
#include "guard/holder.hpp"
#include "guard/job_files.hpp"
#include "os/flock.hpp"
#include "store/name.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr int most_inherited = 256;  // numbers of descriptors that are looked at

// The very open file that the command has inherited: with it the lock can be given back though others have it too.
os::Fd take_from(const os::Watched& watched, int pid, const os::FileInfo& file) noexcept {
  for (int number = 3; number < most_inherited; ++number) {
    if (os::has_open_as(pid, number, file)) {
      const long got = os::sys::call(SYS_pidfd_getfd, watched.process.get(), number, 0);
      return got >= 0 ? os::Fd(static_cast<int>(got)) : os::Fd();
    }
  }
  return {};
}

struct Found {
  Seen command;
  os::Watched watched;
  Snapshot snapshot;
};

// A lock of the run: the command's, or, where that has given it up, this process's own; else none, and it lasts as
// long as the command lets it.
Result<os::Fd> lock_of(const store::Store& store, std::string_view name, const Found& found, Mode mode) noexcept {
  os::FileInfo info;
  auto file = store.open_file(name, O_RDONLY, &info);
  if (!file) {
    return file.error().code == Code::absent ? Result<os::Fd>() : std::unexpected(file.error());
  }
  if (auto taken = take_from(found.watched, found.command.pid, info)) {
    return taken;
  }
  const auto own = os::try_flock(*file, mode == Mode::exclusive ? os::Sharing::exclusive : os::Sharing::shared);
  return own && *own ? std::move(*file) : os::Fd();
}

Result<Hold::Locks> locks_of(const store::Store& store, std::string_view job, const Found& found) noexcept {
  const Mode mode = found.snapshot.mode;
  Hold::Locks locks;
  auto lock = lock_of(store, lock_name(job).view(), found, mode);
  if (lock) {
    locks.job = std::move(*lock);
    lock = lock_of(store, record_name(job).view(), found, mode);
  }
  if (lock) {
    locks.record = std::move(*lock);
  }
  if (lock && mode == Mode::slot) {
    lock = lock_of(store, slot_name(job, found.snapshot.slot).view(), found, Mode::exclusive);
    if (lock) {
      locks.slot = std::move(*lock);
    }
  }
  return lock ? Result<Hold::Locks>(std::move(locks)) : std::unexpected(lock.error());
}

bool is_orphan(const Holder& holder) noexcept {
  return holder.recorded && !holder.supervisor_alive && holder.same_namespace && holder.descriptor < 0 &&
         !holder.via_socket && holder.command.pid != 0 && holder.command.start != 0;
}

// With the entry's byte lock taken: whether the run is still what it was.
bool look_again(const Record& record, const Holder& holder, Found& found) noexcept {
  auto watched = os::watch_process(holder.command.pid, holder.command.start);
  if (!watched || !read_entry(record.entry(holder.entry), found.snapshot)) {
    return false;
  }
  found.command = holder.command;
  found.watched = std::move(*watched);
  return found.snapshot.token == holder.token;
}
}  // namespace

Result<std::optional<Survivor>> take_over(const store::Store& store, std::string_view job) noexcept {
  if (auto valid = store::check_name(job); !valid) {
    return std::unexpected(valid.error());
  }
  auto record = Record::open(store, job, os::Access::write);
  if (!record) {
    return record.error().code == Code::absent ? Result<std::optional<Survivor>>() : std::unexpected(record.error());
  }
  const Here here = Here::look();
  for (const Holder& holder : live_holders(*record, here)) {
    if (!is_orphan(holder)) {
      continue;
    }
    const auto taken = record->take(holder.entry);
    if (!taken) {
      return std::unexpected(taken.error());
    }
    if (!*taken) {
      continue;  // somebody else was quicker
    }
    Found found;
    if (!look_again(*record, holder, found)) {
      record->give_back(holder.entry);
      continue;
    }
    auto locks = locks_of(store, job, found);
    if (!locks) {
      return std::unexpected(locks.error());  // the record is closed, and with it the byte's lock goes
    }
    const Snapshot& run = found.snapshot;
    Survivor survivor{Hold(std::move(*record), std::move(*locks), here, run.mode, run.slot), found.command,
                      std::move(found.watched), run.since_ns, run.hold_until_ns};
    survivor.hold.go_on(holder.entry, run);
    return survivor;
  }
  return std::optional<Survivor>();
}

}  // namespace shm::guard

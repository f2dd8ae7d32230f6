#include "guard/descriptor.hpp"
#include <fcntl.h>
#include "guard/job_files.hpp"
#include "os/flock.hpp"
#include "store/name.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr const char* how_to_open = "open it so: exec 9<\"$(shmctl lock NAME --path)\"";

os::Text<24> name_of(int number) noexcept {
  return os::Text<24>("descriptor ").add_decimal(static_cast<unsigned>(number));
}

// What the kernel says that an open file's path is, in its own words; empty where /proc does not tell.
os::Path path_of(int number) noexcept {
  char target[4096];
  const auto link = os::FileName("/proc/self/fd/").add_decimal(static_cast<unsigned>(number));
  const long size = os::sys::call(SYS_readlinkat, AT_FDCWD, link.c_str(), &target[0], sizeof target);
  return size > 0 ? os::Path({&target[0], static_cast<std::size_t>(size)}) : os::Path();
}

// Also of a lock file that has lost its name.
std::string_view without_mark(std::string_view path) noexcept {
  constexpr std::string_view mark = " (deleted)";
  if (path.ends_with(mark)) {
    path.remove_suffix(mark.size());
  }
  return path;
}

void clear_entry(const store::Store& store, std::string_view name, const HeldOpen& held) noexcept {
  const auto record = Record::open(store, name, os::Access::write);
  for (std::size_t i = 0; record && i < record->entries(); ++i) {
    Snapshot snapshot;
    if (read_entry(record->entry(i), snapshot) && is_of(snapshot, held)) {
      record->entry(i).state.store(0);
    }
  }
}
}  // namespace

Result<os::Path> lock_path(const store::Store& store, std::string_view name) noexcept {
  if (auto record = Record::open_or_create(store, name); !record) {
    return std::unexpected(record.error());
  }
  os::FileInfo info;
  const auto lock = store.open_or_create_file(lock_name(name).view(), O_RDONLY, &info);
  if (!lock) {
    return std::unexpected(lock.error());
  }
  os::Path path;
  if (!store.path().starts_with('/')) {
    char directory[4096];
    const long size = os::sys::call(SYS_getcwd, &directory[0], sizeof directory);
    if (size <= 0) {
      return std::unexpected(os::fail_errno(size < 0 ? -size : ENOENT, "find", "the working directory"));
    }
    path.add(&directory[0]).add("/");
  }
  if (path.add(store.path()).add("/").add(lock_name(name).view()).cut()) {
    return std::unexpected(os::fail(Code::usage, "name", "the lock file", "its path is too long"));
  }
  return path;
}

Result<Borrowed> borrow(int number) noexcept {
  const long copy = os::sys::call(SYS_fcntl, number, F_DUPFD_CLOEXEC, 0);
  if (copy == -EBADF) {
    return std::unexpected(os::fail(Code::usage, "lock by", name_of(number).view(), "it is not open", how_to_open));
  }
  if (copy < 0) {
    return std::unexpected(os::fail_errno(-copy, "lock by", name_of(number).view()));
  }
  Borrowed borrowed;
  borrowed.file = os::Fd(static_cast<int>(copy));
  auto info = os::info(borrowed.file);
  if (!info) {
    return std::unexpected(info.error());
  }
  borrowed.info = *info;
  return borrowed;
}

Result<void> check_is_lock(const store::Store& store, std::string_view name, const os::FileInfo& file) noexcept {
  os::FileInfo named;
  const auto lock = store.open_file(lock_name(name).view(), O_RDONLY, &named);
  if (!lock && lock.error().code != Code::absent) {
    return std::unexpected(lock.error());
  }
  if (!lock || !named.same_file(file)) {
    return std::unexpected(
        os::fail(Code::untrusted, "lock", name, "that descriptor is not open on the job's lock file", how_to_open));
  }
  return {};
}

Result<Outcome> lock_descriptor(const store::Store& store, std::string_view name, const Want& want) noexcept {
  auto outcome = acquire(store, name, want);
  if (!outcome || !outcome->hold) {
    return outcome;
  }
  const auto borrowed = borrow(want.descriptor);
  if (!borrowed) {
    return std::unexpected(borrowed.error());
  }
  const HeldOpen held = held_open(want.descriptor, borrowed->info, false);
  if (auto done = outcome->hold->leave_to(held, os::command_of(held.pid).view()); !done) {
    os::unlock_flock(borrowed->file);
    return std::unexpected(done.error());
  }
  return outcome;
}

HeldOpen held_open(int number, const os::FileInfo& lock, bool self) noexcept {
  HeldOpen held;
  held.descriptor = number;
  held.lock = lock;
  held.pid = self ? os::own_pid() : os::parent_pid();
  auto process = os::process_state(held.pid);
  held.start = process ? process->start : 0;
  while (!self && process && process->parent > 1 && os::has_open_as(process->parent, number, lock)) {
    process = os::process_state(process->parent);
    if (process) {
      held.pid = process->pid;
      held.start = process->start;
    }
  }
  return held;
}

Result<void> unlock_descriptor(const store::Store* store, std::string_view name, int number) noexcept {
  const auto borrowed = borrow(number);
  if (!borrowed) {
    return std::unexpected(borrowed.error());
  }
  // The entry first: what is locked and not on record is held all the same, the other way round it would not be free.
  if (store != nullptr) {
    clear_entry(*store, name, held_open(number, borrowed->info, false));
  }
  os::free_byte(borrowed->file, held_mark);
  os::unlock_flock(borrowed->file);
  return {};
}

Result<Locked> locked_by(int number) noexcept {
  const auto borrowed = borrow(number);
  if (!borrowed) {
    return std::unexpected(borrowed.error());
  }
  const os::Path path = path_of(number);
  const std::string_view file = without_mark(path.view());
  const auto slash = file.rfind('/');
  Locked locked;
  if (slash != std::string_view::npos) {
    locked.store.add(file.substr(0, slash));
    locked.job.add(job_of_lock(file.substr(slash + 1)));
  }
  if (locked.job.empty()) {
    return std::unexpected(os::fail(Code::untrusted, "unlock", name_of(number).view(),
                                    "it is not open on a job's lock file", "for other files there is flock -u"));
  }
  return locked;
}

}  // namespace shm::guard

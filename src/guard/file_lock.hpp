// The lock of a file, a directory or an open descriptor that a user names, as flock(1) takes it: the kernel's, known to
// no store and on no record. For the verb flock; one thread.
#pragma once
#include <string>
#include "os/file.hpp"
#include "os/flock.hpp"

namespace shm::guard {

class FileLock {
 public:
  /// The file or directory at `path`; a file is made, empty, where there is none. Code by the kernel's errno.
  static os::Result<FileLock> open(const std::string& path) noexcept;
  /// Whether something has the name `path`.
  static bool exists(const std::string& path) noexcept;
  /// Descriptor `number`, which the caller has open; it is left open.
  static FileLock of_descriptor(int number) noexcept;

  FileLock(FileLock&&) = default;
  FileLock& operator=(FileLock&&) = delete;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

  /// Takes it, until `deadline_ns` of the monotonic clock (-1: as long as it takes; 0: not at all); false: it can't be
  /// had by then. Is `path` another file by then, the lock is one of that: who removes a lock file lets nobody in.
  os::Result<bool> take(os::Sharing sharing, std::int64_t deadline_ns) noexcept;
  /// Whoever has it by the same open file has it no more. True; or what the kernel says of it.
  os::Result<bool> drop() noexcept;

  /// For a command to inherit.
  [[nodiscard]] int number() const noexcept { return file_.get(); }

 private:
  explicit FileLock(os::Fd file) noexcept : file_(std::move(file)) {}
  os::Result<bool> take_once(os::Sharing sharing, std::int64_t deadline_ns) noexcept;
  [[nodiscard]] bool still_named() const noexcept;
  bool reopen_for_writing() noexcept;
  [[nodiscard]] os::FileName name() const noexcept;

  os::Fd file_;
  std::string path_;  // empty: the caller's descriptor
};

}  // namespace shm::guard

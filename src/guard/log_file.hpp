// A log file that several processes may append to, and that is put aside when it has grown: FILE becomes FILE.1, that
// becomes FILE.2, and so on. One thread. What somebody else does to the file meanwhile (rename, removal, truncation, as
// logrotate does) is noticed at the next write. A log is never a link, nor anything but a file with one name.
#pragma once
#include <span>
#include "os/file.hpp"

namespace shm::guard {

struct LogPlan {
  const char* path = nullptr;  ///< must stay valid
  std::uint64_t size = 0;      ///< bytes at which the file is put aside; 0: never
  unsigned keep = 5;           ///< how many old ones are kept
  bool time = false;           ///< each line begins with the time
};

class LogFile {
 public:
  /// Opens or makes the file. Code::system (there is no such directory), denied, untrusted, full.
  static os::Result<LogFile> open(const LogPlan& plan) noexcept;

  /// Appends lines, each with its newline; puts the file aside before the line that would make it too large. Of what
  /// can't be written, nothing is kept. Code::full: the disk is; where the file can't be put aside, it is said once,
  /// and the log grows.
  os::Result<void> append(std::string_view lines) noexcept;

 private:
  os::Result<void> open_file() noexcept;
  os::Result<void> find_again() noexcept;
  os::Result<void> write(std::string_view text) noexcept;
  os::Result<bool> put_aside() noexcept;
  [[nodiscard]] os::FileName aside(unsigned number) const noexcept;

  LogPlan plan_;
  os::Fd directory_;
  os::FileName name_;
  os::Fd file_;
  os::FileInfo info_;  // size: as it was found, and what has been written since
};

}  // namespace shm::guard

#include "guard/log_file.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include "os/flock.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

// The status of a missing object would be taken for the command's own.
os::Error no_log(long error, std::string_view path) noexcept {
  os::Error told = os::fail_errno(error, "open log", path);
  told.code = told.code == Code::absent ? Code::system : told.code;
  return told;
}

// The way to it may lead through links, as /var/log does on some machines; its last step may not.
Result<os::Fd> open_parent(std::string_view path, std::string_view whole) noexcept {
  const os::Path directory(path.empty() ? "." : path);
  const long opened = os::sys::retry(SYS_openat, AT_FDCWD, directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (opened < 0) {
    return std::unexpected(no_log(-opened, whole));
  }
  return os::Fd(static_cast<int>(opened));
}
}  // namespace

Result<LogFile> LogFile::open(const LogPlan& plan) noexcept {
  const std::string_view path = plan.path;
  const auto slash = path.rfind('/');
  LogFile log;
  log.plan_ = plan;
  log.name_ = os::FileName(slash == std::string_view::npos ? path : path.substr(slash + 1));
  if (log.name_.empty()) {
    return std::unexpected(os::fail(Code::usage, "open log", path, "it is no name of a file"));
  }
  auto directory = open_parent(slash == std::string_view::npos ? "" : path.substr(0, slash + 1), path);
  if (!directory) {
    return std::unexpected(directory.error());
  }
  log.directory_ = std::move(*directory);
  if (auto done = log.open_file(); !done) {
    return std::unexpected(done.error());
  }
  return log;
}

Result<void> LogFile::open_file() noexcept {
  constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const long opened = os::sys::retry(SYS_openat, directory_.get(), name_.c_str(), flags, 0666);
  if (opened == -ELOOP) {
    return std::unexpected(
        os::fail(Code::untrusted, "open log", plan_.path, "it is a link", "name the file that it leads to"));
  }
  if (opened < 0) {
    return std::unexpected(no_log(-opened, plan_.path));
  }
  os::Fd file(static_cast<int>(opened));
  const auto info = os::info(file);
  if (!info) {
    return std::unexpected(info.error());
  }
  if (!S_ISREG(info->mode) || info->links > 1) {
    return std::unexpected(os::fail(Code::untrusted, "open log", plan_.path,
                                    S_ISREG(info->mode) ? "the file has other names too" : "it is not a file",
                                    "name a file of its own"));
  }
  file_ = std::move(file);
  info_ = *info;
  return {};
}

// Whoever else rotates logs renames or removes the file. What is open is then the old one.
Result<void> LogFile::find_again() noexcept {
  const auto now = os::info_at(directory_, name_.view());
  if (file_ && now && now->same_file(info_)) {
    info_ = *now;
    return {};
  }
  return open_file();
}

Result<void> LogFile::write(std::string_view text) noexcept {
  while (!text.empty()) {
    const long wrote = os::sys::retry(SYS_write, file_.get(), text.data(), text.size());
    if (wrote <= 0) {
      return std::unexpected(os::fail_errno(wrote < 0 ? -wrote : ENOSPC, "write to log", plan_.path,
                                            "the command runs on, and its output is passed on"));
    }
    info_.size += static_cast<std::uint64_t>(wrote);
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

Result<void> LogFile::append(std::string_view lines) noexcept {
  Result<void> result;
  while (!lines.empty()) {
    if (auto done = find_again(); !done) {
      return done;
    }
    std::string_view now = lines;
    if (plan_.size != 0 && info_.size + lines.size() > plan_.size) {
      const std::uint64_t room = plan_.size > info_.size ? plan_.size - info_.size : 0;
      auto end = lines.substr(0, room).rfind('\n');
      if (end == std::string_view::npos && info_.size != 0) {
        const auto aside = put_aside();
        if (!aside) {
          plan_.size = 0;  // from now on it grows
          result = std::unexpected(aside.error());
        }
        if (!aside || *aside) {
          continue;
        }
      }
      if (end == std::string_view::npos) {
        end = lines.find('\n');  // a line that is too large for a file is a file
      }
      now = lines.substr(0, end == std::string_view::npos ? end : end + 1);
    }
    if (auto done = write(now); !done) {
      return done;
    }
    lines.remove_prefix(now.size());
  }
  return result;
}

os::FileName LogFile::aside(unsigned number) const noexcept { return os::FileName(name_).add(".").add_decimal(number); }

// Others that append to the same log come to the same conclusion: one of them does it, told by a lock on the file that
// is put aside. False: another one is at it, and this file is still the one to write to.
Result<bool> LogFile::put_aside() noexcept {
  const auto locked = os::try_flock(file_, os::Sharing::exclusive);
  if (!locked || !*locked) {
    return locked;
  }
  const auto now = os::info_at(directory_, name_.view());
  if (now && now->same_file(info_)) {
    for (unsigned number = plan_.keep; number > 1; --number) {
      (void)os::rename_at(directory_, aside(number - 1).view(), aside(number).view(), os::Taken::replace);
    }
    const auto done = plan_.keep == 0 ? os::remove_file_at(directory_, name_.view())
                                      : os::rename_at(directory_, name_.view(), aside(1).view(), os::Taken::replace);
    if (!done) {
      os::unlock_flock(file_);
      return std::unexpected(done.error());
    }
  }
  os::unlock_flock(file_);
  const std::uint32_t mode = info_.mode & 07777U;
  if (auto done = open_file(); !done) {
    return std::unexpected(done.error());
  }
  if (info_.size == 0 && (info_.mode & 07777U) != mode) {
    (void)os::set_mode(file_, mode);
  }
  return true;
}

}  // namespace shm::guard

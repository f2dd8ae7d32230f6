#include "guard/file_lock.hpp"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace shm::guard {

namespace {
using os::Result;

constexpr std::uint32_t mode_of_new = 0666;  // less the umask
constexpr int most_turns = 1000;             // each means that somebody has put another file there meanwhile

long open_path(const std::string& path, int flags) noexcept {
  return os::sys::retry(SYS_openat, AT_FDCWD, path.c_str(), flags | O_NOCTTY | O_CLOEXEC, mode_of_new);
}

// O_CREAT only where there is no file: on one of another user's in a directory like /tmp, root would be refused.
long open_or_create(const std::string& path, int flags) noexcept {
  long opened = open_path(path, flags);
  if (opened == -ENOENT) {
    opened = open_path(path, flags | O_CREAT);
  }
  return opened;
}
}  // namespace

Result<FileLock> FileLock::open(const std::string& path) noexcept {
  const long opened = open_or_create(path, O_RDONLY);
  if (opened < 0) {
    return std::unexpected(os::fail_errno(-opened, "open lock file", path));
  }
  FileLock lock{os::Fd(static_cast<int>(opened))};
  lock.path_ = path;
  return lock;
}

bool FileLock::exists(const std::string& path) noexcept {
  struct statx found{};
  return os::sys::retry(SYS_statx, AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO, &found) == 0;
}

FileLock FileLock::of_descriptor(int number) noexcept { return FileLock(os::Fd(number)); }

FileLock::~FileLock() {
  if (path_.empty()) {
    (void)file_.release();
  }
}

Result<bool> FileLock::take(os::Sharing sharing, std::int64_t deadline_ns) noexcept {
  for (int turn = 0; turn < most_turns; ++turn) {
    auto taken = take_once(sharing, deadline_ns);
    if (!taken && (taken.error().sys_errno == EIO || taken.error().sys_errno == EBADF) && reopen_for_writing()) {
      taken = take_once(sharing, deadline_ns);
    }
    if (!taken || !*taken || path_.empty() || still_named()) {
      return taken;
    }
    const long opened = open_or_create(path_, O_RDONLY);
    if (opened < 0) {
      return std::unexpected(os::fail_errno(-opened, "open lock file", path_));
    }
    file_ = os::Fd(static_cast<int>(opened));
  }
  return std::unexpected(os::fail(os::Code::busy, "lock", path_, "the file keeps being replaced"));
}

Result<bool> FileLock::take_once(os::Sharing sharing, std::int64_t deadline_ns) noexcept {
  auto taken = os::try_flock(file_, sharing);
  if (taken && !*taken && deadline_ns != 0) {
    taken = os::wait_flock(file_, sharing, deadline_ns);
  }
  if (!taken) {
    auto error = taken.error();
    return std::unexpected(error.sys_errno != 0 ? os::fail_errno(error.sys_errno, "lock", name().view()) : error);
  }
  return taken;
}

os::FileName FileLock::name() const noexcept {
  return path_.empty() ? os::FileName("descriptor ").add_decimal(static_cast<unsigned>(file_.get()))
                       : os::FileName(path_);
}

Result<bool> FileLock::drop() noexcept {
  const long result = os::sys::call(SYS_flock, file_.get(), LOCK_UN);
  return result < 0 ? Result<bool>(std::unexpected(os::fail_errno(-result, "unlock", name().view()))) : true;
}

bool FileLock::still_named() const noexcept {
  struct statx named{};
  struct statx opened{};
  const long by_name = os::sys::retry(SYS_statx, AT_FDCWD, path_.c_str(), 0, STATX_INO, &named);
  const long by_number = os::sys::retry(SYS_statx, file_.get(), "", AT_EMPTY_PATH, STATX_INO, &opened);
  return by_name == 0 && by_number == 0 && named.stx_ino == opened.stx_ino &&
         named.stx_dev_major == opened.stx_dev_major && named.stx_dev_minor == opened.stx_dev_minor;
}

// A network file system may want a file that is open for writing for an exclusive lock.
bool FileLock::reopen_for_writing() noexcept {
  const long opened = path_.empty() ? -EBADF : open_path(path_, O_RDWR);
  if (opened < 0) {
    return false;
  }
  file_ = os::Fd(static_cast<int>(opened));
  return true;
}

}  // namespace shm::guard

#include "os/outlet.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include "os/clock.hpp"
#include "os/file.hpp"
#include "os/poll.hpp"
#include "os/random.hpp"

namespace shm::os {

namespace {
constexpr const char* write_status = Outlet::status_attempt;
constexpr const char* otherwise = "the exit status says it all the same";
constexpr std::int64_t patience_ns = 10'000'000'000;
constexpr std::size_t piece = 4096;  // a pipe that poll(2) calls ready takes as much without waiting
constexpr int first_own = 3;

/// While one lives, writing to a pipe that nobody reads fails and does no more.
class NoPipeSignal {
 public:
  NoPipeSignal() noexcept : before_(block_signals({SIGPIPE})) {}
  NoPipeSignal(const NoPipeSignal&) = delete;
  NoPipeSignal& operator=(const NoPipeSignal&) = delete;
  ~NoPipeSignal() {
    while (!before_.has(SIGPIPE) && next_signal({SIGPIPE}, 0).signal != 0) {
    }
    set_signal_mask(before_);
  }

 private:
  SignalSet before_;
};

// What the file is now; nothing: there is none yet.
Result<FileInfo> look(const Fd& directory, const FileName& name, std::string_view path, const char* attempt) noexcept {
  auto found = info_at(directory, name.view());
  if (!found) {
    if (found.error().code == Code::absent) {
      return FileInfo();
    }
    return std::unexpected(fail_errno(found.error().sys_errno, attempt, path));
  }
  if (!S_ISREG(found->mode)) {
    return std::unexpected(fail(Code::usage, attempt, path, "it is no regular file", "say another one"));
  }
  return found;
}
}  // namespace

Result<Outlet> Outlet::descriptor(int number) noexcept {
  const Text<32> name = Text<32>("descriptor ").add_decimal(static_cast<unsigned>(std::max(number, 0)));
  const long flags = sys::call(SYS_fcntl, number, F_GETFL);
  if (flags < 0 || (flags & O_PATH) != 0 || (flags & O_ACCMODE) == O_RDONLY) {
    return std::unexpected(
        fail(Code::usage, write_status, name.view(), "it is not open for writing", "say 3 and add 3>FILE"));
  }
  const long own = sys::call(SYS_fcntl, number, F_DUPFD_CLOEXEC, first_own);
  if (own < 0) {
    return std::unexpected(fail_errno(-own, write_status, name.view()));
  }
  Outlet outlet(Fd(static_cast<int>(own)), name.view(), "", write_status);
  if (number >= first_own) {
    sys::call(SYS_close, number);
  }
  return outlet;
}

Result<Outlet> Outlet::file(std::string_view path, const char* attempt) noexcept {
  const auto slash = path.rfind('/');
  const auto name = path.substr(slash == std::string_view::npos ? 0 : slash + 1);
  const Path directory(slash == std::string_view::npos ? "." : slash == 0 ? "/" : path.substr(0, slash));
  if (name.empty() || name == "." || name == "..") {
    return std::unexpected(fail(Code::usage, attempt, path, "it is no name of a file"));
  }
  if (directory.cut() || FileName(name).cut()) {
    return std::unexpected(fail_errno(ENAMETOOLONG, attempt, path));
  }
  const long opened = sys::retry(SYS_openat, AT_FDCWD, directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
  if (opened < 0) {
    return std::unexpected(fail_errno(-opened, attempt, path, "its directory must be there"));
  }
  Outlet outlet(Fd(static_cast<int>(opened)), path, name, attempt);
  if (const auto found = look(outlet.target_, outlet.name_, path, attempt); !found) {
    return std::unexpected(found.error());
  }
  if (!may_change_names(outlet.target_)) {
    return std::unexpected(fail_errno(EACCES, attempt, path, "it is replaced, which needs a directory to write to"));
  }
  return outlet;
}

Result<void> Outlet::write(std::string_view text) const noexcept { return name_.empty() ? send(text) : replace(text); }

Result<void> Outlet::send(std::string_view text) const noexcept {
  const NoPipeSignal quiet;
  const std::int64_t until = monotonic_ns() + patience_ns;
  while (!text.empty()) {
    pollfd room{target_.get(), POLLOUT, 0};
    poll_until({&room, 1}, until);
    if (room.revents == 0) {
      if (monotonic_ns() < until) {
        continue;  // a signal
      }
      return std::unexpected(fail(Code::timed_out, write_status, path_.view(), "nobody reads it", otherwise));
    }
    const long wrote = sys::retry(SYS_write, target_.get(), text.data(), std::min(text.size(), piece));
    if (wrote < 0 && wrote != -EAGAIN) {
      return std::unexpected(fail_errno(-wrote, write_status, path_.view(), otherwise));
    }
    text.remove_prefix(static_cast<std::size_t>(std::max(wrote, 0L)));
  }
  return {};
}

Result<void> Outlet::replace(std::string_view text) const noexcept {
  const auto failed = [this](long err) {
    return std::unexpected(fail_errno(err, attempt_, path_.view(), attempt_ == write_status ? otherwise : nullptr));
  };
  const auto before = look(target_, name_, path_.view(), attempt_);
  if (!before) {
    return std::unexpected(before.error());
  }
  const auto chance = random_id();
  if (!chance) {
    return std::unexpected(chance.error());
  }
  const FileName temporary = FileName(".shmctl.").add_hex(*chance);
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const long made = sys::retry(SYS_openat, target_.get(), temporary.c_str(), flags, 0666);
  if (made < 0) {
    return failed(-made);
  }
  const Fd file(static_cast<int>(made));
  if (before->links != 0) {  // who could read the old one shall be able to read this one
    sys::call(SYS_fchown, file.get(), -1, before->gid);
    sys::call(SYS_fchmod, file.get(), before->mode & 0777U);
  }
  auto done = write_at(file, std::as_bytes(std::span(text)), 0);
  if (done) {
    done = rename_at(target_, temporary.view(), name_.view(), Taken::replace);
  }
  if (!done) {
    sys::call(SYS_unlinkat, target_.get(), temporary.c_str(), 0);
    return failed(done.error().sys_errno);
  }
  return {};
}

}  // namespace shm::os

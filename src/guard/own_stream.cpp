#include "guard/own_stream.hpp"
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <algorithm>
#include <climits>
#include "os/poll.hpp"
#include "os/text.hpp"

namespace shm::guard {

namespace {
constexpr std::size_t pipe_takes = PIPE_BUF;  // as much as there is room for where poll(2) says that there is some
constexpr std::size_t terminal_takes = 128;

bool is_terminal(int number) noexcept {
  struct termios settings{};
  return os::sys::call(SYS_ioctl, number, TCGETS, &settings) == 0;
}
}  // namespace

OwnStream::OwnStream(os::Stream stream) noexcept : number_(static_cast<int>(stream)) {
  struct stat status{};
  if (os::sys::call(SYS_fstat, number_, &status) < 0) {
    return;
  }
  if (S_ISSOCK(status.st_mode)) {
    kind_ = Kind::socket;
    return;
  }
  terminal_ = S_ISCHR(status.st_mode) && is_terminal(number_);
  if (!terminal_ && !S_ISFIFO(status.st_mode)) {
    return;
  }
  os::FileName own("/proc/self/fd/");
  own.add_decimal(static_cast<unsigned>(number_));
  constexpr int flags = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
  const long reopened = os::sys::retry(SYS_openat, AT_FDCWD, own.c_str(), flags);
  kind_ = reopened >= 0 ? Kind::reopened : Kind::careful;
  if (reopened >= 0) {
    reopened_ = os::Fd(static_cast<int>(reopened));
  }
}

long OwnStream::write(std::span<const std::byte> bytes) noexcept {
  if (kind_ == Kind::socket) {
    return os::sys::retry(SYS_sendto, number_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0);
  }
  std::size_t size = bytes.size();
  if (kind_ == Kind::careful) {
    pollfd ask[] = {{number_, POLLOUT, 0}};
    os::poll_until(ask, 0);
    if (ask[0].revents == 0) {
      return -EAGAIN;
    }
    size = std::min(size, terminal_ ? terminal_takes : pipe_takes);
  }
  return os::sys::retry(SYS_write, number(), bytes.data(), size);
}

bool OwnStream::are_one() noexcept {
  struct stat out{};
  struct stat error{};
  if (os::sys::call(SYS_fstat, 1, &out) < 0 || os::sys::call(SYS_fstat, 2, &error) < 0) {
    return false;
  }
  const bool same = out.st_dev == error.st_dev && out.st_ino == error.st_ino;
  return same && (!S_ISCHR(out.st_mode) || is_terminal(1));
}

}  // namespace shm::guard

#include "os/delivery.hpp"
#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <algorithm>
#include "os/sys.hpp"

namespace shm::os {

namespace {
constexpr int out = 1;
constexpr int held[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
// What a pipe that has room takes without a pause (PIPE_BUF).
constexpr std::size_t piece = 4096;

SignalSet all_held() noexcept {
  SignalSet signals;
  for (const int signal : held) {
    signals.add(signal);
  }
  return signals;
}

bool is_file() noexcept {
  struct stat info{};
  return sys::call(SYS_fstat, out, &info) == 0 && S_ISREG(info.st_mode);
}

Error failure(long err) noexcept { return fail_errno(err, "write to", "standard output"); }
}  // namespace

Delivery::Delivery() noexcept : before_(block_signals(all_held())) {}

Delivery::~Delivery() {
  while (next_signal_within({SIGPIPE}, 0).signal != 0) {
  }
  set_signal_mask(before_);
}

void Delivery::let_signals_in() noexcept {
  set_signal_mask(before_);
  block_signals(all_held());
}

Result<void> Delivery::check() noexcept {
  pollfd look{out, POLLOUT, 0};
  if (sys::retry(SYS_poll, &look, 1, 0) >= 0) {
    if ((look.revents & POLLNVAL) != 0) {
      return std::unexpected(failure(EBADF));
    }
    if ((look.revents & POLLERR) != 0) {
      return std::unexpected(failure(EPIPE));
    }
  }
  const long flags = sys::call(SYS_fcntl, out, F_GETFL);
  if (flags >= 0 && (flags & O_ACCMODE) == O_RDONLY) {
    return std::unexpected(failure(EBADF));
  }
  return {};
}

Result<void> Delivery::wait_for_room() noexcept {
  pollfd now{out, POLLOUT, 0};
  sys::retry(SYS_poll, &now, 1, 0);
  if (now.revents != 0) {
    return {};
  }
  if (!signals_) {
    SignalSet wanted;
    for (const int signal : held) {
      if (signal != SIGPIPE && !signal_ignored(signal) && !before_.has(signal)) {
        wanted.add(signal);
      }
    }
    const long made = sys::call(SYS_signalfd4, -1, wanted.bits(), sizeof(std::uint64_t), SFD_CLOEXEC);
    if (made < 0) {
      return std::unexpected(failure(-made));
    }
    signals_ = Fd(static_cast<int>(made));
  }
  pollfd both[] = {{out, POLLOUT, 0}, {signals_.get(), POLLIN, 0}};
  sys::retry(SYS_poll, &both[0], 2, -1);
  if (both[0].revents == 0 && both[1].revents != 0) {
    return std::unexpected(failure(EINTR));
  }
  return {};
}

Result<void> Delivery::write(std::string_view text, std::size_t& written) noexcept {
  written = 0;
  // A file always has room, and takes all at once: what several append to it does not mix. Of one piece, that is so
  // whatever it goes to.
  const bool whole = text.size() > piece && is_file();
  while (written < text.size()) {
    const std::size_t size = whole ? text.size() - written : std::min(piece, text.size() - written);
    if (!whole) {
      if (auto room = wait_for_room(); !room) {
        return room;
      }
    }
    const long wrote = sys::retry(SYS_write, out, text.data() + written, size);
    if (wrote == -EAGAIN) {
      continue;
    }
    if (wrote < 0) {
      return std::unexpected(failure(-wrote));
    }
    written += static_cast<std::size_t>(wrote);
  }
  return {};
}

}  // namespace shm::os

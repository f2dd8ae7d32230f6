#include "os/flock.hpp"
#include <fcntl.h>
#include <sys/file.h>
#include <csignal>
#include <ctime>
#include "os/clock.hpp"
#include "os/signals.hpp"

namespace shm::os {

namespace {
int operation(Sharing sharing) noexcept { return sharing == Sharing::exclusive ? LOCK_EX : LOCK_SH; }

// Not SIGALRM, which the caller's `alarm` may be counting on, nor one that the C library keeps for itself.
constexpr int timer_signal = 60;

void on_timer(int) noexcept {}

// A timer that interrupts a blocking call at the deadline, and again and again after it: a signal that came just
// before the call was entered is thus not the last one.
class Timer {
 public:
  explicit Timer(std::int64_t deadline_ns) noexcept {
    old_handler_ = set_signal_handler(timer_signal, on_timer);
    old_mask_ = unblock_signals(SignalSet(timer_signal));
    sigevent event{};
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = timer_signal;
    made_ = sys::call(SYS_timer_create, CLOCK_MONOTONIC, &event, &id_) == 0;
    if (made_) {
      constexpr long again_ns = 10'000'000;
      const itimerspec when{{0, again_ns},
                            {deadline_ns / 1'000'000'000,
                             deadline_ns % 1'000'000'000 + (deadline_ns == 0 ? 1 : 0)}};  // 0 would mean never
      sys::call(SYS_timer_settime, id_, TIMER_ABSTIME, &when, 0);
    }
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  ~Timer() {
    if (made_) {
      sys::call(SYS_timer_delete, id_);
    }
    set_signal_mask(old_mask_);
    set_signal_handler(timer_signal, old_handler_);
  }
  [[nodiscard]] bool made() const noexcept { return made_; }

 private:
  SignalHandler old_handler_ = SIG_DFL;
  SignalSet old_mask_;
  int id_ = 0;
  bool made_ = false;
};

long byte_lock(const Fd& file, int command, short type, std::uint64_t at, struct flock* answer = nullptr,
               off_t length = 1) noexcept {
  struct flock lock{};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(at);
  lock.l_len = length;
  const long result = sys::retry(SYS_fcntl, file.get(), command, &lock);
  if (answer != nullptr) {
    *answer = lock;
  }
  return result;
}

// Whether another open file's lock stands against one of `type`.
Result<bool> would_conflict(const Fd& file, short type, std::uint64_t at) noexcept {
  struct flock found{};
  const long result = byte_lock(file, F_OFD_GETLK, type, at, &found);
  if (result < 0) {
    return std::unexpected(fail_errno(-result, "ask for a lock of", "a file"));
  }
  return found.l_type != F_UNLCK;
}
}  // namespace

Result<bool> try_flock(const Fd& file, Sharing sharing) noexcept {
  const long result = sys::retry(SYS_flock, file.get(), operation(sharing) | LOCK_NB);
  if (result < 0 && result != -EWOULDBLOCK) {
    return std::unexpected(fail_errno(-result, "lock", "a file"));
  }
  return result == 0;
}

Result<bool> wait_flock(const Fd& file, Sharing sharing, std::int64_t deadline_ns) noexcept {
  if (deadline_ns < 0) {
    const long result = sys::retry(SYS_flock, file.get(), operation(sharing));
    return result == 0 ? Result<bool>(true) : std::unexpected(fail_errno(-result, "lock", "a file"));
  }
  const Timer timer(deadline_ns);
  if (!timer.made()) {
    return std::unexpected(fail(Code::full, "wait for", "a lock", "no timer can be had", "raise ulimit -i"));
  }
  for (;;) {
    const long result = sys::call(SYS_flock, file.get(), operation(sharing));
    if (result == 0) {
      return true;
    }
    if (result != -EINTR) {
      return std::unexpected(fail_errno(-result, "lock", "a file"));
    }
    if (monotonic_ns() >= deadline_ns) {
      return false;
    }
  }
}

void unlock_flock(const Fd& file) noexcept { sys::call(SYS_flock, file.get(), LOCK_UN); }

Result<bool> try_byte(const Fd& file, std::uint64_t at) noexcept {
  const long result = byte_lock(file, F_OFD_SETLK, F_WRLCK, at);
  if (result < 0 && result != -EAGAIN && result != -EACCES) {
    return std::unexpected(fail_errno(-result, "lock a byte of", "a file"));
  }
  return result == 0;
}

Result<void> mark_byte(const Fd& file, std::uint64_t at) noexcept {
  const long result = byte_lock(file, F_OFD_SETLK, F_RDLCK, at);
  if (result < 0) {
    return std::unexpected(fail_errno(-result, "mark a byte of", "a file"));
  }
  return {};
}

void free_byte(const Fd& file, std::uint64_t at) noexcept { byte_lock(file, F_OFD_SETLK, F_UNLCK, at); }

Result<bool> byte_used(const Fd& file, std::uint64_t at) noexcept { return would_conflict(file, F_WRLCK, at); }

Result<bool> byte_taken(const Fd& file, std::uint64_t at) noexcept { return would_conflict(file, F_RDLCK, at); }

Result<void> mark_own_byte(const Fd& file, std::uint64_t at) noexcept {
  const long result = byte_lock(file, F_SETLK, F_RDLCK, at);
  if (result < 0) {
    return std::unexpected(fail_errno(-result, "mark a byte of", "a file"));
  }
  return {};
}

void free_own_byte(const Fd& file, std::uint64_t at) noexcept { byte_lock(file, F_SETLK, F_UNLCK, at); }

Result<MarkedByte> any_marked_byte(const Fd& file, std::uint64_t from, std::uint64_t to) noexcept {
  struct flock found{};
  const long result = byte_lock(file, F_GETLK, F_WRLCK, from, &found, static_cast<off_t>(to - from + 1));
  if (result < 0) {
    return std::unexpected(fail_errno(-result, "ask for a lock of", "a file"));
  }
  if (found.l_type == F_UNLCK) {
    return MarkedByte{from, -1};
  }
  return MarkedByte{static_cast<std::uint64_t>(found.l_start), found.l_pid > 0 ? found.l_pid : 0};
}

}  // namespace shm::os

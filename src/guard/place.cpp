#include "guard/place.hpp"
#include <sys/prctl.h>
#include <sys/wait.h>
#include <algorithm>
#include <csignal>
#include "os/clock.hpp"
#include "os/futex.hpp"
#include "os/process.hpp"

namespace shm::guard {

namespace {
using os::Result;

constexpr std::uint64_t got = 1;
// A helper that was killed wakes nobody: it is looked after so often.
constexpr std::int64_t look_after_ns = 1'000'000'000;

os::Result<bool> wait_for_lock(const os::Fd& file, os::Sharing sharing) noexcept {
  return os::wait_flock(file, sharing, for_ever);
}

/// Whether the helper is there no more, and with what status: an errno where it could not do its work.
bool has_ended(int helper, int options, int& status) noexcept {
  int waited = 0;
  const long pid = os::sys::retry(SYS_wait4, helper, &waited, options | __WALL, 0);
  status = pid == helper && WIFEXITED(waited) ? WEXITSTATUS(waited) : 0;
  return pid != 0;
}

// Ends it whatever it is at; nobody else has its pid before it was waited for.
class Helper {
 public:
  explicit Helper(int pid) noexcept : pid_(pid) {}
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;
  ~Helper() {
    if (pid_ != 0) {
      int status = 0;
      os::sys::call(SYS_kill, pid_, SIGKILL);
      (void)has_ended(pid_, 0, status);
    }
  }
  bool ended(int& status) noexcept {
    const bool ended = has_ended(pid_, WNOHANG, status);
    if (ended) {
      pid_ = 0;
    }
    return ended;
  }

 private:
  int pid_;
};
}  // namespace

Place::Place(std::string_view job, const Record& record, const Waiting& waiting) noexcept
    : job_(job), record_(record), word_(record.summary().newest_waiter), id_(waiting.at()) {}

Place::~Place() {
  if (!word_.replace(id_, 0)) {
    word_.replace(id_ | got, 0);
  }
}

bool Place::enter(Keep keep) noexcept {
  if (keep == Keep::newest) {
    word_.exchange(id_);
    os::futex_wake_all(word_.address());
    return true;
  }
  for (;;) {
    const std::uint64_t there = word_.load();
    if (occupied(record_)) {
      return false;
    }
    if (word_.replace(there, id_)) {
      return true;
    }
  }
}

bool Place::occupied(const Record& record) noexcept {
  const std::uint64_t there = record.summary().newest_waiter.load();
  return there != 0 && Waiting::lives(record.file(), there & ~got);  // he waits, or is about to begin
}

bool Place::lost() const noexcept { return (word_.load() | got) != (id_ | got); }

// In the helper. It has this process's memory, as a copy, and its open files; it returns to nobody.
void Place::help(const Errand& errand, int parent) const noexcept {
  os::sys::call(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  int status = 0;
  if (os::sys::call(SYS_getppid) == parent) {
    const auto came = errand.wait(errand);
    if (!came) {
      status = std::clamp(came.error().sys_errno, 1, 255);
    } else if (!word_.replace(id_, id_ | got)) {
      os::unlock_flock(errand.file);  // too late: it is not to be had by somebody who gives up
    }
    os::futex_wake_all(word_.address());
  }
  for (;;) {
    os::sys::call(SYS_exit_group, status);
  }
}

// A process that sends no signal when it ends: nobody but who started it learns that it was there.
Result<int> Place::send_helper(const Errand& errand) const noexcept {
  const int parent = os::own_pid();
  const long pid = os::sys::call(SYS_clone, 0, 0, 0, 0, 0);
  if (pid == 0) {
    help(errand, parent);
  }
  if (pid < 0) {
    return std::unexpected(
        os::fail(os::Code::full, "wait for job", job_, "there can be no more processes", "raise ulimit -u"));
  }
  return static_cast<int>(pid);
}

Result<Place::Came> Place::wait_for(const Errand& errand, std::int64_t deadline_ns) noexcept {
  for (;;) {
    const auto sent = send_helper(errand);
    if (!sent) {
      return std::unexpected(sent.error());
    }
    Helper helper(*sent);
    for (bool ended = false; !ended;) {
      const std::uint64_t word = word_.load();
      if (word == (id_ | got)) {
        // For what may have to be waited for next.
        return word_.replace(word, id_) ? Came::it : Came::lost;
      }
      if (word != id_) {
        return Came::lost;
      }
      std::int64_t most = look_after_ns;
      if (deadline_ns != for_ever) {
        const std::int64_t rest = deadline_ns - os::monotonic_ns();
        if (rest <= 0) {
          return Came::deadline;
        }
        most = std::min(most, rest);
      }
      os::futex_wait(word_.address(), word, most);
      int status = 0;
      const bool gone = helper.ended(status);
      if (status != 0) {
        return std::unexpected(os::fail_errno(status, "wait for job", job_));
      }
      ended = gone && word_.load() == id_;  // killed by somebody: another one goes
    }
  }
}

Result<Place::Came> Place::wait_flock(const os::Fd& file, os::Sharing sharing, std::int64_t deadline_ns) noexcept {
  const Errand errand{[](const Errand& what) noexcept { return wait_for_lock(what.file, what.sharing); }, file,
                      sharing};
  return wait_for(errand, deadline_ns);
}

Result<Place::Came> Place::wait_process(const os::Fd& process, std::int64_t deadline_ns) noexcept {
  const Errand errand{[](const Errand& what) noexcept { return os::wait_process(what.file, for_ever); }, process,
                      os::Sharing::exclusive};
  return wait_for(errand, deadline_ns);
}

}  // namespace shm::guard

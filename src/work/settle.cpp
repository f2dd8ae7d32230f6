// What becomes of an item when its command has ended. The command is waited for only after that: until then the queue
// takes it for alive, and gives its item to nobody (object::until_waited_for).
#include <sys/wait.h>
#include <algorithm>
#include "os/clock.hpp"
#include "work/command_line.hpp"
#include "work/pool.hpp"

namespace shm::work {

namespace {
using os::Code;

constexpr int status_not_runnable = 126;
constexpr int status_not_found = 127;
// A first failure is tried again almost at once, a lasting one more and more seldom.
constexpr std::int64_t first_pause_ns = 100'000'000;
constexpr std::int64_t longest_pause_ns = 10'000'000'000;
// Each waits as long as a change of the queue waits for the one before it.
constexpr int most_tries = 6;

std::int64_t pause_after(std::uint64_t attempt) noexcept {
  std::int64_t pause_ns = first_pause_ns;
  for (std::uint64_t i = 1; i < attempt && pause_ns < longest_pause_ns; ++i) {
    pause_ns *= 2;
  }
  return std::min(pause_ns, longest_pause_ns);
}
}  // namespace

void Pool::on_children() {
  for (;;) {
    siginfo_t ended{};
    const long found = os::sys::retry(SYS_waitid, P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT, 0);
    if (found < 0 || ended.si_pid == 0) {
      return;
    }
    const auto which =
        std::find_if(running_.begin(), running_.end(), [&](const auto& one) { return one.pid == ended.si_pid; });
    if (which != running_.end()) {
      const Running command = *which;
      const bool killed = ended.si_code != CLD_EXITED;
      if (killed && ending_.has(ended.si_status)) {
        await_own_signal();
      }
      running_.erase(
          std::find_if(running_.begin(), running_.end(), [&](const auto& one) { return one.pid == command.pid; }));
      settle(command, killed ? 128 + ended.si_status : ended.si_status);
      idle_ns_ = -1;
      look_ns_ = 0;
    }  // else a child that this program had before it became this one
    os::sys::retry(SYS_wait4, ended.si_pid, 0, 0, 0);
  }
}

void Pool::settle(const Running& ended, int status) {
  if (ended.exec_errno != 0) {
    settle_not_run(ended);
  } else if (status == 0) {
    settle_done(ended);
  } else if (was_ended(status)) {
    give_back(ended.id, ended.attempt, status);
  } else {
    settle_failed(ended, status);
  }
}

// Makes a change of an item that is held; false: it could not be made, and was told of.
template <class Change>
bool Pool::change(std::uint64_t id, std::uint64_t attempt, int status, Change change) {
  for (int tries = 1;; ++tries) {
    const auto changed = change();
    if (changed) {
      return true;
    }
    const auto& error = changed.error();
    if (error.code == Code::timed_out && tries < most_tries) {
      continue;
    }
    // Either its time was over, or somebody has acknowledged or released it under the command, or the queue is gone.
    if (error.code == Code::absent && queue_.len()) {
      say(What::strayed, id, attempt, status);
    } else {
      give_up(error);
    }
    return false;
  }
}

void Pool::settle_done(const Running& ended) {
  std::erase(failing_, ended.id);
  if (change(ended.id, ended.attempt, 0, [&] { return queue_.acknowledge({&ended.id, 1}); })) {
    ++result_.counts.done;
    say(What::done, ended.id, ended.attempt, 0);
  }
}

void Pool::settle_failed(const Running& ended, int status) {
  ++result_.counts.failed;
  std::erase(failing_, ended.id);
  if (last_attempt(ended.attempt)) {
    bury(What::buried, ended.id, ended.attempt, status);
    return;
  }
  failing_.push_back(ended.id);
  const std::int64_t pause_ns = phase_ == Phase::working ? pause_after(ended.attempt) : 0;
  auto now = object::ItemState::ready;
  const bool released = change(ended.id, ended.attempt, status, [&] {
    const auto state = queue_.release(ended.id, pause_ns);
    now = state.value_or(now);
    return state;
  });
  if (!released) {
    return;
  }
  if (now == object::ItemState::buried) {
    std::erase(failing_, ended.id);
    ++result_.counts.buried;
  } else {
    retry_ns_ = std::max(retry_ns_, os::monotonic_ns() + pause_ns);
  }
  say(now == object::ItemState::buried ? What::buried : What::failed, ended.id, ended.attempt, status);
}

void Pool::settle_not_run(const Running& ended) {
  if (ended.exec_errno == E2BIG && takes_words(plan_.words)) {
    bury(What::unfit, ended.id, ended.attempt, 0);
  } else if (runs_item(plan_.words)) {
    settle_failed(ended, ended.exec_errno == ENOENT ? status_not_found : status_not_runnable);
  } else {  // so it would be for every item
    give_back(ended.id, ended.attempt, 0);
    result_.exec_errno = ended.exec_errno;
    phase_ = std::max(phase_, Phase::draining);
  }
}

void Pool::give_back(std::uint64_t id, std::uint64_t attempt, int status) {
  if (change(id, attempt, status, [&] { return queue_.release(id, 0, false); })) {
    ++result_.counts.given_back;
    say(What::given_back, id, attempt, status);
  }
}

void Pool::bury(What what, std::uint64_t id, std::uint64_t attempt, int status) {
  if (change(id, attempt, status, [&] { return queue_.bury(id); })) {
    ++result_.counts.buried;
    say(what, id, attempt, status);
  }
}

// Because this program ends, not because of its item: it was asked to, or what came to this program came to it too.
bool Pool::was_ended(int status) const noexcept {
  return phase_ >= Phase::ending || (result_.signal != 0 && (terminal_ || status == 128 + result_.signal));
}

bool Pool::last_attempt(std::uint64_t attempt) const noexcept {
  if (plan_.retries >= 0) {
    return attempt > static_cast<std::uint64_t>(plan_.retries);
  }
  return queue_.limits().max_attempts == 0;
}

void Pool::say(What what, std::uint64_t id, std::uint64_t attempt, int status) {
  news_ = true;
  listener_.event({what, id, attempt, status, static_cast<std::uint32_t>(running_.size())});
}

}  // namespace shm::work

#include "guard/supervise.hpp"
#include <sys/prctl.h>
#include <sys/wait.h>
#include <algorithm>
#include "guard/supervisor.hpp"
#include "os/clock.hpp"
#include "os/random.hpp"

namespace shm::guard {

namespace {
using os::Result;

constexpr int status_lost = 75;  // how the command ended is not known, and no other was run
constexpr int status_timed_out = 124;
constexpr int status_not_runnable = 126;
constexpr int status_not_found = 127;
}  // namespace

Result<void> Supervisor::adopt() noexcept {
  if (plan_.timeout_ns < 0 && plan_.until == Until::main) {
    return {};
  }
  if (!os::has_proc()) {
    return std::unexpected(os::fail(os::Code::system, "follow", "the command's descendants",
                                    "/proc is missing, or is another pid namespace's",
                                    "mount it (unshare --mount-proc), or do without --timeout and --hold"));
  }
  become_reaper();
  return {};
}

// From now on this process is given the command's orphans. A shell may have replaced itself by this program and left it
// its own children: they are none of the command's.
void Supervisor::become_reaper() noexcept {
  if (roots_.adopted) {
    return;
  }
  os::sys::call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  roots_.adopted = true;
  if (roots_.command == 0 && os::sys::call(SYS_wait4, -1, 0, WNOHANG, 0) == -ECHILD) {
    return;
  }
  Roots all;
  all.adopted = true;
  const int self = os::own_pid();
  for (const auto& process : find_tree(all)) {
    if (process.parent == self && process.pid != roots_.command) {
      roots_.strangers.push_back(process.pid);
    }
  }
}

Result<Ended> Supervisor::start(Hold* hold) noexcept {
  os::Command command;
  command.words = plan_.words;
  command.environment = plan_.environment;
  command.circumstances = plan_.circumstances;
  command.keep = keep_;
  command.mask = old_mask_;
  if (child_ignored_) {
    command.ignored.add(SIGCHLD);
  }
  if (hold != nullptr) {
    command.keep = hold->inherited();
    command.pid = hold->pid_place();
    command.started = hold->start_place();
  }
  for (Companion* const companion : plan_.companions) {
    if (auto done = companion->prepare(command); !done) {
      return std::unexpected(done.error());
    }
  }
  const auto started = os::start_command(command);
  if (!started) {
    return std::unexpected(started.error());
  }
  Ended ended;
  ended.exec_errno = started->exec_errno;
  ended.step = started->step;
  if (ended.exec_errno != 0) {
    ended.ending = Ending::not_runnable;
    const bool missing = ended.exec_errno == ENOENT && ended.step == os::StartStep::run;
    ended.status = missing ? status_not_found : status_not_runnable;
  }
  roots_.command = started->pid;
  if (hold != nullptr) {
    hold->note_trigger();
  }
  for (Companion* const companion : plan_.companions) {
    companion->started(*this, started->pid);
  }
  return ended;
}

void Supervisor::tell_end(Ended& ended) const noexcept {
  ended.signal = WIFSIGNALED(try_.waited) ? WTERMSIG(try_.waited) : 0;
  ended.status = ended.signal != 0 ? 128 + ended.signal : WEXITSTATUS(try_.waited);
  ended.ending = ended.signal != 0 ? Ending::signalled : Ending::exited;
  if (try_.end_unseen) {
    ended.status = status_lost;
    ended.ending = Ending::lost;
  }
  if (try_.timed_out) {
    ended.status = status_timed_out;
    ended.ending = Ending::timed_out;
  }
  if (stop_asked_) {
    ended.ending = Ending::stopped;
  }
}

Result<Ended> Supervisor::try_once(Hold* hold) noexcept {
  try_ = {};
  auto ended = start(hold);
  if (ended && roots_.command != 0) {
    watch();
    tell_end(*ended);
  }
  if (ended && !plan_.companions.empty()) {
    for (Companion* const companion : plan_.companions) {
      companion->command_ended(*ended);
    }
    finish_companions();
  }
  return ended;
}

// What can't be run now can't be run in a minute. Who was asked to end does not begin anew.
bool Supervisor::try_again(const Ended& ended) const noexcept {
  const bool wanted = plan_.again == Again::any || (plan_.again == Again::failure) == (ended.status != 0);
  return wanted && ended.tries <= plan_.retries && ended.ending != Ending::not_runnable && !stop_asked_ &&
         !asked_to_end_;
}

// Twice as long for each one that failed in a row before, and a part of it by chance: many jobs that failed together
// don't come back together.
std::int64_t Supervisor::backoff() const noexcept {
  std::int64_t pause = plan_.backoff_ns;
  for (unsigned i = 1; i < failed_in_a_row_ && pause < plan_.most_backoff_ns; ++i) {
    pause = pause > INT64_MAX / 2 ? INT64_MAX : pause * 2;
  }
  pause = std::min(pause, plan_.most_backoff_ns);
  const auto chance = os::random_id();
  return chance && pause >= 8 ? pause - static_cast<std::int64_t>(*chance % static_cast<std::uint64_t>(pause / 8))
                              : pause;
}

Result<Ended> Supervisor::run(Hold& hold) noexcept {
  if (auto done = adopt(); !done) {
    return std::unexpected(done.error());
  }
  take_signals();
  const std::int64_t began = os::monotonic_ns();
  if (plan_.min_hold_ns > 0) {
    hold.hold_for(plan_.min_hold_ns);
  }
  auto ended = try_once(&hold);
  while (ended && try_again(*ended)) {
    failed_in_a_row_ = ended->status != 0 ? failed_in_a_row_ + 1 : 0;
    hold.begin_again();  // before the pause: who asks meanwhile is not told of a pid that is anybody's
    if (!rest(os::after(backoff()))) {
      break;
    }
    const unsigned tries = ended->tries + 1;
    ended = try_once(&hold);
    if (ended) {
      ended->tries = tries;
    }
  }
  if (!ended) {
    return ended;
  }
  ended->duration_ns = os::monotonic_ns() - began;
  ended->usage = usage_;
  if (plan_.min_hold_ns > 0) {
    (void)rest(began > INT64_MAX - plan_.min_hold_ns ? INT64_MAX : began + plan_.min_hold_ns);
  }
  for (Companion* const companion : plan_.companions) {
    companion->run_ended(*ended);
  }
  return ended;
}

Result<Ended> Supervisor::run_unguarded(std::span<const int> keep) noexcept {
  keep_ = keep;
  if (auto done = adopt(); !done) {
    return std::unexpected(done.error());
  }
  take_signals();
  return try_once(nullptr);
}

Result<Ended> supervise_unguarded(std::span<const int> keep, const Plan& plan) noexcept {
  return Supervisor(plan).run_unguarded(keep);
}

int become(std::span<const int> keep, const Plan& plan) noexcept {
  os::Command command;
  command.words = plan.words;
  command.environment = plan.environment;
  command.keep = keep;
  return os::become_command(command);
}

Result<Ended> supervise(Hold& hold, const Plan& plan) noexcept {
  Supervisor supervisor(plan);
  auto ended = supervisor.run(hold);
  Ended none;
  none.status = status_not_runnable;
  none.ending = Ending::not_runnable;
  hold.end(ended ? *ended : none);
  return ended;
}

}  // namespace shm::guard

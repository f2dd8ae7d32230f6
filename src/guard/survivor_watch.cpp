// The Supervisor's part for a command that another supervisor started and that outlived it.
#include <csignal>
#include "guard/supervisor.hpp"
#include "os/clock.hpp"

namespace shm::guard {

void Supervisor::wait_for_survivor_too() noexcept {
  if (survivor_ != nullptr && !try_.main_ended) {
    list_.push_back({survivor_->process.get(), POLLIN, 0});
  }
}

void Supervisor::look_after_survivor() noexcept {
  if (survivor_ == nullptr || try_.main_ended || list_.back().revents == 0) {
    return;
  }
  const auto end = os::end_of(*survivor_);  // at once: it is told only until the parent has asked
  try_.main_ended = true;
  try_.waited = end.value_or(0);
  try_.end_unseen = !end;
  roots_.command = 0;
}

// Whatever loses its parent from now on can't be found by it: this process is given no orphans.
void Supervisor::note_tree() noexcept {
  if (survivor_ != nullptr) {
    roots_.known = find_tree(roots_);
  }
}

Ended Supervisor::watch_survivor(const Survivor& survivor) noexcept {
  survivor_ = &survivor.watched;
  roots_.command = survivor.command.pid;
  roots_.command_start = survivor.command.start;
  take_signals();
  if (plan_.until != Until::main) {
    note_tree();
  }
  for (Companion* const companion : plan_.companions) {
    companion->started(*this, survivor.command.pid);
  }
  watch();
  Ended ended;
  tell_end(ended);
  ended.duration_ns = os::realtime_ns() - survivor.since_ns;
  for (Companion* const companion : plan_.companions) {
    companion->command_ended(ended);
  }
  finish_companions();
  if (survivor.hold_until_ns != 0) {
    (void)rest(os::after(survivor.hold_until_ns - os::realtime_ns()));
  }
  for (Companion* const companion : plan_.companions) {
    companion->run_ended(ended);
  }
  return ended;
}

os::Result<Ended> supervise_survivor(Survivor& survivor, const Plan& plan) noexcept {
  Plan rest = plan;
  rest.retries = 0;
  if (plan.timeout_ns >= 0) {
    const std::int64_t ran_ns = os::realtime_ns() - survivor.since_ns;
    rest.timeout_ns = ran_ns <= 0 ? plan.timeout_ns : ran_ns < plan.timeout_ns ? plan.timeout_ns - ran_ns : 0;
  }
  Supervisor supervisor(rest);
  const Ended ended = supervisor.watch_survivor(survivor);
  survivor.hold.end(ended);
  return ended;
}

}  // namespace shm::guard

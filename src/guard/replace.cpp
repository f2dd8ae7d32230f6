#include "guard/replace.hpp"
#include <algorithm>
#include "guard/stopping.hpp"
#include "os/clock.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::Result;

constexpr std::int64_t tick_ns = 10'000'000;       // the unit of Holder::from_ticks
constexpr std::int64_t look_again_ns = 1'000'000;  // at a job that is about to be given back

bool passed(std::int64_t deadline_ns) noexcept { return deadline_ns >= 0 && os::monotonic_ns() >= deadline_ns; }

std::int64_t age_of(const Holder& holder) noexcept {
  return holder.recorded ? os::boottime_ns() - static_cast<std::int64_t>(holder.from_ticks) * tick_ns : INT64_MAX;
}
}  // namespace

Want Replacing::next_want() const noexcept {
  Want want = want_;
  want.wait = patience_ns_ != 0;
  if (want.wait && (want.deadline_ns < 0 || patience_ns_ < want.deadline_ns)) {
    want.deadline_ns = patience_ns_;
  }
  want.inside_a_run = true;  // who ended the run that it is itself a part of would end itself
  return want;
}

// 0: all are.
std::int64_t Replacing::old_enough_in(const std::vector<Holder>& holders) const noexcept {
  std::int64_t wait = 0;
  for (const Holder& holder : holders) {
    wait = std::max(wait, want_.replace_older_ns - age_of(holder));
  }
  return wait;
}

// Where all slots are taken, one more is enough: that of the oldest run.
void Replacing::leave_other_slots(std::vector<Holder>& holders) const noexcept {
  const auto in_slot = [](const Holder& holder) { return holder.recorded && holder.mode == Mode::slot; };
  if (want_.mode == Mode::slot && !holders.empty() && std::all_of(holders.begin(), holders.end(), in_slot)) {
    const auto older = [](const Holder& left, const Holder& right) { return left.since_ns < right.since_ns; };
    holders = {*std::min_element(holders.begin(), holders.end(), older)};
  }
}

Result<Replacing::Outcome> Replacing::replace(std::vector<Holder> holders) noexcept {
  if (passed(want_.deadline_ns)) {
    return Outcome::late;
  }
  leave_other_slots(holders);
  patience_ns_ = 0;
  if (const std::int64_t wait = old_enough_in(holders); wait > 0) {
    if (!want_.wait) {
      return Outcome::refuse;
    }
    patience_ns_ = os::after(wait);
    return Outcome::again;
  }
  const bool known = std::any_of(holders.begin(), holders.end(), [](const Holder& each) { return each.recorded; });
  if (!known) {
    holders = lock_keepers(store_, job_);  // who is left of a run, and has its lock
  }
  if (holders.empty()) {
    os::sleep_until(os::after(look_again_ns));
    return Outcome::again;
  }
  std::vector<Stopping> stoppings;
  for (const Holder& holder : holders) {
    if (!holder.recorded && known) {
      continue;  // about to be on record
    }
    if (holder.recorded && holder.token == 0 && holder.descriptor < 0) {
      return Outcome::refuse;  // it listens, and does not answer: nobody knows what it runs
    }
    Stopping stopping(store_, job_, holder, want_.kill_after_ns);
    if (auto begun = stopping.begin(want_.deadline_ns); begun) {
      stoppings.push_back(std::move(stopping));
    } else if (begun.error().code == Code::timed_out) {
      return Outcome::late;
    } else if (begun.error().code != Code::absent) {
      return std::unexpected(begun.error());
    }
  }
  if (stoppings.empty()) {
    os::sleep_until(os::after(look_again_ns));
  }
  for (Stopping& stopping : stoppings) {
    const auto ended = stopping.wait(want_.deadline_ns);
    if (!ended) {
      return std::unexpected(ended.error());
    }
    if (!*ended) {
      return Outcome::late;
    }
  }
  return Outcome::again;
}

}  // namespace shm::guard

#include "guard/acquire.hpp"
#include "guard/admission.hpp"
#include "guard/attempt.hpp"
#include "guard/replace.hpp"
#include "os/clock.hpp"
#include "store/name.hpp"

namespace shm::guard {

namespace {
using os::Result;

// Each new try means that somebody removed or replaced the job's files meanwhile.
constexpr int most_tries = 1000;
// A holder that is not on record yet is about to be, and one that is no longer is about to let go.
constexpr int settle_tries = 5;
constexpr std::int64_t settle_ns = 1'000'000;

Busy::Why why_of(Step step) noexcept {
  switch (step) {
    case Step::timed_out: return Busy::Why::timed_out;
    case Step::nested: return Busy::Why::nested;
    case Step::displaced: return Busy::Why::displaced;
    case Step::occupied: return Busy::Why::occupied;
    case Step::paused: return Busy::Why::paused;
    case Step::too_soon: return Busy::Why::too_soon;
    case Step::too_late: return Busy::Why::too_late;
    default: return Busy::Why::held;
  }
}

Busy::Why why_of(Replacing::Outcome outcome, const Want& want) noexcept {
  switch (outcome) {
    case Replacing::Outcome::late: return too_late(want) ? Busy::Why::too_late : Busy::Why::timed_out;
    case Replacing::Outcome::too_soon: return Busy::Why::too_soon;
    default: return Busy::Why::held;
  }
}
}  // namespace

Result<Outcome> acquire(const store::Store& store, std::string_view name, const Want& want) noexcept {
  if (auto valid = store::check_name(name); !valid) {
    return std::unexpected(valid.error());
  }
  const Want wanted = within_start_deadline(want.jitter_ns > 0 ? sleep_by_chance(want) : want);
  Replacing replacing(store, name, wanted);
  int settled = 0;
  for (int tries = 0; tries < most_tries; ++tries) {
    const Want now = wanted.replace ? replacing.next_want() : wanted;
    Attempt attempt(store, name, now);
    const auto step = attempt.run();
    if (!step) {
      return std::unexpected(step.error());
    }
    Outcome outcome;
    switch (*step) {
      case Step::taken: outcome.hold = attempt.hold(); return outcome;
      case Step::again: continue;
      default: break;
    }
    outcome.busy.why = *step == Step::timed_out && too_late(want) ? Busy::Why::too_late : why_of(*step);
    outcome.busy.due_ns = attempt.due_ns();
    outcome.busy.pause = attempt.pause();
    outcome.busy.holders = attempt.in_the_way();
    if (outcome.busy.holders.empty() && *step == Step::busy && settled < settle_tries) {
      ++settled;
      os::sleep_until(os::monotonic_ns() + settle_ns);
      continue;
    }
    if (wanted.replace && (*step == Step::busy || *step == Step::timed_out)) {
      const auto replaced = attempt.too_soon() ? Result<Replacing::Outcome>(Replacing::Outcome::too_soon)
                                               : replacing.replace(outcome.busy.holders);
      if (!replaced) {
        return std::unexpected(replaced.error());
      }
      if (*replaced == Replacing::Outcome::again) {
        tries = settled = 0;  // each means that somebody ran it and is gone
        continue;
      }
      outcome.busy.due_ns = attempt.due_ns();
      outcome.busy.why = why_of(*replaced, want);
    }
    if (outcome.busy.holders.empty() && (*step == Step::busy || *step == Step::timed_out)) {
      outcome.busy.holders = attempt.leftovers();
    }
    if (*step != Step::nested && (want.held_is_skipped || outcome.busy.why != Busy::Why::held)) {
      attempt.count_refusal(outcome.busy);
    }
    if (want.briefly) {
      attempt.leave_record_open();
    }
    return outcome;
  }
  return std::unexpected(os::fail(os::Code::busy, "take job", name, "its files keep being removed and made anew"));
}

}  // namespace shm::guard

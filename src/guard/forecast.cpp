#include "guard/forecast.hpp"
#include <algorithm>
#include "guard/admission.hpp"
#include "guard/place.hpp"

namespace shm::guard {

namespace {
using os::Result;

bool in_the_way(const Holder& holder, const Want& want) noexcept {
  if (!holder.recorded) {
    return true;  // it has the lock, and nobody knows how
  }
  const bool slots = want.mode == Mode::slot && holder.mode == Mode::slot;
  return slots ? holder.slot < want.slots : excludes(holder, want.mode, 0);
}

// Of several slots, all must be taken.
bool is_busy(const std::vector<Holder>& holders, const Want& want) noexcept {
  const auto has_slot = [](const Holder& holder) { return holder.recorded && holder.mode == Mode::slot; };
  return want.mode == Mode::slot && std::all_of(holders.begin(), holders.end(), has_slot) ? holders.size() >= want.slots
                                                                                          : !holders.empty();
}

bool would_wait_for_itself(const std::vector<Holder>& holders, const Want& want) noexcept {
  const auto inside = [&](const Holder& holder) { return runs_inside(holder, want.outer_token); };
  return (want.wait || want.inside_a_run) &&
         (want.mode == Mode::slot ? std::all_of(holders.begin(), holders.end(), inside)
                                  : std::any_of(holders.begin(), holders.end(), inside));
}

void refuse(Forecast& found, Why why) noexcept {
  found.turn = Forecast::Turn::refused;
  found.busy.why = why;
}

void foresee_busy(Forecast& found, const Record& record, const Want& want) noexcept {
  found.busy.why = Why::held;
  if (would_wait_for_itself(found.busy.holders, want)) {
    refuse(found, Why::nested);
  } else if (!want.wait) {
    refuse(found, Why::held);
  } else {
    const bool occupied = want.one_waits && Place::occupied(record);
    found.turn = Forecast::Turn::waits;
    found.displaces = occupied && want.keep == Keep::newest;
    if (occupied && want.keep == Keep::oldest) {
      refuse(found, Why::occupied);
    }
  }
}
}  // namespace

Result<Forecast> forecast(const store::Store& store, std::string_view name, const Want& want) noexcept {
  Forecast found;
  auto view = view_job(store, name);
  const auto record = Record::open(store, name, os::Access::read);
  if (!view || !record) {
    const os::Error& error = view ? record.error() : view.error();
    return error.code == os::Code::absent ? Result<Forecast>(std::move(found)) : std::unexpected(error);
  }
  found.job = std::move(*view);
  for (const Holder& holder : found.job->holders) {
    if (in_the_way(holder, want)) {
      found.busy.holders.push_back(holder);
    }
  }
  const bool unseen = found.job->state.running && found.job->holders.empty();
  if (const auto pause = pause_of(record->summary())) {
    found.busy.pause = *pause;
    refuse(found, Why::paused);
  } else if (unseen || is_busy(found.busy.holders, want)) {
    foresee_busy(found, *record, want);
  } else {
    found.busy.holders.clear();
    found.busy.due_ns = due_after_last_run(*record, Here::look(), want.once_per_ns);
    if (found.busy.due_ns != 0) {
      refuse(found, Why::too_soon);
    }
  }
  return found;
}

}  // namespace shm::guard

#include "guard/admission.hpp"
#include <algorithm>
#include "os/clock.hpp"
#include "os/random.hpp"

namespace shm::guard {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;

// How long ago the last run began by the clock of this boot, which is never set, to a tick; -1: it was another boot's,
// or nobody knows. Its entry is still there: only a later run would have replaced it.
std::int64_t since_last_run_ns(const Record& record, const Here& here) noexcept {
  const std::uint64_t token = record.summary().token.load();
  for (std::size_t i = 0; i < record.entries(); ++i) {
    const Entry& entry = record.entry(i);
    if (entry.token.load() != token || entry.boot_high.load() != here.boot.high ||
        entry.boot_low.load() != here.boot.low || here.boot == os::BootId{}) {
      continue;
    }
    const std::uint64_t now = os::start_ticks(os::boottime_ns());
    const std::uint64_t then = entry.command_from.load();
    const auto tick_ns = second_ns / static_cast<std::int64_t>(os::start_ticks(second_ns));
    return then <= now ? static_cast<std::int64_t>(now - then) * tick_ns : -1;
  }
  return -1;
}

std::int64_t later_by(std::int64_t time_ns, std::int64_t more_ns) noexcept {
  return more_ns > INT64_MAX - time_ns ? INT64_MAX : time_ns + more_ns;
}

// From when on a run may begin, or 0, and then nobody else's may for a period. Runs beside each other come here at the
// same moment: the one that puts its end of the period down first begins, though its start is not on record yet.
std::int64_t claim_period(const Want& want, const Record& record, const Here& here) noexcept {
  Cell& due_cell = record.summary().due_ns;
  const std::uint64_t seen = due_cell.load();
  const std::int64_t now = os::realtime_ns();
  std::int64_t due = due_after_last_run(record, here, want.once_per_ns);
  const auto claimed = static_cast<std::int64_t>(seen);
  if (due == 0 && want.mode != Mode::exclusive && claimed > now && claimed - now <= want.once_per_ns) {
    due = claimed;
  }
  const std::int64_t put_down = due != 0 ? due : later_by(now, want.once_per_ns);
  if (!due_cell.replace(seen, static_cast<std::uint64_t>(put_down)) && due == 0) {
    due = static_cast<std::int64_t>(due_cell.load());
  }
  return due;
}
}  // namespace

Step may_begin(const Want& want, const Record& record, const Here& here, std::int64_t& due_ns) noexcept {
  if (too_late(want)) {
    return Step::too_late;
  }
  if (want.once_per_ns > 0) {
    due_ns = claim_period(want, record, here);
    return due_ns == 0 ? Step::taken : Step::too_soon;
  }
  return Step::taken;
}

std::int64_t due_after_last_run(const Record& record, const Here& here, std::int64_t period_ns) noexcept {
  const auto last = static_cast<std::int64_t>(record.summary().last_start_ns.load());
  if (last <= 0 || period_ns <= 0) {
    return 0;
  }
  const std::int64_t now = os::realtime_ns();
  std::int64_t ago = now - last;
  if (const std::int64_t known = since_last_run_ns(record, here); known >= 0 && std::abs(known - ago) > second_ns) {
    ago = known;  // the clock that people see was set meanwhile
  }
  if (ago < 0 || ago >= period_ns) {  // in the future: the clock was wrong then, or is now
    return 0;
  }
  return later_by(now, period_ns - ago);
}

bool too_late(const Want& want) noexcept {
  return want.start_deadline_ns != for_ever && os::boottime_ns() >= want.start_deadline_ns;
}

Want within_start_deadline(const Want& want) noexcept {
  Want wanted = want;
  if (want.start_deadline_ns != for_ever) {
    const std::int64_t rest = std::max<std::int64_t>(want.start_deadline_ns - os::boottime_ns(), 0);
    const std::int64_t latest = os::after(rest);
    wanted.deadline_ns = want.deadline_ns == for_ever ? latest : std::min(want.deadline_ns, latest);
  }
  return wanted;
}

std::int64_t part_of(std::int64_t jitter_ns) noexcept {
  const auto chance = os::random_id();
  return chance ? static_cast<std::int64_t>(*chance % static_cast<std::uint64_t>(jitter_ns)) : jitter_ns / 2;
}

Want sleep_by_chance(const Want& want) noexcept {
  const std::int64_t part = part_of(want.jitter_ns);
  const std::int64_t until = os::after(part);
  while (os::monotonic_ns() < until) {
    os::sleep_until(until);
  }
  Want wanted = want;
  if (want.deadline_ns != for_ever) {
    wanted.deadline_ns = later_by(want.deadline_ns, part);
  }
  return wanted;
}

}  // namespace shm::guard

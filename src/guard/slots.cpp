// Attempt's part for --slots: one of several slots, and a queue of those who wait for the next one.
#include <fcntl.h>
#include "guard/attempt.hpp"
#include "guard/job_files.hpp"
#include "os/clock.hpp"
#include "os/futex.hpp"

namespace shm::guard {

namespace {
using os::Result;

constexpr std::int64_t look_again_ns = 20'000'000;  // a killed holder wakes nobody
}  // namespace

Result<Step> Attempt::try_slot(std::uint32_t slot, const std::vector<Holder>& holders) noexcept {
  for (const Holder& holder : holders) {
    if (excludes(holder, Mode::slot, slot)) {
      return Step::busy;
    }
  }
  os::FileInfo before;
  auto file = store_.open_or_create_file(slot_name(name_, slot).view(), O_RDONLY, &before);
  if (!file) {
    return std::unexpected(file.error());
  }
  const auto taken = os::try_flock(*file, os::Sharing::exclusive);
  if (!taken) {
    return std::unexpected(taken.error());
  }
  const auto now = os::info_at(store_.dir(), slot_name(name_, slot).view());
  if (!*taken || !now || !now->same_file(before)) {
    return Step::busy;
  }
  locks_.slot = std::move(*file);
  slot_ = slot;
  return Step::taken;
}

Result<Step> Attempt::try_slots() noexcept {
  if (auto done = record_->refresh(); !done) {
    return std::unexpected(done.error());
  }
  auto holders = live_holders(*record_, here_);
  holders.insert(holders.end(), answering_.begin(), answering_.end());
  for (std::uint32_t slot = 0; slot < want_.slots; ++slot) {
    if (const auto step = try_slot(slot, holders); !step || *step == Step::taken) {
      return step;
    }
  }
  // Nested only if no slot will ever come free without this process ending first.
  std::uint32_t outside = want_.slots;
  for (const Holder& holder : holders) {
    if (holder.slot < want_.slots && runs_inside(holder, want_.outer_token)) {
      --outside;
    }
  }
  return outside == 0 ? Step::nested : Step::busy;
}

Result<Step> Attempt::take_slot() noexcept {
  auto step = try_slots();
  if (!step || *step != Step::busy || !want_.wait) {
    return step;
  }
  // The kernel's queue again: one waiter looks at the slots, the others wait for it to have got one.
  os::FileInfo ignored;
  const auto queue = store_.open_or_create_file(queue_name(name_).view(), O_RDONLY, &ignored);
  if (!queue) {
    return std::unexpected(queue.error());
  }
  if (!begin_waiting()) {
    return Step::occupied;
  }
  step = wait_for_file(*queue, os::Sharing::exclusive);
  if (!step || *step != Step::taken) {
    return step;
  }
  for (;;) {
    if (place_ && place_->lost()) {
      return Step::displaced;
    }
    Cell& releases = record_->summary().releases;
    const std::uint64_t seen = releases.load();
    step = try_slots();
    if (!step || *step != Step::busy) {
      return step;
    }
    std::int64_t most = look_again_ns;
    if (want_.deadline_ns != for_ever) {
      const std::int64_t rest = want_.deadline_ns - os::monotonic_ns();
      if (rest <= 0) {
        return Step::timed_out;
      }
      most = rest < most ? rest : most;
    }
    os::futex_wait(releases.address(), seen, most);
  }
}

}  // namespace shm::guard

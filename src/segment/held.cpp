// Region's part in a change of several objects (see workspace.hpp).
#include "segment/region.hpp"
#include "segment/undo.hpp"
#include "segment/wake.hpp"
#include "store/change_file.hpp"

namespace shm::segment {

using os::Result;

// Takes the lock; what follows is part of the change.
Result<void> Region::hold() noexcept {
  auto change = begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  change->suspend();
  return {};
}

// All that can fail of making the change happen.
Result<void> Region::complete() noexcept {
  auto change = begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  change->hand_back();
  return change->commit();
}

// From now on the log is undone unless `change` has happened.
void Region::join(std::uint64_t change) noexcept {
  Memory::order();
  store(memory_.control().joined, change);
  Memory::order();
}

Region::Sight Region::sight() const noexcept {
  const auto& control = memory_.control();
  for (;;) {
    Sight seen{load(control.head), false};
    if (const std::uint64_t joined = load(control.joined); count_of(seen.head) != 0 && joined != 0) {
      const auto decision = store::decision_of(*store_, joined);
      seen.happened = decision && *decision == store::Decision::happened;
    }
    if (load(control.head) == seen.head) {
      return seen;
    }
  }
}

bool Region::changed() const noexcept { return count_of(load(memory_.control().head)) != 0; }

bool Region::is_unborn() const noexcept { return load(memory_.control().removed) >= store::least_change_id; }

void Region::let_go(bool happened) noexcept {
  auto& control = memory_.control();
  if (!happened && is_unborn()) {
    store(control.removed, gone_for_good);
    (void)finish_removal();
  }
  const bool changed = count_of(load(control.head)) != 0;
  if (happened) {
    store(control.removed, 0);
    Memory::order();
    if (changed) {
      segment::commit(memory_);
      store(control.changed, generation_of(load(control.head)));
    }
  } else {
    (void)roll_back(memory_, outer_.capacity);  // a log that can't be undone is left for the next one to say so
  }
  Memory::order();
  store(control.joined, 0);
  outer_ = {};
  unlock();
  if (changed) {
    wake_after_release(memory_);
  }
}

}  // namespace shm::segment

#include "segment/cell.hpp"
#include <fcntl.h>
#include <algorithm>
#include "os/clock.hpp"
#include "os/futex.hpp"
#include "segment/memory.hpp"
#include "segment/workspace.hpp"

namespace shm::segment {

namespace {
using os::Code;
using os::fail;
using os::Result;
using store::Decision;

constexpr std::int64_t patience_ns = 10'000'000'000;  // for a change of several objects
constexpr std::int64_t nap_ns = 1'000'000;
constexpr std::int64_t announced_ns = 100'000'000;  // as long as a lost wake costs
constexpr std::int64_t unknown_ns = 20'000'000;

static_assert(offsetof(CellWords, number) % 16 == 0 && offsetof(CellWords, tag) == offsetof(CellWords, number) + 8 &&
                  store::first_payload_offset % 16 == 0,
              "number and tag are exchanged at once");

// After a change of several objects: its id stands where the count was, and makes one that it has never been.
constexpr std::uint64_t count_after(std::uint64_t change) noexcept { return change * 2 % store::least_change_id; }

os::Error gone(std::string_view name) noexcept { return fail(Code::absent, "open", name, "there is no such object"); }
}  // namespace

Result<void> Cell::create(const store::Store& store, std::string_view name, const store::NewObject& object,
                          std::uint64_t number) noexcept {
  CellWords first{};
  first.number = number;
  auto* workspace = Workspace::of_several();
  if (workspace != nullptr) {
    const auto change = workspace->change_id(store);
    if (!change) {
      return std::unexpected(change.error());
    }
    first.tag = *change;
    first.wanted = number;
    first.unborn = 1;
  }
  store::NewObject whole = object;
  whole.payload_size = sizeof first;
  whole.payload = std::as_bytes(std::span(&first, 1));
  const auto created = Workspace::create(store, name, whole);
  return created && workspace != nullptr ? workspace->made_cell(store, name) : created;
}

Result<Cell> Cell::of(Segment segment) noexcept {
  Cell cell;
  cell.segment_ = std::move(segment);
  if (cell.segment_.held_.on) {
    return cell;
  }
  if (auto* workspace = Workspace::of_several()) {
    if (const auto joined = workspace->join(cell.segment_); !joined) {
      return std::unexpected(joined.error());
    }
  } else if (!is_count(segment::load(words(cell.segment_).tag))) {
    if (const auto there = cell.load(); !there) {
      return std::unexpected(there.error());
    }
  }
  return cell;
}

Result<std::uint64_t> Cell::load(const Segment& segment) noexcept {
  if (segment.held_.on) {
    return segment.held_.number;
  }
  const auto seen = look(segment);
  return seen ? Result<std::uint64_t>(seen->number) : std::unexpected(seen.error());
}

Result<Cell::Sight> Cell::look(const Segment& segment) noexcept {
  const auto& cell = words(segment);
  for (;;) {
    const std::uint64_t tag = segment::load(cell.tag);
    Sight seen{segment::load(cell.number), tag, false};
    if (!is_count(tag) && tag < store::least_change_id) {
      return std::unexpected(gone(segment.name()));
    }
    if (!is_count(tag)) {
      const auto decision = store::decision_of(segment.store(), tag);
      if (!decision) {
        return std::unexpected(decision.error());
      }
      if (*decision == Decision::happened) {
        seen.number = segment::load(cell.wanted);
        seen.happened = true;
      } else if (segment::load(cell.unborn) != 0 && segment::load(cell.tag) == tag) {
        return std::unexpected(gone(segment.name()));
      }
    }
    // As long as the tag stays, so do the number and what it becomes.
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    if (segment::load(cell.tag) == tag) {
      return seen;
    }
  }
}

Result<Cell::Sight> Cell::ready() noexcept {
  if (segment_.held_.on) {
    return Sight{segment_.held_.number, 0, false};
  }
  const auto& cell = words(segment_);
  for (std::int64_t deadline_ns = 0;;) {
    const std::uint64_t number = segment::load(cell.number);
    const std::uint64_t tag = segment::load(cell.tag);
    if (is_count(tag)) {
      return Sight{number, tag, false};
    }
    deadline_ns = deadline_ns != 0 ? deadline_ns : os::monotonic_ns() + patience_ns;
    if (const auto settled = settle(segment_, tag, deadline_ns); !settled) {
      return std::unexpected(settled.error());
    }
  }
}

bool Cell::exchange(const Sight& seen, std::uint64_t wanted) noexcept {
  if (segment_.held_.on) {
    segment_.held_.number = wanted;
    return true;
  }
  auto& cell = words(segment_);
  if (!exchange_both(cell, seen.number, seen.tag, wanted, next_count(seen.tag))) {
    return false;
  }
  wake_sleepers(segment_);
  return true;
}

void Cell::wake(const Segment& segment) noexcept {
  auto& cell = words(segment);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  if (segment::load(cell.sleepers) != 0) {
    segment::store(cell.sleepers, 0);
    __atomic_fetch_add(&cell.pulses, 1, __ATOMIC_ACQ_REL);
    os::futex_wake_all(&cell.pulses);
  }
}

Result<void> Cell::settle(const Segment& segment, std::uint64_t tag, std::int64_t deadline_ns) noexcept {
  auto& cell = words(segment);
  for (;;) {
    if (is_count(tag)) {
      return {};
    }
    if (tag < store::least_change_id) {
      return std::unexpected(gone(segment.name()));
    }
    const auto decision = store::decision_of(segment.store(), tag);
    if (!decision) {
      return std::unexpected(decision.error());
    }
    // Read before the tag is looked at again, by the exchange: so they are this change's.
    const std::uint64_t number = segment::load(cell.number);
    const std::uint64_t wanted = segment::load(cell.wanted);
    const bool unborn = segment::load(cell.unborn) != 0;
    if (segment::load(cell.tag) != tag) {
      return {};
    }
    if (*decision == Decision::happened) {
      segment::store(cell.unborn, 0);
      (void)exchange_both(cell, number, tag, wanted, count_after(tag));
      wake(segment);
      return {};
    }
    if (*decision == Decision::abandoned) {
      (void)exchange_both(cell, number, tag, number, unborn ? cell_removed : count_after(tag));
      return unborn ? Result<void>(std::unexpected(gone(segment.name()))) : Result<void>();
    }
    if (unborn) {
      return std::unexpected(gone(segment.name()));
    }
    const std::int64_t now = os::monotonic_ns();
    if (deadline_ns >= 0 && now >= deadline_ns) {
      return std::unexpected(fail(Code::timed_out, "change", segment.name(),
                                  "a change of several objects, of which it is one, does not get done",
                                  "look for a 'shmctl exec --atomic' that is stopped"));
    }
    os::futex_wait(&cell.tag, tag, std::min(nap_ns, deadline_ns < 0 ? nap_ns : deadline_ns - now));
    tag = segment::load(cell.tag);
  }
}

Result<std::uint64_t> Cell::take(const Segment& segment, std::uint64_t change, std::int64_t deadline_ns) noexcept {
  auto& cell = words(segment);
  for (;;) {
    const std::uint64_t number = segment::load(cell.number);
    const std::uint64_t tag = segment::load(cell.tag);
    if (tag == change) {  // made by it
      return number;
    }
    if (is_count(tag)) {
      if (exchange_both(cell, number, tag, number, change)) {
        return number;
      }
    } else if (const auto settled = settle(segment, tag, deadline_ns); !settled) {
      return std::unexpected(settled.error());
    }
  }
}

bool Cell::let_go(const Segment& segment, std::uint64_t change, std::uint64_t wanted, bool happened) noexcept {
  auto& cell = words(segment);
  const std::uint64_t number = segment::load(cell.number);
  const bool there = happened || segment::load(cell.unborn) == 0;
  if (happened) {
    segment::store(cell.unborn, 0);
  }
  (void)exchange_both(cell, number, change, happened ? wanted : number, there ? count_after(change) : cell_removed);
  os::futex_wake_all(&cell.tag);
  wake(segment);
  return there;
}

Result<void> Cell::mark_removed() noexcept {
  auto& cell = words(segment_);
  for (;;) {
    const auto seen = ready();
    if (!seen) {
      return std::unexpected(seen.error());
    }
    if (exchange_both(cell, seen->number, seen->tag, seen->number, cell_removed)) {
      wake(segment_);
      return {};
    }
  }
}

Result<Presence> Cell::presence(const Segment& segment) noexcept {
  const std::uint64_t tag = segment::load(words(segment).tag);
  if (!is_count(tag) && !Workspace::is_own(tag)) {
    const auto settled = settle(segment, tag, 0);
    if (!settled && settled.error().code == Code::absent) {
      return segment::load(words(segment).tag) == cell_removed ? Presence::removed : Presence::unborn;
    }
    if (!settled && settled.error().code != Code::timed_out) {
      return std::unexpected(settled.error());
    }
  }
  return Presence::there;
}

std::uint64_t Cell::announce() noexcept {
  auto& cell = words(segment_);
  if (segment_.writable()) {
    segment::store(cell.sleepers, 1);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  }
  return segment::load(cell.pulses);
}

void Cell::wait(std::uint64_t announced, std::int64_t deadline_ns) const noexcept {
  const std::int64_t most_ns = segment_.writable() ? announced_ns : unknown_ns;
  const std::int64_t left_ns = deadline_ns < 0 ? most_ns : std::min(most_ns, deadline_ns - os::monotonic_ns());
  if (left_ns > 0) {
    os::futex_wait(&words(segment_).pulses, announced, left_ns);
  }
}

}  // namespace shm::segment

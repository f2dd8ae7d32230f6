// Taking ready items from a queue, for good or to be held; and waiting for them.
#include <algorithm>
#include "object/queue.hpp"
#include "object/queue_transit.hpp"
#include "os/clock.hpp"

namespace shm::object {

using namespace queue;
using os::Code;
using os::fail;
using os::Result;

namespace {
constexpr std::uint64_t most_ahead = 64;

// That moment of the clock that counts suspend by the monotonic clock, as long as the machine is not suspended.
// -1: there is none.
std::int64_t monotonic_of(std::int64_t boottime_ns) noexcept {
  constexpr std::int64_t long_ns = 3'600'000'000'000;  // nobody sleeps that long
  const std::int64_t left_ns = boottime_ns <= 0 ? long_ns : boottime_ns - os::boottime_ns();
  return left_ns >= long_ns ? -1 : os::monotonic_ns() + std::max<std::int64_t>(0, left_ns);
}
}  // namespace

template <class Take>
Result<std::vector<Item>> Queue::wait_for_items(const char* attempt, std::uint64_t count, std::int64_t deadline_ns,
                                                Take take, End end) {
  if (count == 0) {
    return std::vector<Item>();
  }
  std::int64_t again_ns = -1;
  const auto once = [&]() -> Result<std::vector<Item>> {
    std::vector<Item> items;
    items.reserve(std::min(count, most_ahead));  // not while others wait for the lock
    auto change = region_.begin();
    if (!change) {
      return std::unexpected(change.error());
    }
    Moment moment;
    again_ns = monotonic_of(reap(*change, limits_, moment));
    // What one item says of its size is checked against the object's; of several, what they say together.
    Copier copier(*change, count == 1 ? ~std::uint64_t{0} : region_.file_size());
    const auto copy = [&](Ref item, ItemState as) {
      if (!copier.add(item, as, items) && !change->damaged()) {
        change->fail(
            fail(Code::full, attempt, region_.name(), "there is no memory for so many items", "ask for fewer"));
      }
    };
    settle(*change, moment, Ask::none);
    Ref large = take(*change, copy);
    if (items.empty() && !large && settle(*change, moment, Ask::leaving)) {
      large = take(*change, copy);
    }
    if (large) {
      return pop_large(region_, *change, large, end);
    }
    if (const auto done = change->commit(); !done) {
      return std::unexpected(done.error());
    }
    if (items.empty()) {
      return std::unexpected(fail(Code::empty, attempt, region_.name(), "no item is ready"));
    }
    return items;
  };
  return region_.wait_for(Code::empty, deadline_ns, once, again_ns);
}

Result<std::vector<Item>> Queue::pop(End end, std::uint64_t count, std::int64_t deadline_ns) {
  const auto pop_some = [&](Transaction& change, const auto& copy) {
    Ref large;
    const std::uint64_t got = take_ready(change, end, count, [&](Ref item) {
      if (count == 1 && is_large(change, item)) {
        large = item;
        return;
      }
      copy(item, ItemState::ready);
      destroy(change, item);
    });
    change.add_root(popped, large ? 0 : got);
    return large;
  };
  return wait_for_items("pop from queue", count, deadline_ns, pop_some, end);
}

Result<std::vector<Item>> Queue::take(const Owner& holder, std::uint64_t count, std::int64_t ttr_ns,
                                      std::int64_t deadline_ns) {
  const std::int64_t time = ttr_ns < 0 ? limits_.ttr_ns : ttr_ns;
  const auto hold_some = [&](Transaction& change, const auto& copy) {
    const std::int64_t until = time == 0 ? 0 : later(os::boottime_ns(), time);
    take_ready(change, End::front, count, [&](Ref item) {
      change.set(item + attempts, change.get(item + attempts) + 1);
      change.set(item + due, static_cast<std::uint64_t>(until));
      change.set(item + ttr, static_cast<std::uint64_t>(time));
      set_owner(change, item, holder);
      put_aside(change, item, ItemState::held);
      copy(item, ItemState::held);
    });
    return Ref{};
  };
  return wait_for_items("take from queue", count, deadline_ns, hold_some, End::front);
}

}  // namespace shm::object

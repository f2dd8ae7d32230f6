#include "object/queue_reaping.hpp"
#include <algorithm>
#include <limits>
#include "os/clock.hpp"

namespace shm::object::queue {

std::int64_t Moment::now() noexcept {
  if (now_ == 0) {
    now_ = os::boottime_ns();
  }
  return now_;
}

Fate fate_of(const Reader& reader, Ref item, Moment& moment) noexcept {
  const std::int64_t until = number(reader, item + due);
  if (until != 0 && until <= moment.now()) {
    return Fate::expired;
  }
  return moment.lives(owner_in(reader, item)) ? Fate::stays : Fate::returned;
}

ItemState after_return(const Reader& reader, Ref item, const QueueLimits& limits) noexcept {
  return limits.max_attempts != 0 && reader.get(item + attempts) >= limits.max_attempts ? ItemState::buried
                                                                                        : ItemState::ready;
}

std::int64_t later(std::int64_t now_ns, std::int64_t ns) noexcept {
  return ns > std::numeric_limits<std::int64_t>::max() - now_ns ? std::numeric_limits<std::int64_t>::max()
                                                                : now_ns + ns;
}

void reap_delayed(Transaction& change, Moment& moment) noexcept {
  Walk walk(change);
  for (Ref item = change.ref_root(first_delayed); item && walk.step() && !change.failed();
       item = change.ref_root(first_delayed)) {
    if (number(change, item + due) > moment.now()) {
      break;
    }
    take_out(change, item);
    put_ready(change, item, End::back);
  }
}

std::int64_t reap(Transaction& change, const QueueLimits& limits, Moment& moment) noexcept {
  reap_delayed(change, moment);
  const Ref delayed = change.ref_root(first_delayed);
  std::int64_t soonest = delayed ? number(change, delayed + due) : 0;
  Walk walk(change);
  // The last to be taken goes first: each goes to the very front, and the first to be taken shall be the next again.
  for (Ref item = change.ref_root(first_held + 1); item && walk.step() && !change.failed();) {
    const Ref before = change.ref(item + previous);
    const Fate fate = fate_of(change, item, moment);
    if (fate != Fate::stays) {
      take_out(change, item);
      put(change, item, after_return(change, item, limits), End::front);
      change.add_root(fate == Fate::expired ? expired : returned, 1);
    } else if (const std::int64_t until = number(change, item + due); until > 0) {
      soonest = soonest > 0 ? std::min(soonest, until) : until;
    }
    item = before;
  }
  return soonest;
}

Outlook outlook(const Reader& reader, const QueueLimits& limits, Moment& moment) {
  Outlook ahead;
  Walk walk(reader);
  for (Ref item = reader.ref_root(first_delayed); item && walk.step() && number(reader, item + due) <= moment.now();
       item = reader.ref(item + next)) {
    ahead.arriving.push_back(item);
  }
  for (Ref item = reader.ref_root(first_held + 1); item && walk.step(); item = reader.ref(item + previous)) {
    const Fate fate = fate_of(reader, item, moment);
    if (fate == Fate::stays) {
      continue;
    }
    ++(fate == Fate::expired ? ahead.expired : ahead.returned);
    (after_return(reader, item, limits) == ItemState::ready ? ahead.returning : ahead.burying).push_back(item);
  }
  std::reverse(ahead.returning.begin(), ahead.returning.end());
  return ahead;
}

namespace {
struct Placed {
  std::int64_t priority;
  bool front;  // before those that are ready already
  Ref item;
  std::size_t number;  // in the order of their coming
};

// What will join the ready items, in the order in which it will stand among them: from the front, or from the back.
std::vector<Placed> joining(const Reader& reader, const Outlook& ahead, End end) {
  std::vector<Placed> all;
  all.reserve(ahead.returning.size() + ahead.arriving.size());
  for (const Ref item : ahead.returning) {
    all.push_back({number(reader, item + priority), true, item, all.size()});
  }
  for (const Ref item : ahead.arriving) {
    all.push_back({number(reader, item + priority), false, item, all.size()});
  }
  std::sort(all.begin(), all.end(), [](const Placed& left, const Placed& right) {
    return left.priority != right.priority ? left.priority > right.priority : left.number < right.number;
  });
  if (end == End::back) {
    std::reverse(all.begin(), all.end());
  }
  return all;
}
}  // namespace

std::vector<Ref> ready_items(const Reader& reader, const Outlook& ahead, End end, std::uint64_t count) {
  const bool front = end == End::front;
  const auto all = joining(reader, ahead, end);
  auto join = all.begin();
  std::vector<Ref> found;
  Walk walk(reader);
  // Those that join before an item of `of` that is ready already.
  const auto join_until = [&](std::int64_t of) {
    for (; join != all.end() && found.size() < count; ++join) {
      const bool sooner = front ? join->priority > of : join->priority < of;
      if (!sooner && !(join->priority == of && join->front == front)) {
        break;
      }
      found.push_back(join->item);
    }
  };
  for (Ref level = reader.ref_root(front ? first_level : last_level); level && found.size() < count && walk.step();
       level = reader.ref(level + (front ? lower : higher))) {
    join_until(number(reader, level + level_priority));
    for (Ref item = reader.ref(level + (front ? level_first : level_last)); item && found.size() < count && walk.step();
         item = reader.ref(item + (front ? next : previous))) {
      found.push_back(item);
    }
  }
  for (; join != all.end() && found.size() < count; ++join) {
    found.push_back(join->item);
  }
  return found;
}

}  // namespace shm::object::queue

// What the holder of an item does with it, and what is done with items that were put aside.
#include "object/queue_reaping.hpp"
#include "os/text.hpp"

namespace shm::object {

using namespace queue;
using os::Code;
using os::fail;
using os::Result;

namespace {
os::Error no_such_item(const char* attempt, std::uint64_t id, std::string_view name, const char* why,
                       const char* advice = nullptr) noexcept {
  os::Text<sizeof(os::Error::object)> object;
  object.add_decimal(id).add(" of queue ").add(name);
  return fail(Code::absent, attempt, object.view(), why, advice);
}
}  // namespace

template <class Change>
Result<void> Queue::change_held(const char* attempt, std::span<const std::uint64_t> ids, Order order,
                                Change act) noexcept {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  Moment moment;
  if (order == Order::matters) {
    reap(*change, limits_, moment);
  }
  for (const std::uint64_t id : ids) {
    const Ref item = find(*change, id, ItemState::held);
    if (item && fate_of(*change, item, moment) == Fate::stays) {
      continue;
    }
    reap(*change, limits_, moment);
    const auto reaped = change->commit();
    return std::unexpected(reaped ? no_such_item(attempt, id, region_.name(), "nobody holds it",
                                                 "its time was over, its holder had ended, or it is done")
                                  : reaped.error());
  }
  for (const std::uint64_t id : ids) {
    if (const Ref item = find(*change, id, ItemState::held)) {  // or it was named twice
      act(*change, item, moment);
    }
  }
  return change->commit();
}

Result<void> Queue::acknowledge(std::span<const std::uint64_t> ids) noexcept {
  return change_held("acknowledge item", ids, Order::free, [](Transaction& change, Ref item, Moment&) {
    take_out(change, item);
    destroy(change, item);
    change.add_root(acknowledged, 1);
  });
}

Result<ItemState> Queue::release(std::uint64_t id, std::int64_t delay_ns, bool attempted) noexcept {
  ItemState to = ItemState::ready;
  const auto done = change_held("release item", std::span(&id, 1), Order::matters,
                                [&](Transaction& change, Ref item, Moment& moment) {
                                  take_out(change, item);
                                  if (!attempted) {
                                    change.set(item + attempts, change.get(item + attempts) - 1);
                                  }
                                  to = attempted ? after_return(change, item, limits_) : ItemState::ready;
                                  if (to == ItemState::ready && delay_ns > 0) {
                                    to = ItemState::delayed;
                                    change.set(item + due, static_cast<std::uint64_t>(later(moment.now(), delay_ns)));
                                  }
                                  put(change, item, to, End::front);
                                  change.add_root(queue::released, 1);
                                });
  if (!done) {
    return std::unexpected(done.error());
  }
  return to;
}

Result<void> Queue::bury(std::uint64_t id) noexcept {
  return change_held("bury item", std::span(&id, 1), Order::matters, [](Transaction& change, Ref item, Moment&) {
    take_out(change, item);
    put_aside(change, item, ItemState::buried);
  });
}

Result<void> Queue::touch(std::uint64_t id, std::int64_t ttr_ns) noexcept {
  return change_held("touch item", std::span(&id, 1), Order::free, [&](Transaction& change, Ref item, Moment& moment) {
    const std::int64_t time = ttr_ns < 0 ? number(change, item + ttr) : ttr_ns;
    change.set(item + due, static_cast<std::uint64_t>(time <= 0 ? 0 : later(moment.now(), time)));
  });
}

Result<void> Queue::hand_over(std::uint64_t id, const Owner& owner) noexcept {
  return change_held("hand over item", std::span(&id, 1), Order::free,
                     [&](Transaction& change, Ref item, Moment&) { set_owner(change, item, owner); });
}

Result<std::uint64_t> Queue::kick(std::span<const std::uint64_t> ids) noexcept {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  Moment moment;
  reap(*change, limits_, moment);
  const auto aside = [&](std::uint64_t id) {
    const Ref buried = find(*change, id, ItemState::buried);
    return buried ? buried : find(*change, id, ItemState::delayed);
  };
  std::uint64_t kicked = 0;
  const auto kick_one = [&](Ref item) {
    take_out(*change, item);
    change->set(item + attempts, 0);
    put(*change, item, ItemState::ready, End::back);
    ++kicked;
  };
  for (const std::uint64_t id : ids) {
    if (!aside(id)) {
      const auto reaped = change->commit();
      return std::unexpected(reaped ? no_such_item("kick item", id, region_.name(), "it is neither buried nor delayed")
                                    : reaped.error());
    }
  }
  for (const std::uint64_t id : ids) {
    if (const Ref item = aside(id)) {  // or it was named twice
      kick_one(item);
    }
  }
  Walk walk(*change);
  for (Ref item; ids.empty() && (item = change->ref_root(first_buried)) && walk.step() && !change->failed();) {
    kick_one(item);
  }
  if (const auto done = change->commit(); !done) {
    return std::unexpected(done.error());
  }
  return kicked;
}

}  // namespace shm::object

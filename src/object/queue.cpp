#include "object/queue.hpp"
#include "object/queue_transit.hpp"

namespace shm::object {

namespace {
using namespace queue;
using os::Code;
using os::fail;
using os::Result;

enum ConfigWord : std::uint8_t { config_items, config_bytes, config_ttr, config_attempts };

Result<QueueLimits> limits_of(const store::Header& header, std::string_view name) noexcept {
  QueueLimits limits;
  limits.max_items = header.config[config_items];
  limits.max_bytes = header.config[config_bytes];
  limits.ttr_ns = static_cast<std::int64_t>(header.config[config_ttr]);
  limits.max_attempts = header.config[config_attempts];
  if (limits.ttr_ns < 0) {
    return std::unexpected(fail(Code::corrupt, "open queue", name, "its limits make no sense",
                                "it is damaged: look at it, then 'shmctl rm' it"));
  }
  return limits;
}

bool fits(std::uint64_t now, std::uint64_t more, std::uint64_t most) noexcept {
  return most == 0 || (now <= most && more <= most - now);
}

os::Error key_taken(std::string_view name) noexcept {
  return fail(Code::lost, "push to queue", name, "an item with that key is there already");
}
}  // namespace

Result<void> Queue::create(const store::Store& store, std::string_view name, const QueueLimits& limits,
                           const Permissions& permissions) noexcept {
  if (limits.ttr_ns < 0) {
    return std::unexpected(
        fail(Code::usage, "create queue", name, "the time to hold an item is negative", "give none, or one above 0"));
  }
  store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::queue);
  object.config[config_items] = limits.max_items;
  object.config[config_bytes] = limits.max_bytes;
  object.config[config_ttr] = static_cast<std::uint64_t>(limits.ttr_ns);
  object.config[config_attempts] = limits.max_attempts;
  permissions.apply_to(object);
  return create_named(store, name, [&] { return segment::Region::create(store, name, object); });
}

Result<Queue> Queue::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto region = open_region(store, name, Kind::queue, access);
  if (!region) {
    return std::unexpected(region.error());
  }
  const auto limits = limits_of(region->header(), name);
  if (!limits) {
    return std::unexpected(limits.error());
  }
  Queue opened;
  opened.region_ = std::move(*region);
  opened.limits_ = *limits;
  return opened;
}

Result<void> Queue::push(std::span<const NewItem> items, std::int64_t deadline_ns, std::vector<std::uint64_t>& ids) {
  std::uint64_t size = 0;
  for (const auto& item : items) {
    size += item.bytes.size();
  }
  ids.clear();
  if (!fits(0, items.size(), limits_.max_items) || !fits(0, size, limits_.max_bytes)) {
    return std::unexpected(fail(Code::range, "push to queue", region_.name(), "it is more than the queue may ever hold",
                                "push less, or create the queue with larger limits"));
  }
  ids.reserve(items.size());
  return region_.wait_for(Code::limit, deadline_ns, [&] {
    auto done = try_push(items, size, ids);
    if (!done && done.error().code == Code::full && settle(region_)) {
      done = try_push(items, size, ids);
    }
    return done;
  });
}

Result<void> Queue::try_push(std::span<const NewItem> items, std::uint64_t size, std::vector<std::uint64_t>& ids) {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  // Whose holder has ended comes back to the front: only what is pushed there must come after it.
  Moment moment;
  bool to_front = false;
  for (const auto& item : items) {
    to_front = to_front || item.end == End::front;
  }
  if (to_front) {
    reap(*change, limits_, moment);
  } else {
    reap_delayed(*change, moment);
  }
  settle(*change, moment, Ask::none);
  const auto give_up = [&](const os::Error& error) -> Result<void> {
    const auto reaped = change->commit();
    return std::unexpected(reaped ? error : reaped.error());
  };
  const auto hash = [&](const NewItem& item) {
    return item.key.empty() ? 0 : segment::hash_of(item.key, change->seed());
  };
  const auto has_room = [&] {
    std::uint64_t now = change->get_root(transit_count);
    for (const auto state : {ItemState::ready, ItemState::held, ItemState::delayed, ItemState::buried}) {
      now += change->get_root(count_of(state));
    }
    return fits(now, items.size(), limits_.max_items) &&
           fits(change->get_root(bytes) + change->get_root(transit_bytes), size, limits_.max_bytes);
  };
  const bool room = has_room() || (settle(*change, moment, Ask::arriving) && has_room());
  for (const auto& item : items) {
    if (!item.key.empty() && find_key(*change, hash(item), item.key)) {
      return give_up(key_taken(region_.name()));
    }
  }
  if (!room) {
    return give_up(fail(Code::limit, "push to queue", region_.name(), "it is as full as its limits allow",
                        "wait for room, or take something from it"));
  }
  ids.clear();
  if (items.size() == 1 && is_large(items[0])) {
    const auto pushed_id = push_large(region_, *change, items[0], limits_);
    if (!pushed_id) {
      return std::unexpected(pushed_id.error());
    }
    ids.push_back(*pushed_id);
    return {};
  }
  for (const auto& item : items) {
    if (items.size() > 1 && !item.key.empty() && find_key(*change, hash(item), item.key)) {
      return std::unexpected(key_taken(region_.name()));  // twice among the new ones: none is pushed
    }
    const Ref added = add(*change, item, hash(item));
    if (change->failed()) {
      break;
    }
    ids.push_back(change->get(added + id));
  }
  return change->commit();
}

Result<std::uint64_t> Queue::clear() noexcept {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  Moment moment;
  reap(*change, limits_, moment);  // what came back by itself counts as such
  settle(*change, moment, Ask::all);
  let_go(*change);
  const std::uint64_t cleared = queue::clear(*change);
  if (const auto done = change->commit(); !done) {
    return std::unexpected(done.error());
  }
  return cleared;
}

}  // namespace shm::object

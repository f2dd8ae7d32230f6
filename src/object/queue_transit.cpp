#include "object/queue_transit.hpp"
#include "segment/draft.hpp"

namespace shm::object::queue {

using os::Code;
using os::Result;
using segment::Draft;
using segment::Region;

namespace {
// Stands where an item's ItemState does, with whose values it shares none: part of the format.
enum class Transit : std::uint8_t {
  arriving = 16,
  leaving_front = 17,     // it was popped from the front
  leaving_back = 18,      // from the back
  leaving_for_good = 19,  // and was cleared meanwhile
};

// In the words that held items have for their holder and their time.
constexpr ItemWord session_word = owner;
constexpr ItemWord since_word = due;

// A living process copies that long only if it is stopped, has to wait for a processor, or copies very much.
constexpr std::uint64_t long_ns = 20'000'000;

Transit transit_of(const Reader& reader, Ref item) noexcept { return static_cast<Transit>(reader.get(item + state)); }

// Puts an item that is in no list, and not in the sum of bytes, among those on their way.
void enter(Transaction& change, Ref item, Transit as, Moment& moment) noexcept {
  const Ref before = change.ref_root(last_transit);
  change.set(item + previous, before);
  change.set(item + next, Ref{});
  change.set(before ? before + next : Reader::root(first_transit), item);
  change.set_root(last_transit, item);
  change.set(item + state, static_cast<std::uint64_t>(as));
  change.set(item + session_word, Draft::session(change));
  change.set(item + since_word, static_cast<std::uint64_t>(moment.now()));
  change.add_root(transit_count, 1);
  change.add_root(transit_bytes, change.get(item + size));
}

void leave(Transaction& change, Ref item) noexcept {
  const Ref before = change.ref(item + previous);
  const Ref after = change.ref(item + next);
  change.set(before ? before + next : Reader::root(first_transit), after);
  change.set(after ? after + previous : Reader::root(last_transit), before);
  subtract(change, transit_count, 1);
  subtract(change, transit_bytes, change.get(item + size));
}

void undo(Transaction& change, Ref item) noexcept {
  leave(change, item);
  switch (transit_of(change, item)) {
    case Transit::arriving:
    case Transit::leaving_for_good: change.free(item); return;
    case Transit::leaving_front:
    case Transit::leaving_back: {
      const bool front = transit_of(change, item) == Transit::leaving_front;
      change.add_root(bytes, change.get(item + size));
      put_ready(change, item, front ? End::front : End::back);
      return;
    }
  }
  change.mark_damaged();
}

bool is_abandoned(const Transaction& change, Ref item, Moment& moment, Ask whom) noexcept {
  const Ask sort = transit_of(change, item) == Transit::arriving ? Ask::arriving : Ask::leaving;
  const bool asked = whom == Ask::all || whom == sort;
  // A time to come is of before the machine was started anew.
  const std::uint64_t since = static_cast<std::uint64_t>(moment.now()) - change.get(item + since_word);
  return (asked || since >= long_ns) && !Draft::lives(change, change.get(item + session_word));
}

// The second transaction, with the item still on its way.
Result<Transaction> come_back(Region& region, Ref item, std::uint64_t session, const char* attempt) noexcept {
  auto change = region.begin();
  if (change && Draft::session(*change) != session) {
    return std::unexpected(
        os::fail(Code::system, attempt, region.name(), "its process is the child of the one that began it"));
  }
  if (change && change->get(item + session_word) != session) {
    change->mark_damaged();
  }
  return change;
}

// Ends it; what could not be done is undone, as far as that can be.
Result<void> finish(Region& region, Transaction& change, Ref item, std::uint64_t session,
                    const char* attempt) noexcept {
  const auto done = change.commit();
  if (!done) {
    if (auto again = come_back(region, item, session, attempt); again) {
      undo(*again, item);
      (void)again->commit();  // or it is left to whoever comes after this session
    }
  }
  return done;
}
}  // namespace

bool settle_all(Transaction& change, Moment& moment, Ask whom) noexcept {
  bool any = false;
  Walk walk(change);
  // The last that left goes first: each goes to the very end that it came from.
  for (Ref item = change.ref_root(last_transit); item && walk.step() && !change.failed();) {
    const Ref before = change.ref(item + previous);
    if (is_abandoned(change, item, moment, whom)) {
      undo(change, item);
      any = true;
    }
    item = before;
  }
  return any;
}

bool settle(Region& region) noexcept {
  auto change = region.begin();
  Moment moment;
  return change && settle(*change, moment, Ask::all) && change->commit();
}

void let_go(Transaction& change) noexcept {
  Walk walk(change);
  for (Ref item = change.ref_root(first_transit); item && walk.step() && !change.failed();
       item = change.ref(item + next)) {
    if (transit_of(change, item) != Transit::arriving) {
      change.set(item + state, static_cast<std::uint64_t>(Transit::leaving_for_good));
    }
  }
}

Result<std::uint64_t> push_large(Region& region, Transaction& change, const NewItem& item,
                                 const QueueLimits& limits) noexcept {
  const char* const attempt = "push to queue";
  const auto fresh = change.allocate(std::uint64_t{content} * 8 + item.bytes.size());
  if (change.failed()) {
    return std::unexpected(change.commit().error());
  }
  std::uint64_t words[content] = {};
  words[priority] = static_cast<std::uint64_t>(item.priority);
  words[size] = item.bytes.size();
  fresh.put_bytes(0, std::as_bytes(std::span(words)));
  Moment moment;
  const Ref made = fresh.ref();
  const std::uint64_t session = Draft::session(change);
  enter(change, made, Transit::arriving, moment);
  const auto draft = Draft::commit(change, made, made + content, item.bytes.size());
  if (!draft) {
    return std::unexpected(draft.error());
  }
  const bool whole = draft->put(item.bytes);

  auto second = come_back(region, made, session, attempt);
  if (!second) {
    return std::unexpected(second.error());
  }
  if (!whole) {
    second->mark_damaged();
  }
  Moment then;
  if (item.end == End::front) {
    reap(*second, limits, then);
  } else {
    reap_delayed(*second, then);
  }
  leave(*second, made);
  const std::uint64_t new_id = second->get_root(last_id) + 1;
  second->set_root(last_id, new_id);
  second->set(made + id, new_id);
  second->add_root(bytes, item.bytes.size());
  second->add_root(pushed, 1);
  put_ready(*second, made, item.end);
  if (const auto done = finish(region, *second, made, session, attempt); !done) {
    return std::unexpected(done.error());
  }
  return new_id;
}

Result<std::vector<Item>> pop_large(Region& region, Transaction& change, Ref item, End end) {
  const char* const attempt = "pop from queue";
  const std::uint64_t item_bytes = change.get(item + size);
  std::vector<Item> items(1);
  Item& copy = items[0];
  copy.id = change.get(item + id);
  copy.priority = number(change, item + priority);
  copy.attempts = change.get(item + attempts);
  if (item_bytes > change.size_of(item)) {
    change.mark_damaged();
  } else if (!copy.bytes.reserve(item_bytes)) {
    change.fail(os::fail(Code::full, attempt, region.name(), "there is no memory for so large an item"));
  }
  Moment moment;
  const std::uint64_t session = Draft::session(change);
  subtract(change, bytes, item_bytes);
  enter(change, item, end == End::front ? Transit::leaving_front : Transit::leaving_back, moment);
  const auto draft = Draft::commit(change, item, item + content, item_bytes);
  if (!draft) {
    return std::unexpected(draft.error());
  }
  const bool whole = draft->get(copy.bytes);

  auto second = come_back(region, item, session, attempt);
  if (!second) {
    return std::unexpected(second.error());
  }
  if (!whole) {
    second->mark_damaged();
  }
  leave(*second, item);
  second->free(item);
  second->add_root(popped, 1);
  if (const auto done = finish(region, *second, item, session, attempt); !done) {
    return std::unexpected(done.error());
  }
  return items;
}

}  // namespace shm::object::queue

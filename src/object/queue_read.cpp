// What a queue tells to who may read it: as if what time and deaths have done were written down already.
#include <algorithm>
#include "object/queue_reaping.hpp"

namespace shm::object {

using namespace queue;
using os::Result;

// Calls `see(reader, outlook)` until it has seen one state.
template <class See>
auto Queue::look(See see) const {
  Moment moment;
  return region_.read([&](const Reader& reader) { return see(reader, outlook(reader, limits_, moment)); });
}

namespace {
// What is left of a count; more than there is can't be right.
std::uint64_t left_of(const Reader& reader, Root count, std::uint64_t leaving) noexcept {
  if (reader.get_root(count) < leaving) {
    reader.mark_damaged();
  }
  return reader.get_root(count) - leaving;
}
}  // namespace

Result<std::uint64_t> Queue::len() const noexcept {
  return look([](const Reader& reader, const Outlook& ahead) -> Result<std::uint64_t> {
    return reader.get_root(ready_count) + ahead.arriving.size() + ahead.returning.size();
  });
}

Result<QueueStats> Queue::stats() const noexcept {
  return look([](const Reader& reader, const Outlook& ahead) -> Result<QueueStats> {
    QueueStats now;
    now.ready = reader.get_root(ready_count) + ahead.arriving.size() + ahead.returning.size();
    now.held = left_of(reader, held_count, ahead.returning.size() + ahead.burying.size());
    now.delayed = left_of(reader, delayed_count, ahead.arriving.size());
    now.buried = reader.get_root(buried_count) + ahead.burying.size();
    now.bytes = reader.get_root(queue::bytes);
    now.pushed = reader.get_root(queue::pushed);
    now.popped = reader.get_root(queue::popped);
    now.acknowledged = reader.get_root(queue::acknowledged);
    now.released = reader.get_root(queue::released);
    now.returned = reader.get_root(queue::returned) + ahead.returned;
    now.expired = reader.get_root(queue::expired) + ahead.expired;
    return now;
  });
}

Result<std::vector<Item>> Queue::copies(const Reader& reader, const std::vector<Ref>& found, ItemState state) const {
  std::vector<Item> items;
  Copier copier(reader, region_.file_size());
  for (const Ref item : found) {
    if (!copier.add(item, state, items)) {
      return std::unexpected(os::fail(os::Code::full, "read queue", region_.name(),
                                      "there is no memory for so many items", "ask for fewer"));
    }
  }
  return items;
}

Result<std::vector<Item>> Queue::peek(End end, std::uint64_t count) const {
  return look([&](const Reader& reader, const Outlook& ahead) {
    return copies(reader, ready_items(reader, ahead, end, count), ItemState::ready);
  });
}

Result<std::vector<Item>> Queue::items(ItemState state) const {
  return look([&](const Reader& reader, const Outlook& ahead) {
    if (state == ItemState::ready) {
      return copies(reader, ready_items(reader, ahead, End::front, ~std::uint64_t{0}), state);
    }
    std::vector<Ref> leaving = state == ItemState::delayed ? ahead.arriving : ahead.returning;
    leaving.insert(leaving.end(), ahead.burying.begin(), ahead.burying.end());
    const auto by_place = [](Ref left, Ref right) { return left.offset < right.offset; };
    std::sort(leaving.begin(), leaving.end(), by_place);
    std::vector<Ref> found;
    Walk walk(reader);
    for (Ref item = reader.ref_root(first_of(state)); item && walk.step(); item = reader.ref(item + next)) {
      if (!std::binary_search(leaving.begin(), leaving.end(), item, by_place)) {
        found.push_back(item);
      }
    }
    if (state == ItemState::buried) {
      found.insert(found.end(), ahead.burying.begin(), ahead.burying.end());
    }
    return copies(reader, found, state);
  });
}

}  // namespace shm::object

// What makes a second queue of one: its content as a whole, and a new one that is given such.
#include <algorithm>
#include "object/queue_transit.hpp"

namespace shm::object {

using namespace queue;
using os::Code;
using os::fail;
using os::Result;

namespace {
constexpr std::uint64_t words_of(std::uint64_t size) noexcept { return size / 8 + (size % 8 != 0 ? 1 : 0); }

// Those of a list that are not in `leaving`.
std::vector<Ref> staying(const Reader& reader, ItemState state, std::vector<Ref> leaving) {
  const auto by_place = [](Ref left, Ref right) { return left.offset < right.offset; };
  std::sort(leaving.begin(), leaving.end(), by_place);
  std::vector<Ref> found;
  Walk walk(reader);
  for (Ref item = reader.ref_root(first_of(state)); item && walk.step(); item = reader.ref(item + next)) {
    if (!std::binary_search(leaving.begin(), leaving.end(), item, by_place)) {
      found.push_back(item);
    }
  }
  return found;
}

QueueStats counted(const Reader& reader, const Outlook& ahead) noexcept {
  QueueStats ever;
  ever.pushed = reader.get_root(pushed);
  ever.popped = reader.get_root(popped);
  ever.acknowledged = reader.get_root(acknowledged);
  ever.released = reader.get_root(released);
  ever.returned = reader.get_root(returned) + ahead.returned;
  ever.expired = reader.get_root(expired) + ahead.expired;
  return ever;
}

// An item that is in no list yet.
Ref make(Transaction& change, const Item& item) noexcept {
  const std::uint64_t hash = item.key.empty() ? 0 : segment::hash_of(item.key.bytes(), change.seed());
  const std::uint64_t key_words = words_of(item.key.size());
  const auto fresh = change.allocate((content + key_words + words_of(item.bytes.size())) * 8);
  std::uint64_t words[content] = {};
  words[key_hash] = hash;
  words[id] = item.id;
  words[priority] = static_cast<std::uint64_t>(item.priority);
  words[attempts] = item.attempts;
  words[due] = static_cast<std::uint64_t>(item.due_ns);
  words[key_size] = item.key.size();
  words[size] = item.bytes.size();
  fresh.put_bytes(0, std::as_bytes(std::span(words)));
  fresh.put_bytes(content, item.key.bytes());
  fresh.put_bytes(content + key_words, item.bytes.bytes());
  if (!item.key.empty()) {
    by_key.insert(change, hash, fresh.ref());
  }
  change.add_root(bytes, item.bytes.size());
  return fresh.ref();
}
}  // namespace

const char* why_no_content(const QueueLimits& limits, const QueueContent& content) {
  std::uint64_t total = 0;
  std::vector<std::uint64_t> ids;
  std::vector<std::string_view> keys;
  for (const auto& item : content.items) {
    if (item.id == 0 || item.id > content.last_id || item.state == ItemState::held) {
      return "an item has an id or a state that none has";
    }
    total += item.bytes.size();
    ids.push_back(item.id);
    if (!item.key.empty()) {
      keys.push_back(item.key.view());
    }
  }
  std::sort(ids.begin(), ids.end());
  std::sort(keys.begin(), keys.end());
  if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) {
    return "two items have the same id";
  }
  if (std::adjacent_find(keys.begin(), keys.end()) != keys.end()) {
    return "two items have the same key";
  }
  const bool fits = (limits.max_items == 0 || content.items.size() <= limits.max_items) &&
                    (limits.max_bytes == 0 || total <= limits.max_bytes);
  return fits ? nullptr : "more than its limits allow";
}

Result<QueueContent> Queue::content() const {
  Moment moment;
  return region_.read([&](const Reader& reader) -> Result<QueueContent> {
    QueueContent all;
    Outlook ahead = outlook(reader, limits_, moment);
    all.ever = counted(reader, ahead);
    all.last_id = reader.get_root(last_id);
    ahead.returning = staying(reader, ItemState::held, ahead.burying);
    auto buried = staying(reader, ItemState::buried, {});
    buried.insert(buried.end(), ahead.burying.begin(), ahead.burying.end());
    Copier copier(reader, region_.file_size());
    const auto copy = [&](const std::vector<Ref>& items, ItemState as) {
      return std::all_of(items.begin(), items.end(), [&](Ref item) { return copier.add(item, as, all.items); });
    };
    if (!copy(ready_items(reader, ahead, End::front, ~std::uint64_t{0}), ItemState::ready) ||
        !copy(staying(reader, ItemState::delayed, ahead.arriving), ItemState::delayed) ||
        !copy(buried, ItemState::buried)) {
      return std::unexpected(fail(Code::full, "read queue", region_.name(), "there is no memory for so many items"));
    }
    return all;
  });
}

Result<void> Queue::restore(const QueueContent& content) {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  if (const char* why = why_no_content(limits_, content)) {
    return std::unexpected(fail(Code::usage, "fill queue", region_.name(), why));
  }
  for (const auto& item : content.items) {
    const Ref made = make(*change, item);
    if (change->failed()) {
      break;
    }
    put(*change, made, item.state, End::back);
  }
  const std::pair<Root, std::uint64_t> counts[] = {
      {last_id, content.last_id},        {pushed, content.ever.pushed},
      {popped, content.ever.popped},     {acknowledged, content.ever.acknowledged},
      {released, content.ever.released}, {returned, content.ever.returned},
      {expired, content.ever.expired},
  };
  for (const auto& [word, count] : counts) {
    change->set_root(word, count);
  }
  return change->commit();
}

Result<void> Queue::disown() noexcept {
  auto change = region_.begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  Moment moment;
  reap(*change, limits_, moment);
  settle(*change, moment, Ask::all);
  Walk walk(*change);
  for (Ref item = change->ref_root(first_held + 1); item && walk.step() && !change->failed();
       item = change->ref_root(first_held + 1)) {
    take_out(*change, item);
    put_ready(*change, item, End::front);
  }
  return change->commit();
}

}  // namespace shm::object

#include "object/queue_items.hpp"

namespace shm::object::queue {

namespace {
constexpr std::uint64_t words_of(std::uint64_t size) noexcept { return size / 8 + (size % 8 != 0 ? 1 : 0); }

// The block of that priority, made where there is none.
Ref level_of(Transaction& change, std::int64_t wanted) noexcept {
  // Most priorities are the lowest, or below it: look there first.
  Ref below;  // the first that is lower
  Ref above = change.ref_root(last_level);
  if (above && !change.ref(above + level_first)) {  // nothing is ready, and a block is left over
    if (number(change, above + level_priority) != wanted) {
      change.set(above + level_priority, static_cast<std::uint64_t>(wanted));
    }
    return above;
  }
  if (above && number(change, above + level_priority) < wanted) {
    below = change.ref_root(first_level);
    above = Ref{};
    Walk walk(change);
    while (below && walk.step() && number(change, below + level_priority) >= wanted) {
      above = below;
      below = change.ref(below + lower);
    }
  }
  if (above && number(change, above + level_priority) == wanted) {
    return above;
  }
  const auto level = change.allocate(std::uint64_t{level_words} * 8);
  level.put(lower, below.offset);
  level.put(higher, above.offset);
  level.put(level_priority, static_cast<std::uint64_t>(wanted));
  level.put(level_first, 0);
  level.put(level_last, 0);
  change.set(above ? above + lower : Reader::root(first_level), level.ref());
  change.set(below ? below + higher : Reader::root(last_level), level.ref());
  return level.ref();
}

// Links `item` between two others of a list, either of which may be none: then `first` or `last` refer to it.
void link(Transaction& change, Ref item, Ref before, Ref after, Ref first, Ref last) noexcept {
  change.set(item + previous, before);
  change.set(item + next, after);
  change.set(before ? before + next : first, item);
  change.set(after ? after + previous : last, item);
}

void free_list(Transaction& change, Ref item, std::uint64_t& freed, Walk& walk) noexcept {
  for (; item && walk.step() && !change.failed(); item = change.ref(item + next)) {
    change.free(item);
    ++freed;
  }
}
}  // namespace

Owner owner_in(const Reader& reader, Ref item) noexcept {
  return {reader.get(item + owner), reader.get(item + owner + 1), reader.get(item + owner + 2),
          reader.get(item + owner + 3)};
}

void set_owner(Transaction& change, Ref item, const Owner& holder) noexcept {
  change.set(item + owner, holder.pid);
  change.set(item + owner + 1, holder.start);
  change.set(item + owner + 2, holder.boot);
  change.set(item + owner + 3, holder.namespace_id);
}

Ref find(const Reader& reader, std::uint64_t wanted, ItemState wanted_state) noexcept {
  return by_id.find(reader, wanted, [&](Ref item) {
    return reader.get(item + id) == wanted && reader.get(item + state) == static_cast<std::uint64_t>(wanted_state);
  });
}

Ref find_key(const Reader& reader, std::uint64_t hash, std::span<const std::byte> key) noexcept {
  return by_key.find(reader, hash,
                     [&](Ref item) { return reader.equal(item + content, reader.get(item + key_size), key); });
}

Ref add(Transaction& change, const NewItem& item, std::uint64_t hash) noexcept {
  const Ref level = level_of(change, item.priority);
  if (change.failed()) {
    return {};
  }
  const bool front = item.end == End::front;
  const Ref other = change.ref(level + (front ? level_first : level_last));
  const std::uint64_t key_words = words_of(item.key.size());
  const auto fresh = change.allocate((content + key_words + words_of(item.bytes.size())) * 8);
  const std::uint64_t new_id = change.get_root(last_id) + 1;
  std::uint64_t words[content] = {};
  words[next] = front ? other.offset : 0;
  words[previous] = front ? 0 : other.offset;
  words[key_hash] = hash;
  words[id] = new_id;
  words[priority] = static_cast<std::uint64_t>(item.priority);
  words[state] = static_cast<std::uint64_t>(ItemState::ready);
  words[key_size] = item.key.size();
  words[size] = item.bytes.size();
  fresh.put_bytes(0, std::as_bytes(std::span(words)));
  fresh.put_bytes(content, item.key);
  fresh.put_bytes(content + key_words, item.bytes);
  if (!item.key.empty()) {
    by_key.insert(change, hash, fresh.ref());
  }
  change.set(level + (front ? level_first : level_last), fresh.ref());
  change.set(other ? other + (front ? previous : next) : level + (front ? level_last : level_first), fresh.ref());
  change.set_root(last_id, new_id);
  change.add_root(bytes, item.bytes.size());
  change.add_root(ready_count, 1);
  change.add_root(pushed, 1);
  return fresh.ref();
}

void destroy(Transaction& change, Ref item) noexcept {
  if (change.get(item + key_size) != 0) {
    by_key.erase(change, change.get(item + key_hash), item);
  }
  subtract(change, bytes, change.get(item + size));
  change.free(item);
}

void put_ready(Transaction& change, Ref item, End end) noexcept {
  const Ref level = level_of(change, number(change, item + priority));
  if (change.failed()) {
    return;
  }
  const Ref other = change.ref(level + (end == End::front ? level_first : level_last));
  change.set(item + state, static_cast<std::uint64_t>(ItemState::ready));
  link(change, item, end == End::front ? Ref{} : other, end == End::front ? other : Ref{}, level + level_first,
       level + level_last);
  change.add_root(ready_count, 1);
}

void put_aside(Transaction& change, Ref item, ItemState list) noexcept {
  const Ref first = Reader::root(first_of(list));
  Ref before = change.ref(first + 1);
  Ref after;
  Walk walk(change);
  while (list == ItemState::delayed && before && walk.step() &&
         number(change, before + due) > number(change, item + due)) {
    after = before;
    before = change.ref(before + previous);
  }
  change.set(item + state, static_cast<std::uint64_t>(list));
  link(change, item, before, after, first, first + 1);
  change.add_root(count_of(list), 1);
  by_id.insert(change, change.get(item + id), item);
}

void put(Transaction& change, Ref item, ItemState to, End end) noexcept {
  if (to == ItemState::ready) {
    put_ready(change, item, end);
  } else {
    put_aside(change, item, to);
  }
}

void take_out(Transaction& change, Ref item) noexcept {
  const std::uint64_t list = change.get(item + state);
  if (list < static_cast<std::uint64_t>(ItemState::held) || list > static_cast<std::uint64_t>(ItemState::buried)) {
    change.mark_damaged();
    return;
  }
  const Ref first = Reader::root(first_of(static_cast<ItemState>(list)));
  const Ref before = change.ref(item + previous);
  const Ref after = change.ref(item + next);
  change.set(before ? before + next : first, after);
  change.set(after ? after + previous : first + 1, before);
  subtract(change, count_of(static_cast<ItemState>(list)), 1);
  by_id.erase(change, change.get(item + id), item);
}

void empty_level(Transaction& change, Ref level) noexcept {
  const Ref above = change.ref(level + higher);
  const Ref below = change.ref(level + lower);
  if (!above && !below) {  // it stays for the next item: a queue that is mostly empty needs not make it each time
    change.set(level + level_first, Ref{});
    change.set(level + level_last, Ref{});
    return;
  }
  change.set(above ? above + lower : Reader::root(first_level), below);
  change.set(below ? below + higher : Reader::root(last_level), above);
  change.free(level);
}

std::uint64_t clear(Transaction& change) noexcept {
  std::uint64_t freed = 0;
  Walk walk(change);
  for (Ref level = change.ref_root(first_level); level && walk.step() && !change.failed();
       level = change.ref(level + lower)) {
    free_list(change, change.ref(level + level_first), freed, walk);
    change.free(level);
  }
  for (const auto list : {ItemState::held, ItemState::delayed, ItemState::buried}) {
    free_list(change, change.ref_root(first_of(list)), freed, walk);
  }
  by_key.clear(change);
  by_id.clear(change);
  for (std::size_t word = first_level; word <= bytes; ++word) {
    change.set_root(word, 0);
  }
  return freed;
}

bool Copier::add(Ref item, ItemState as, std::vector<Item>& into) {
  const std::uint64_t key_bytes = reader_.get(item + key_size);
  const std::uint64_t item_bytes = reader_.get(item + size);
  const std::uint64_t own = (content + words_of(key_bytes) + words_of(item_bytes)) * 8;
  if (key_bytes > left_ || item_bytes > left_ || own > left_) {
    reader_.mark_damaged();
    return false;
  }
  left_ -= own;
  Item& copy = into.emplace_back();
  copy.id = reader_.get(item + id);
  copy.priority = number(reader_, item + priority);
  copy.attempts = reader_.get(item + attempts);
  copy.state = as;
  if (as == ItemState::held || as == ItemState::delayed) {
    copy.due_ns = number(reader_, item + due);
  }
  if (as == ItemState::held) {
    copy.owner = owner_in(reader_, item);
  }
  if ((key_bytes == 0 || reader_.copy(item + content, key_bytes, copy.key)) &&
      (item_bytes == 0 || reader_.copy(item + content + words_of(key_bytes), item_bytes, copy.bytes))) {
    return true;
  }
  into.pop_back();
  return false;
}

}  // namespace shm::object::queue

// Random operations on a queue and on a model of it, which must agree after each.
#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include "catch.hpp"
#include "object/queue_user.hpp"

using namespace shm::object;
using shm::os::Code;
using test::bytes_of;
using test::code_of;
using test::ok;
using test::QueueUser;

namespace {
constexpr std::int64_t hour = 3'600'000'000'000;

struct Entry {
  std::uint64_t id = 0;
  std::int64_t priority = 0;
  std::uint64_t attempts = 0;
  std::string key;
  std::string word;
};
bool operator==(const Entry& left, const Entry& right) {
  return left.id == right.id && left.priority == right.priority && left.attempts == right.attempts &&
         left.key == right.key && left.word == right.word;
}
std::ostream& operator<<(std::ostream& out, const Entry& entry) {
  return out << entry.id << " prio " << entry.priority << " attempts " << entry.attempts << " key " << entry.key << " '"
             << entry.word << "'";
}
using Entries = std::vector<Entry>;

struct Model {
  QueueLimits limits;
  std::map<std::int64_t, std::deque<Entry>, std::greater<>> ready;
  std::deque<Entry> held, delayed, buried;
  QueueStats stats;
  std::uint64_t last_id = 0;

  [[nodiscard]] Entries all_ready() const {
    Entries all;
    for (const auto& [priority, level] : ready) all.insert(all.end(), level.begin(), level.end());
    return all;
  }
  [[nodiscard]] Entries all() const {
    Entries all = all_ready();
    for (const auto* list : {&held, &delayed, &buried}) all.insert(all.end(), list->begin(), list->end());
    return all;
  }
  void put_ready(const Entry& entry, End end) {
    auto& level = ready[entry.priority];
    end == End::front ? level.push_front(entry) : level.push_back(entry);
  }
  Entry pop(End end) {
    auto level = end == End::front ? ready.begin() : std::prev(ready.end());
    auto& items = level->second;
    const Entry entry = end == End::front ? items.front() : items.back();
    end == End::front ? items.pop_front() : items.pop_back();
    if (items.empty()) ready.erase(level);
    return entry;
  }
  bool come_back(const Entry& entry) {
    const bool spent = limits.max_attempts != 0 && entry.attempts >= limits.max_attempts;
    spent ? buried.push_back(entry) : put_ready(entry, End::front);
    return spent;
  }
};

bool take_from(std::deque<Entry>& list, std::uint64_t id, Entry& taken) {
  const auto at = std::find_if(list.begin(), list.end(), [&](const Entry& each) { return each.id == id; });
  if (at == list.end()) return false;
  taken = *at;
  list.erase(at);
  return true;
}

Entries entries_of(const std::vector<Item>& items) {
  Entries entries;
  for (const auto& item : items) {
    entries.push_back(
        {item.id, item.priority, item.attempts, std::string(item.key.view()), std::string(item.bytes.view())});
  }
  return entries;
}

// The queue and its model, and one step of each kind, by a random number.
struct Pair {
  explicit Pair(const QueueLimits& limits, unsigned seed) : queue(limits), random(seed) { model.limits = limits; }
  QueueUser queue;
  Model model;
  std::mt19937 random;

  std::uint64_t below(std::uint64_t bound) { return random() % bound; }
  std::uint64_t some_id() { return model.last_id == 0 ? 1 : model.last_id - std::min(model.last_id - 1, below(30)); }

  void push() {
    Entries fresh;
    std::uint64_t size = 0;
    for (std::uint64_t i = below(8) == 0 ? below(5) : 1; i > 0; --i) {
      Entry entry;
      entry.priority = static_cast<std::int64_t>(below(5)) - 2;
      entry.word = std::string(below(10) == 0 ? below(3000) : below(40), static_cast<char>('a' + below(26)));
      if (below(3) == 0) entry.key = "key" + std::to_string(below(20));
      size += entry.word.size();
      fresh.push_back(entry);
    }
    const End end = below(5) == 0 ? End::front : End::back;
    std::vector<NewItem> items;
    for (const auto& entry : fresh) items.push_back({bytes_of(entry.word), bytes_of(entry.key), entry.priority, end});
    std::vector<std::uint64_t> ids;
    const auto result = code_of(queue->push(items, 0, ids));
    REQUIRE(result == expected_of_push(fresh, size));
    if (result != ok) return;
    REQUIRE(ids.size() == fresh.size());
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      fresh[i].id = ++model.last_id;
      REQUIRE(ids[i] == fresh[i].id);
      model.put_ready(fresh[i], end);
      ++model.stats.pushed;
    }
  }
  std::optional<Code> expected_of_push(const Entries& fresh, std::uint64_t size) {
    const auto& limits = model.limits;
    if ((limits.max_items != 0 && fresh.size() > limits.max_items) ||
        (limits.max_bytes != 0 && size > limits.max_bytes)) {
      return Code::range;
    }
    const Entries all = model.all();
    std::uint64_t bytes = 0;
    std::vector<std::string> keys;
    for (const auto& entry : all) {
      bytes += entry.word.size();
      keys.push_back(entry.key);
    }
    const auto taken = [&](const Entry& entry) {
      return !entry.key.empty() && std::find(keys.begin(), keys.end(), entry.key) != keys.end();
    };
    if (std::any_of(fresh.begin(), fresh.end(), taken)) return Code::lost;
    if ((limits.max_items != 0 && all.size() + fresh.size() > limits.max_items) ||
        (limits.max_bytes != 0 && bytes + size > limits.max_bytes)) {
      return Code::limit;
    }
    for (const auto& entry : fresh) {
      if (taken(entry)) return Code::lost;
      keys.push_back(entry.key);
    }
    return ok;
  }

  void pop() {
    const End end = below(3) == 0 ? End::back : End::front;
    const std::uint64_t count = below(4) == 0 ? 1 + below(6) : 1;
    Entries expected;
    while (expected.size() < count && !model.ready.empty()) expected.push_back(model.pop(end));
    model.stats.popped += expected.size();
    const auto popped = queue->pop(end, count, 0);
    REQUIRE(code_of(popped) == (expected.empty() ? std::optional(Code::empty) : ok));
    if (popped) REQUIRE(entries_of(*popped) == expected);
  }

  void take() {
    const std::uint64_t count = below(4) == 0 ? 1 + below(6) : 1;
    const bool lives = below(6) != 0;
    const bool in_time = below(6) != 0;
    Entries expected;
    while (expected.size() < count && !model.ready.empty()) {
      expected.push_back(model.pop(End::front));
      ++expected.back().attempts;
    }
    const auto taken = queue->take(lives ? test::self() : test::dead(), count, in_time ? 0 : 1, 0);
    REQUIRE(code_of(taken) == (expected.empty() ? std::optional(Code::empty) : ok));
    if (!taken) return;
    REQUIRE(entries_of(*taken) == expected);
    if (lives && in_time) {
      model.held.insert(model.held.end(), expected.begin(), expected.end());
      return;
    }
    std::for_each(expected.rbegin(), expected.rend(), [&](const Entry& each) { (void)model.come_back(each); });
    (in_time ? model.stats.returned : model.stats.expired) += expected.size();
  }

  void acknowledge() {
    const std::vector<std::uint64_t> ids{some_id(), some_id()};
    const std::size_t count = 1 + below(2);
    auto held = model.held;
    Entry gone;
    bool all = take_from(held, ids[0], gone);
    all = all && (count == 1 || ids[1] == ids[0] || take_from(held, ids[1], gone));
    REQUIRE(code_of(queue->acknowledge(std::span(ids).first(count))) == (all ? ok : std::optional(Code::absent)));
    if (all) {
      model.stats.acknowledged += model.held.size() - held.size();
      model.held = held;
    }
  }

  void release() {
    const std::uint64_t id = some_id();
    const bool attempted = below(3) != 0;
    const std::uint64_t how = below(3);
    Entry entry;
    const bool there = take_from(model.held, id, entry);
    const auto released = queue->release(id, how == 0 ? 0 : how == 1 ? 1 : hour, attempted);
    REQUIRE(code_of(released) == (there ? ok : std::optional(Code::absent)));
    if (!there) return;
    ++model.stats.released;
    if (!attempted) --entry.attempts;
    if (attempted && model.limits.max_attempts != 0 && entry.attempts >= model.limits.max_attempts) {
      model.buried.push_back(entry);
      REQUIRE(*released == ItemState::buried);
    } else if (how == 2) {
      model.delayed.push_back(entry);
      REQUIRE(*released == ItemState::delayed);
    } else {
      model.put_ready(entry, how == 0 ? End::front : End::back);
      REQUIRE(*released == (how == 0 ? ItemState::ready : ItemState::delayed));
    }
  }

  void bury() {
    const std::uint64_t id = some_id();
    Entry entry;
    const bool there = take_from(model.held, id, entry);
    REQUIRE(code_of(queue->bury(id)) == (there ? ok : std::optional(Code::absent)));
    if (there) model.buried.push_back(entry);
  }

  void touch_or_hand_over() {
    const std::uint64_t id = some_id();
    Entry entry;
    const bool there = take_from(model.held, id, entry);
    const bool ends = below(2) == 0;
    const bool touches = below(2) == 0;
    const auto done = touches ? queue->touch(id, ends ? 1 : hour) : queue->hand_over(id, ends ? test::dead() : Owner{});
    REQUIRE(code_of(done) == (there ? ok : std::optional(Code::absent)));
    if (!there) return;
    if (!ends) {  // it keeps its place, which the order of ids does not tell
      const auto held = entries_of(*queue->items(ItemState::held));
      model.held.push_back(entry);
      const auto place = [&](const Entry& each) { return std::find(held.begin(), held.end(), each) - held.begin(); };
      std::sort(model.held.begin(), model.held.end(),
                [&](const Entry& a, const Entry& b) { return place(a) < place(b); });
      return;
    }
    ++(touches ? model.stats.expired : model.stats.returned);
    (void)model.come_back(entry);
  }

  void kick() {
    if (below(4) == 0) {
      REQUIRE(queue->kick({}) == model.buried.size());
      for (; !model.buried.empty(); model.buried.pop_front()) {
        model.buried.front().attempts = 0;
        model.put_ready(model.buried.front(), End::back);
      }
      return;
    }
    const std::uint64_t id = some_id();
    Entry entry;
    const bool there = take_from(model.buried, id, entry) || take_from(model.delayed, id, entry);
    REQUIRE(code_of(queue->kick(std::span(&id, 1))) == (there ? ok : std::optional(Code::absent)));
    if (there) {
      entry.attempts = 0;
      model.put_ready(entry, End::back);
    }
  }

  void clear() {
    REQUIRE(queue->clear() == model.all().size());
    model.ready.clear();
    model.held.clear();
    model.delayed.clear();
    model.buried.clear();
  }

  void compare() {
    const auto list = [&](ItemState state) { return entries_of(*queue->items(state)); };
    const auto copy = [](const std::deque<Entry>& entries) { return Entries(entries.begin(), entries.end()); };
    auto ready = model.all_ready();
    REQUIRE(list(ItemState::ready) == ready);
    REQUIRE(list(ItemState::held) == copy(model.held));
    REQUIRE(list(ItemState::delayed) == copy(model.delayed));
    REQUIRE(list(ItemState::buried) == copy(model.buried));
    REQUIRE(queue->len() == ready.size());
    const std::size_t count = below(7);
    std::reverse(ready.begin(), ready.end());
    ready.resize(std::min(count, ready.size()));
    REQUIRE(entries_of(*queue->peek(End::back, count)) == ready);
    const auto stats = *queue->stats();
    std::uint64_t bytes = 0;
    for (const auto& entry : model.all()) bytes += entry.word.size();
    const auto numbers = [](const QueueStats& s) {
      return std::vector{s.ready,  s.held,         s.delayed,  s.buried,   s.bytes,  s.pushed,
                         s.popped, s.acknowledged, s.released, s.returned, s.expired};
    };
    QueueStats expected = model.stats;
    expected.ready = model.all_ready().size();
    expected.held = model.held.size();
    expected.delayed = model.delayed.size();
    expected.buried = model.buried.size();
    expected.bytes = bytes;
    REQUIRE(numbers(stats) == numbers(expected));
  }

  void step() {
    switch (below(20)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
      case 5: push(); break;
      case 6:
      case 7: pop(); break;
      case 8:
      case 9:
      case 10: take(); break;
      case 11:
      case 12: acknowledge(); break;
      case 13:
      case 14: release(); break;
      case 15: bury(); break;
      case 16: touch_or_hand_over(); break;
      case 17:
      case 18: kick(); break;
      default:
        if (below(8) == 0) clear();
    }
  }
};
}  // namespace

TEST_CASE("a queue does what its model does", "[queue][model]") {
  const unsigned seed = GENERATE(range(1U, 9U));
  QueueLimits limits;
  if (seed % 2 == 0) {
    limits.max_items = 30;
    limits.max_bytes = 2000;
  }
  if (seed % 3 == 0) {
    limits.max_attempts = 3;
  }
  Pair pair(limits, seed);
  const int steps = test::sanitized ? 300 : 1500;
  for (int i = 0; i < steps; ++i) {
    CAPTURE(seed, i);
    pair.step();
    if (pair.below(3) != 0) pair.compare();  // so that some changes meet what others left to be looked for
  }
}

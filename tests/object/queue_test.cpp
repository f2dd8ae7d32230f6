// Every operation of a queue and every refusal, from one process.
#include "object/queue.hpp"
#include <limits>
#include <string>
#include "catch.hpp"
#include "object/queue_user.hpp"
#include "object/value.hpp"
#include "os/clock.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::bytes_of;
using test::code_of;
using test::dead;
using test::ok;
using test::QueueUser;
using test::self;
using Words = std::vector<std::string>;
using Ids = std::vector<std::uint64_t>;

namespace {
constexpr std::int64_t at_once = 1;  // ns: over at the next look
constexpr std::int64_t hour = 3'600'000'000'000;
constexpr std::int64_t ms = 1'000'000;
}  // namespace

TEST_CASE("items come in the order of their priority, then of their coming", "[queue]") {
  QueueUser q;
  CHECK(q.push("a") == 1);
  CHECK(q.push("b") == 2);
  CHECK(q.push("urgent", 5) == 3);
  CHECK(q.push("later", -5) == 4);
  CHECK(q.push("medium", 2) == 5);
  CHECK(q.push("first", 0, End::front) == 6);
  CHECK(q->len() == 6);
  CHECK(q.peek() == Words{"urgent", "medium", "first", "a", "b", "later"});
  CHECK(q.peek(End::back, 2) == Words{"later", "b"});
  CHECK(q.pop(End::back, 2) == Words{"later", "b"});
  CHECK(q.pop(End::front, 3) == Words{"urgent", "medium", "first"});
  CHECK(q.push("x", 2) == 7);
  CHECK(q.pop(End::front, 9) == Words{"x", "a"});
  CHECK(q.code_of_pop() == Code::empty);
  CHECK(q.peek().empty());
  CHECK(q->pop(End::front, 0, 0)->empty());
  const auto stats = q->stats();
  CHECK(stats->pushed == 7);
  CHECK(stats->popped == 7);
  CHECK(stats->bytes == 0);
  CHECK(stats->ready == 0);
}

TEST_CASE("priorities are any numbers", "[queue]") {
  QueueUser q;
  q.push("low", std::numeric_limits<std::int64_t>::min());
  q.push("high", std::numeric_limits<std::int64_t>::max());
  for (int i = 0; i < 100; ++i) {
    q.push(std::to_string(i), (i * 37) % 100);
  }
  CHECK(q.pop() == Words{"high"});
  for (int priority = 99; priority >= 0; --priority) {
    const auto items = q->pop(End::front, 1, 0);
    REQUIRE(items->at(0).priority == priority);
    REQUIRE(std::stoi(std::string(items->at(0).bytes.view())) * 37 % 100 == priority);
  }
  CHECK(q.pop() == Words{"low"});
}

TEST_CASE("an item is any bytes", "[queue]") {
  QueueUser q;
  for (const std::size_t size : {0U, 1U, 7U, 8U, 9U, 100U, 5000U, 3'000'000U}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 7);
    q.push(bytes);
    REQUIRE(q.peek() == Words{bytes});
    REQUIRE(q->stats()->bytes == size);
    REQUIRE(q.pop() == Words{bytes});
  }
}

TEST_CASE("several are pushed together, and get their numbers", "[queue]") {
  QueueUser q;
  const NewItem items[] = {{bytes_of("a"), {}, 0, End::back}, {bytes_of("b"), {}, 1, End::back}};
  Ids ids{99};
  CHECK(code_of(q->push(items, 0, ids)) == ok);
  CHECK(ids == Ids{1, 2});
  CHECK(q.peek() == Words{"b", "a"});
  CHECK(code_of(q->push({}, 0, ids)) == ok);
  CHECK(ids.empty());
}

TEST_CASE("a key is there once, until its item is gone", "[queue]") {
  QueueUser q;
  CHECK(q.push_with_key("a", "k") == ok);
  CHECK(q.push_with_key("b", "k") == Code::lost);
  CHECK(q.push_with_key("b", "another") == ok);
  CHECK(q->items(ItemState::ready)->at(0).key.view() == "k");
  SECTION("popped") {
    const auto popped = q->pop(End::front, 1, 0);
    CHECK(popped->at(0).key.view() == "k");
    CHECK(popped->at(0).bytes.view() == "a");
    CHECK(q.push_with_key("c", "k") == ok);
  }
  SECTION("held, buried, and acknowledged") {
    const auto id = q.take();
    CHECK(q.push_with_key("c", "k") == Code::lost);
    CHECK(code_of(q->bury(id)) == ok);
    CHECK(q.push_with_key("c", "k") == Code::lost);
    CHECK(q->kick({}) == 1);
    CHECK(q.pop() == Words{"b"});
    const auto again = q.take();
    CHECK(again == id);
    CHECK(code_of(q->acknowledge(Ids{id})) == ok);
    CHECK(q.push_with_key("c", "k") == ok);
  }
  SECTION("cleared") {
    CHECK(q->clear() == 2);
    CHECK(q.push_with_key("c", "k") == ok);
  }
  SECTION("twice in one push: none of it is pushed") {
    const NewItem items[] = {{bytes_of("x"), bytes_of("new"), 0, End::back},
                             {bytes_of("y"), bytes_of("new"), 0, End::back}};
    Ids ids;
    CHECK(code_of(q->push(items, 0, ids)) == Code::lost);
    CHECK(q.peek() == Words{"a", "b"});
  }
}

TEST_CASE("a thousand keys are told apart", "[queue]") {
  QueueUser q;
  for (int i = 0; i < 1000; ++i)
    REQUIRE(q.push_with_key("x", std::string(static_cast<std::size_t>(i), 'k') + "!") == ok);
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(q.push_with_key("x", std::string(static_cast<std::size_t>(i), 'k') + "!") == Code::lost);
  }
  CHECK(q.pop(End::back, 999).size() == 999);
  CHECK(q.push_with_key("x", "!") == Code::lost);
  CHECK(q.push_with_key("x", "k!") == ok);
}

TEST_CASE("limits hold for the items of all states", "[queue]") {
  QueueLimits limits;
  limits.max_items = 2;
  limits.max_bytes = 10;
  QueueUser q(limits);
  CHECK(q->limits().max_items == 2);
  const auto push = [&](std::initializer_list<std::string_view> words, std::int64_t deadline_ns = 0) {
    std::vector<NewItem> items;
    for (const auto word : words) items.push_back({bytes_of(word), {}, 0, End::back});
    Ids ids;
    return code_of(q->push(items, deadline_ns, ids));
  };
  CHECK(push({"eleven bytes"}) == Code::range);
  CHECK(push({"1", "2", "3"}) == Code::range);
  CHECK(push({"12345678"}) == ok);
  CHECK(push({"abc"}) == Code::limit);
  CHECK(push({"ab"}) == ok);
  CHECK(push({""}) == Code::limit);
  CHECK(push({""}, shm::os::monotonic_ns() + 20 * ms) == Code::timed_out);
  const auto id = q.take();
  CHECK(push({""}) == Code::limit);
  CHECK(code_of(q->bury(id)) == ok);
  CHECK(push({""}) == Code::limit);
  CHECK(q.pop() == Words{"ab"});
  CHECK(push({"abc"}) == Code::limit);
  CHECK(push({"ab"}) == ok);
  CHECK(q->clear() == 2);
  CHECK(push({"12345", "67890"}) == ok);
}

TEST_CASE("what was taken is acknowledged, or given back", "[queue]") {
  QueueUser q;
  for (const auto* word : {"a", "b", "c"}) q.push(word);
  const auto taken = q->take(self(), 2, -1, 0);
  REQUIRE(taken->size() == 2);
  CHECK(taken->at(0).bytes.view() == "a");
  CHECK(taken->at(0).attempts == 1);
  CHECK(taken->at(0).owner == self());
  CHECK(taken->at(0).state == ItemState::held);
  CHECK(taken->at(0).due_ns == 0);
  CHECK(q->len() == 1);
  CHECK(q.words(ItemState::held) == Words{"a", "b"});
  SECTION("acknowledged") {
    CHECK(code_of(q->acknowledge(Ids{1, 2, 1})) == ok);
    CHECK(q->stats()->acknowledged == 2);
    CHECK(code_of(q->acknowledge(Ids{1})) == Code::absent);
    CHECK(q.peek() == Words{"c"});
  }
  SECTION("all of them or none") {
    CHECK(code_of(q->acknowledge(Ids{1, 2, 3})) == Code::absent);
    CHECK(q.words(ItemState::held) == Words{"a", "b"});
  }
  SECTION("released to the front") {
    CHECK(q->release(2, 0) == ItemState::ready);
    CHECK(q.peek() == Words{"b", "c"});
    CHECK(q->release(1, 0, false) == ItemState::ready);
    CHECK(q.peek() == Words{"a", "b", "c"});
    CHECK(q->stats()->released == 2);
    CHECK(q->items(ItemState::ready)->at(0).attempts == 0);
    CHECK(q->items(ItemState::ready)->at(1).attempts == 1);
    CHECK(q->items(ItemState::ready)->at(1).owner == Owner{});
    CHECK(code_of(q->release(1, 0)) == Code::absent);
  }
  SECTION("released for later") {
    CHECK(q->release(1, hour) == ItemState::delayed);
    CHECK(q->release(2, hour / 2) == ItemState::delayed);
    CHECK(q.words(ItemState::delayed) == Words{"b", "a"});
    CHECK(q->items(ItemState::delayed)->at(0).due_ns > shm::os::boottime_ns());
    CHECK(q->len() == 1);
    CHECK(code_of(q->acknowledge(Ids{1})) == Code::absent);
    CHECK(q->kick(Ids{1}) == 1);
    CHECK(q.peek() == Words{"c", "a"});
    CHECK(q->stats()->delayed == 1);
  }
  SECTION("released for a moment: at the back then") {
    CHECK(q->release(1, at_once) == ItemState::delayed);
    CHECK(q.peek() == Words{"c", "a"});
    CHECK(q.words(ItemState::delayed).empty());
    CHECK(q->stats()->ready == 2);
    CHECK(q.pop(End::back) == Words{"a"});
  }
  SECTION("buried and dug up") {
    CHECK(code_of(q->bury(2)) == ok);
    CHECK(code_of(q->bury(1)) == ok);
    CHECK(q.words(ItemState::buried) == Words{"b", "a"});
    CHECK(code_of(q->kick(Ids{1, 3})) == Code::absent);
    CHECK(q.words(ItemState::buried) == Words{"b", "a"});
    CHECK(q->kick(Ids{1, 1}) == 1);
    CHECK(q->kick({}) == 1);
    CHECK(q->kick({}) == 0);
    CHECK(q.peek() == Words{"c", "a", "b"});
    CHECK(q->items(ItemState::ready)->at(1).attempts == 0);
  }
  SECTION("all is cleared") {
    CHECK(q->release(1, hour) == ItemState::delayed);
    q.push("urgent", 9);
    CHECK(q->clear() == 4);
    for (const auto state : {ItemState::ready, ItemState::held, ItemState::delayed, ItemState::buried}) {
      CHECK(q->items(state)->empty());
    }
    CHECK(q->stats()->bytes == 0);
    CHECK(q.push("d") == 5);
    CHECK(q.peek() == Words{"d"});
  }
}

TEST_CASE("what nobody holds any more is ready again, at the front", "[queue]") {
  QueueUser q;
  for (const auto* word : {"a", "b", "c"}) q.push(word);
  CHECK(q->take(dead(), 2, -1, 0)->size() == 2);
  CHECK(q.peek() == Words{"a", "b", "c"});
  CHECK(q.peek(End::back) == Words{"c", "b", "a"});
  CHECK(q->len() == 3);
  CHECK(q.words(ItemState::held).empty());
  CHECK(q->stats()->returned == 2);
  SECTION("for the next to take") {
    CHECK(q->take(self(), 1, at_once, 0)->at(0).attempts == 2);
    CHECK(q->stats()->expired == 1);
    CHECK(q.pop(End::front, 3) == Words{"a", "b", "c"});
  }
  SECTION("and not for its holder to acknowledge") {
    CHECK(code_of(q->acknowledge(Ids{1})) == Code::absent);
    CHECK(code_of(q->touch(1, hour)) == Code::absent);
    CHECK(code_of(q->hand_over(1, self())) == Code::absent);
    CHECK(code_of(q->release(1, 0)) == Code::absent);
    CHECK(code_of(q->bury(1)) == Code::absent);
  }
  SECTION("before what is pushed to the front meanwhile") {
    q.push("x");
    q.push("y", 0, End::front);
    CHECK(q.peek() == Words{"y", "a", "b", "c", "x"});
  }
  CHECK(q->stats()->returned == 2);
}

TEST_CASE("what several ended holders had comes back in the order in which it was taken", "[queue]") {
  QueueUser q;
  for (const char* word : {"a", "b", "c"}) q.push(word);
  CHECK(q->take(self(), 2, -1, 0)->size() == 2);  // the holder of the second ends first
  CHECK(code_of(q->hand_over(2, dead())) == ok);
  CHECK(q.peek() == Words{"b", "c"});
  CHECK(code_of(q->hand_over(1, dead())) == ok);
  CHECK(q.pop(End::front, 3) == Words{"a", "b", "c"});
}

TEST_CASE("an item that comes back too often is buried", "[queue]") {
  QueueLimits limits;
  limits.max_attempts = 2;
  QueueUser q(limits);
  q.push("a");
  for (int i = 0; i < 3; ++i) CHECK(q->release(q.take(), 0, false) == ItemState::ready);  // not counted
  CHECK(q->release(q.take(), 0) == ItemState::ready);
  SECTION("released") { CHECK(q->release(q.take(), hour) == ItemState::buried); }
  SECTION("its holder dies") { CHECK(q->take(dead(), 1, -1, 0)->size() == 1); }
  SECTION("its time is over") { CHECK(q->take(self(), 1, at_once, 0)->size() == 1); }
  CHECK(q.words(ItemState::buried) == Words{"a"});
  CHECK(q->stats()->buried == 1);
  CHECK(q->len() == 0);
  CHECK(q.code_of_pop() == Code::empty);
  CHECK(q.words(ItemState::buried) == Words{"a"});
  CHECK(q->kick({}) == 1);
  CHECK(q->take(self(), 1, -1, 0)->at(0).attempts == 1);
}

TEST_CASE("the time to hold an item", "[queue]") {
  QueueLimits limits;
  limits.ttr_ns = hour;
  QueueUser q(limits);
  q.push("a");
  const auto now = shm::os::boottime_ns();
  const auto taken = q->take(self(), 1, -1, 0);
  CHECK(taken->at(0).due_ns >= now + hour);
  const auto due = [&] { return q->items(ItemState::held)->at(0).due_ns; };
  SECTION("begins anew") {
    CHECK(code_of(q->touch(1, -1)) == ok);
    CHECK(due() > taken->at(0).due_ns);
    CHECK(code_of(q->touch(1, 2 * hour)) == ok);
    CHECK(due() >= now + 2 * hour);
    CHECK(code_of(q->touch(1, -1)) == ok);
    CHECK(due() < now + 2 * hour);
    CHECK(code_of(q->touch(1, 0)) == ok);
    CHECK(due() == 0);
    CHECK(code_of(q->touch(1, std::numeric_limits<std::int64_t>::max())) == ok);
    CHECK(due() == std::numeric_limits<std::int64_t>::max());
    CHECK(code_of(q->touch(2, 0)) == Code::absent);
  }
  SECTION("is over") {
    CHECK(code_of(q->touch(1, at_once)) == ok);
    CHECK(q.peek() == Words{"a"});
    CHECK(code_of(q->touch(1, hour)) == Code::absent);
  }
  SECTION("goes on with another holder") {
    CHECK(code_of(q->hand_over(1, Owner{})) == ok);
    CHECK(due() == taken->at(0).due_ns);
    CHECK(q->items(ItemState::held)->at(0).owner == Owner{});  // nobody can die
    CHECK(code_of(q->hand_over(1, dead())) == ok);
    CHECK(q.peek() == Words{"a"});
  }
}

TEST_CASE("who waits is told when an item is due", "[queue]") {
  QueueUser q;
  q.push("a");
  const auto pop_within = [&](std::int64_t ns) { return code_of(q->pop(End::front, 1, shm::os::monotonic_ns() + ns)); };
  const auto id = q.take();
  CHECK(pop_within(20 * ms) == Code::timed_out);
  CHECK(q->release(id, hour) == ItemState::delayed);
  CHECK(pop_within(20 * ms) == Code::timed_out);
  CHECK(q->kick(Ids{id}) == 1);
  const std::int64_t start = shm::os::monotonic_ns();
  SECTION("delayed") { CHECK(q->release(q.take(), 30 * ms) == ItemState::delayed); }
  SECTION("held for a time") { CHECK(q->take(self(), 1, 30 * ms, 0)->size() == 1); }
  CHECK(pop_within(hour) == ok);
  CHECK(shm::os::monotonic_ns() >= start + 30 * ms);
}

TEST_CASE("a queue is not made, nor opened, where that can't be", "[queue]") {
  QueueUser q;
  CHECK(code_of(Queue::create(*q.store(), "jobs", {}, {})) == Code::exists);
  QueueLimits limits;
  limits.ttr_ns = -1;
  CHECK(code_of(Queue::create(*q.store(), "other", limits, {})) == Code::usage);
  CHECK(code_of(Queue::open(*q.store(), "other", Access::write)) == Code::absent);
  REQUIRE(code_of(Value::create(*q.store(), "rate", {Type::boolean, 1}, {})) == ok);
  CHECK(code_of(Queue::open(*q.store(), "rate", Access::read)) == Code::wrong_kind);
  CHECK(code_of(Value::open(*q.store(), "jobs", Access::read)) == Code::wrong_kind);
}

TEST_CASE("who may only read reads all and changes nothing", "[queue]") {
  QueueUser q;
  q.push("a");
  q.push("b");
  CHECK(q->take(dead(), 1, -1, 0)->size() == 1);
  auto reader = q.open(Access::read);
  CHECK(reader.len() == 2);
  CHECK(reader.peek(End::front, 1)->at(0).bytes.view() == "a");
  CHECK(reader.items(ItemState::ready)->size() == 2);
  Ids ids;
  const NewItem item{bytes_of("x"), {}, 0, End::back};
  CHECK(code_of(reader.push(std::span(&item, 1), 0, ids)) == Code::denied);
  CHECK(code_of(reader.pop(End::front, 1, 0)) == Code::denied);
  CHECK(code_of(reader.take(self(), 1, -1, 0)) == Code::denied);
  CHECK(code_of(reader.acknowledge(Ids{1})) == Code::denied);
  CHECK(code_of(reader.kick({})) == Code::denied);
  CHECK(code_of(reader.clear()) == Code::denied);
}

TEST_CASE("a million items are cleared at once", "[queue]") {
  QueueUser q;
  constexpr std::size_t each = 50'000;
  constexpr std::size_t rounds = test::sanitized ? 2 : 20;
  const std::vector<NewItem> items(each, NewItem{bytes_of("x"), {}, 0, End::back});
  Ids ids;
  for (std::size_t i = 0; i < rounds; ++i) REQUIRE(code_of(q->push(items, 0, ids)) == ok);
  CHECK(q->take(self(), 1000, -1, 0)->size() == 1000);
  CHECK(q->clear() == each * rounds);
  CHECK(q->len() == 0);
  CHECK(q.push("y") == each * rounds + 1);
  CHECK(q.peek() == Words{"y"});
}

// Names that objects are given, take from one another, and build under.
#include "object/naming.hpp"
#include "catch.hpp"
#include "object/counter.hpp"
#include "object/queue.hpp"
#include "object/text_value.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using shm::store::Missing;
using shm::store::Store;
using test::code_of;
using test::ok;
using test::OwnStore;

namespace {
Store building_store(const OwnStore& own) {
  auto store = Store::open(own.path(), ::geteuid(), Missing::refuse);
  REQUIRE(store);
  store->allow_building();
  return std::move(*store);
}

void make_queue(const Store& store, std::string_view name, std::initializer_list<std::string_view> items) {
  REQUIRE(code_of(Queue::create(store, name, {}, {})) == ok);
  auto queue = Queue::open(store, name, Access::write);
  REQUIRE(queue);
  std::vector<std::uint64_t> ids;
  for (const auto item : items) {
    const NewItem fresh{std::as_bytes(std::span(item)), {}, 0, End::back};
    REQUIRE(code_of(queue->push(std::span(&fresh, 1), 0, ids)) == ok);
  }
}

std::string next_of(const Store& store, std::string_view name) {
  auto queue = Queue::open(store, name, Access::write);
  const auto items = queue ? queue->pop(End::front, 1, 0) : std::unexpected(queue.error());
  return items ? std::string((*items)[0].bytes.view()) : "nothing";
}
}  // namespace

TEST_CASE("who has an object open goes on with it under its new name", "[naming]") {
  const OwnStore store;
  make_queue(*store, "old", {"a"});
  auto open = Queue::open(*store, "old", Access::write);
  REQUIRE(open);
  REQUIRE(code_of(rename(*store, "old", "new", Taken::refuse)) == ok);
  CHECK(code_of(open->pop(End::front, 1, 0)) == ok);
  CHECK(next_of(*store, "new") == "nothing");
  CHECK(next_of(*store, "old") == "nothing");
  REQUIRE(code_of(shm::object::remove(*store, "new")) == ok);
  CHECK(code_of(open->len()) == Code::absent);
  CHECK(store.files().empty());
}

TEST_CASE("an object that was renamed and is removed by who had it open before leaves nothing", "[naming]") {
  const OwnStore store;
  REQUIRE(code_of(TextValue::create(*store, "old", Type::text, {}, 0, {})) == ok);
  auto open = TextValue::open(*store, "old", Access::write);
  REQUIRE(open);
  REQUIRE(code_of(open->get()) == ok);
  REQUIRE(code_of(rename(*store, "old", "new", Taken::refuse)) == ok);
  make_queue(*store, "old", {"b"});  // and it must not take this away
  CHECK(code_of(open->take()) == ok);
  CHECK(store.files().size() == 2);
  CHECK(next_of(*store, "old") == "b");
}

TEST_CASE("what loses its name to another object is removed for who has it open", "[naming]") {
  const OwnStore store;
  make_queue(*store, "jobs", {"a"});
  REQUIRE(code_of(Counter::create(*store, "hits", {}, 1, {})) == ok);
  auto queue = Queue::open(*store, "jobs", Access::write);
  auto reader = Queue::open(*store, "jobs", Access::read);
  auto counter = Counter::open(*store, "hits", Access::write);
  REQUIRE((queue && reader && counter));
  REQUIRE(queue->len());
  make_queue(*store, "other", {"b"});
  CHECK(code_of(rename(*store, "other", "jobs", Taken::refuse)) == Code::exists);
  REQUIRE(code_of(rename(*store, "other", "jobs", Taken::replace)) == ok);
  CHECK(code_of(queue->pop(End::front, 1, 0)) == Code::absent);
  CHECK(code_of(reader->len()) == Code::absent);
  REQUIRE(code_of(rename(*store, "jobs", "hits", Taken::replace)) == ok);
  CHECK(code_of(counter->add(1)) == Code::absent);
  CHECK(next_of(*store, "hits") == "b");
  CHECK(store.files().size() == 2);
}

TEST_CASE("a maker who is killed before his object has its name leaves the old one in its place", "[naming]") {
  const OwnStore store;
  make_queue(*store, "jobs", {"a"});
  auto queue = Queue::open(*store, "jobs", Access::write);
  REQUIRE(queue);
  const auto at = test::in_child([&] {
    auto region = shm::segment::Region::open(*store, "jobs", Access::write);
    auto change = region->begin();
    (void)change->give_way([]() -> shm::os::Result<void> { ::_exit(7); });
    return 0;
  });
  REQUIRE(at.exit_status == 7);
  CHECK(queue->len().value_or(9) == 1);
  CHECK(next_of(*store, "jobs") == "a");
}

TEST_CASE("one who is killed after his object has its name has removed the old one", "[naming]") {
  const OwnStore store;
  make_queue(*store, "jobs", {"a"});
  make_queue(*store, "other", {"b"});
  auto queue = Queue::open(*store, "jobs", Access::write);
  auto reader = Queue::open(*store, "jobs", Access::read);
  REQUIRE((queue && reader));
  const auto at = test::in_child([&] {
    auto region = shm::segment::Region::open(*store, "jobs", Access::write);
    auto change = region->begin();
    (void)change->give_way([&]() -> shm::os::Result<void> {
      (void)shm::os::rename_at(store->dir(), "other", "jobs", Taken::replace);
      ::_exit(7);
    });
    return 0;
  });
  REQUIRE(at.exit_status == 7);
  CHECK(code_of(reader->len()) == Code::absent);
  CHECK(code_of(queue->pop(End::front, 1, 0)) == Code::absent);
  CHECK(next_of(*store, "jobs") == "b");
  CHECK(store.files().size() == 2);
}

TEST_CASE("what is built has no name that anybody can say, and goes if it is given up", "[naming]") {
  const OwnStore own;
  const Store store = building_store(own);
  {
    auto building = Building::begin(store);
    REQUIRE(building);
    make_queue(store, building->name(), {"a"});
    CHECK(code_of(Queue::open(*own, building->name(), Access::read)) == Code::usage);
    CHECK(code_of(Queue::create(*own, ",new,0123456789abcdef", {}, {})) == Code::usage);
    CHECK(code_of(Queue::create(store, ",new,x", {}, {})) == Code::usage);
  }
  CHECK(own.files().empty());
  auto building = Building::begin(store);
  REQUIRE(building);
  make_queue(store, building->name(), {"a"});
  building->hold();
  REQUIRE(code_of(building->publish("jobs", Taken::refuse)) == ok);
  CHECK(next_of(*own, "jobs") == "a");
}

TEST_CASE("nobody holds anything in a copy", "[naming]") {
  const OwnStore own;
  const Store store = building_store(own);
  make_queue(store, "jobs", {"a", "b", "c"});
  auto queue = Queue::open(store, "jobs", Access::write);
  REQUIRE(queue);
  REQUIRE(queue->take({}, 2, 0, 0).value().size() == 2);
  REQUIRE(code_of(copy(store, "jobs", "copy", {}, Taken::refuse)) == ok);
  for (const auto* item : {"a", "b", "c", "nothing"}) {
    CHECK(next_of(store, "copy") == item);
  }
  CHECK(queue->len().value_or(0) == 1);
  CHECK(queue->stats()->held == 2);
}

TEST_CASE("all that a queue holds makes another one of it", "[naming]") {
  const OwnStore store;
  make_queue(*store, "jobs", {"a", "b", "c", "d"});
  auto queue = Queue::open(*store, "jobs", Access::write);
  REQUIRE(queue);
  REQUIRE(queue->take({}, 3, 0, 0).value().size() == 3);
  REQUIRE(code_of(queue->bury(2)) == ok);
  REQUIRE(code_of(queue->release(3, 3'600'000'000'000)) == ok);
  const auto content = queue->content();
  REQUIRE(content);
  REQUIRE(content->items.size() == 4);
  CHECK(why_no_content({}, *content) == nullptr);
  CHECK(why_no_content({.max_items = 3}, *content) != nullptr);
  CHECK(why_no_content({.max_bytes = 3}, *content) != nullptr);
  REQUIRE(code_of(Queue::create(*store, "again", {}, {})) == ok);
  auto again = Queue::open(*store, "again", Access::write);
  REQUIRE(again);
  REQUIRE(code_of(again->restore(*content)) == ok);
  const auto second = again->content();
  REQUIRE(second);
  REQUIRE(second->items.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& left = content->items[i];
    const auto& right = second->items[i];
    CHECK((left.id == right.id && left.state == right.state && left.attempts == right.attempts));
    CHECK((left.bytes.view() == right.bytes.view() && left.due_ns == right.due_ns));
  }
  CHECK(second->last_id == 4);
  CHECK(second->ever.released == 1);
  CHECK(again->kick({}).value_or(0) == 1);
  CHECK(next_of(*store, "again") == "a");
}

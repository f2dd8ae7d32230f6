// Looking at an object again and again, and sleeping until it has changed.
#include "object/watch.hpp"
#include "catch.hpp"
#include "object/array.hpp"
#include "object/counter.hpp"
#include "object/naming.hpp"
#include "object/text_value.hpp"
#include "os/clock.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::code_of;
using test::ok;
using test::OwnStore;

namespace {
constexpr std::int64_t second = 1'000'000'000;

// Sleeps until the mark is another one; how long that took.
std::int64_t until_changed(Watch& watch, std::uint64_t mark) {
  const std::int64_t begin = shm::os::monotonic_ns();
  for (;;) {
    const auto state = watch.look();
    if (!state || state->mark != mark || shm::os::monotonic_ns() > begin + 10 * second) {
      return shm::os::monotonic_ns() - begin;
    }
    watch.wait(begin + 10 * second);
  }
}
}  // namespace

TEST_CASE("a watch sees each kind of change, and its end", "[watch]") {
  const OwnStore store;
  REQUIRE(code_of(Counter::create(*store, "hits", {}, 1, {})) == ok);
  REQUIRE(code_of(TextValue::create(*store, "text", Type::text, {}, 0, {})) == ok);
  REQUIRE(code_of(Array::create(*store, "numbers", Element::int32, 100, {})) == ok);
  const std::pair<const char*, std::function<void()>> changes[] = {
      {"hits", [&] { (void)Counter::open(*store, "hits", Access::write)->add(1); }},
      {"text", [&] { (void)TextValue::open(*store, "text", Access::write)->set({}, 0, Presence::either); }},
      {"numbers",
       [&] {
         const Array::Step step{42, {7, false}};
         Bits result = 0;
         (void)Array::open(*store, "numbers", Access::write)
             ->change(Array::Operation::set, std::span(&step, 1), std::span(&result, 1));
       }},
  };
  for (const auto& [name, change] : changes) {
    INFO(name);
    auto watch = Watch::open(*store, name);
    REQUIRE(watch);
    const auto first = watch->look();
    REQUIRE(first);
    CHECK(watch->look()->mark == first->mark);
    change();
    const auto second_look = watch->look();
    REQUIRE(second_look);
    CHECK(second_look->mark != first->mark);
    test::Crowd crowd;
    crowd.add([&, act = change] {
      act();
      return 0;
    });
    if (std::string_view(name) != "numbers") {  // whose element is 7 already
      crowd.go();
      CHECK(until_changed(*watch, second_look->mark) < 10 * second);
      CHECK(crowd.wait());
    }
    REQUIRE(code_of(rename(*store, name, "renamed", Taken::replace)) == ok);
    REQUIRE(code_of(watch->look()) == ok);
    CHECK(watch->name() == "renamed");
    REQUIRE(code_of(shm::object::remove(*store, "renamed")) == ok);
    CHECK(code_of(watch->look()) == Code::absent);
  }
  CHECK(code_of(Watch::open(*store, "nobody")) == Code::absent);
}

TEST_CASE("a text whose time is over is absent to its watch", "[watch]") {
  const OwnStore store;
  REQUIRE(code_of(TextValue::create(*store, "text", Type::text, {}, 30'000'000, {})) == ok);
  auto watch = Watch::open(*store, "text");
  REQUIRE(watch);
  const std::int64_t begin = shm::os::monotonic_ns();
  while (watch->look() && shm::os::monotonic_ns() < begin + 10 * second) {
    watch->wait(begin + 10 * second);
  }
  CHECK(code_of(watch->look()) == Code::absent);
}

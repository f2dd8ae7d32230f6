// Values of type text and bytes: every operation, the end of a value's time, and what is refused.
#include "object/text_value.hpp"
#include <cstring>
#include <string>
#include "catch.hpp"
#include "object/counter.hpp"
#include "object/expiry.hpp"
#include "object/text_user.hpp"
#include "object/value.hpp"
#include "os/clock.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::bytes;
using test::code_of;
using test::ok;
using test::OwnStore;
using test::text_of;
using test::TextUser;

namespace {
constexpr std::int64_t hour = 3'600'000'000'000;
constexpr std::int64_t moment = 20'000'000;

void wait_until_absent(const TextValue& value) {
  const std::int64_t deadline = shm::os::monotonic_ns() + 10'000'000'000;
  while (value.get() && shm::os::monotonic_ns() < deadline) {
    shm::os::sleep_until(shm::os::monotonic_ns() + 1'000'000);
  }
}
}  // namespace

TEST_CASE("a text is what it was set to, of any length", "[text]") {
  TextUser user(Type::bytes, "");
  CHECK(user.get() == "");
  for (const std::size_t size : {1U, 7U, 8U, 9U, 15U, 16U, 17U, 1000U, 4096U, 70'000U, 10'000'000U, 3U, 0U, 5U}) {
    std::string content(size, '\0');
    for (std::size_t i = 0; i < size; ++i) content[i] = static_cast<char>(i * 7 + size);
    REQUIRE(code_of(user->set(bytes(content), 0, Presence::existing)) == ok);
    REQUIRE(user.get() == content);
  }
}

TEST_CASE("swap returns what was there, compare-and-set compares it", "[text]") {
  TextUser user(Type::text, "one");
  CHECK(text_of(user->swap(bytes("two"), 0)) == "one");
  CHECK(code_of(user->compare_and_set(bytes("one"), bytes("x"))) == Code::lost);
  CHECK(code_of(user->compare_and_set(bytes("tw"), bytes("x"))) == Code::lost);
  CHECK(code_of(user->compare_and_set(bytes(""), bytes("x"))) == Code::lost);
  CHECK(user.get() == "two");
  CHECK(code_of(user->compare_and_set(bytes("two"), bytes(""))) == ok);
  CHECK(code_of(user->compare_and_set(bytes(""), bytes("three"))) == ok);
  CHECK(user.get() == "three");
}

TEST_CASE("append adds at every offset in a word, and past its block", "[text]") {
  TextUser user(Type::text, "");
  std::string whole;
  for (std::size_t turn = 0; turn < 300; ++turn) {
    const std::string piece(turn % 23, static_cast<char>('a' + turn % 26));
    whole += piece;
    const auto length = user->append(bytes(piece), Presence::existing);
    REQUIRE(code_of(length) == ok);
    REQUIRE(*length == whole.size());
    REQUIRE(user.get() == whole);
  }
  const std::string much(3'000'000, 'x');
  CHECK(user->append(bytes(much), Presence::existing) == whole.size() + much.size());
  CHECK(user.get() == whole + much);
}

TEST_CASE("appending does not grow the object more than its content needs", "[text]") {
  TextUser user(Type::bytes, "");
  const std::string piece(100, 'p');
  for (int turn = 0; turn < 20'000; ++turn) {
    REQUIRE(user->append(bytes(piece), Presence::either));
  }
  CHECK(user.get()->size() == 2'000'000);
  CHECK(user->region().file_size() < 20'000'000);
}

TEST_CASE("a text must be UTF-8; else nothing is changed", "[text]") {
  TextUser user(Type::text, "gr\u00fcn");
  const std::string bad = "\xff";
  CHECK(code_of(user->set(bytes(bad), 0, Presence::either)) == Code::range);
  CHECK(code_of(user->swap(bytes(bad), 0)) == Code::range);
  CHECK(code_of(user->compare_and_set(bytes("gr\u00fcn"), bytes(bad))) == Code::range);
  CHECK(code_of(user->append(bytes(bad), Presence::either)) == Code::range);
  CHECK(user.get() == "gr\u00fcn");
  CHECK(code_of(TextValue::create(*user.store, "other", Type::text, bytes(bad), 0, {})) == Code::range);
  CHECK_FALSE(test::exists(user.store / "other"));
  const std::string nul("a\0b", 3);
  CHECK(code_of(user->set(bytes(nul), 0, Presence::either)) == ok);
  CHECK(user.get() == nul);
}

TEST_CASE("after its time a value is absent to every operation", "[text][ttl]") {
  TextUser user(Type::text, "old", hour);
  CHECK(user.get() == "old");
  CHECK(code_of(user->set(bytes("brief"), moment, Presence::existing)) == ok);
  wait_until_absent(*user);
  CHECK(code_of(user->get()) == Code::absent);
  CHECK(code_of(user->set(bytes("x"), 0, Presence::existing)) == Code::absent);
  CHECK(code_of(user->swap(bytes("x"), 0)) == Code::absent);
  CHECK(code_of(user->compare_and_set(bytes("brief"), bytes("x"))) == Code::absent);
  CHECK(code_of(user->append(bytes("x"), Presence::existing)) == Code::absent);
  CHECK(code_of(user->take()) == Code::absent);
  CHECK(user->describe()->state == TextState::expired);
  CHECK(user->append(bytes("new"), Presence::either) == 3U);  // begins anew, without an end
  CHECK(user.get() == "new");
  CHECK(user->describe()->expires_ns == 0);
  CHECK(code_of(user->set(bytes("x"), 0, Presence::fresh)) == Code::exists);
}

TEST_CASE("set and swap give a new end or none, append and compare-and-set leave it", "[text][ttl]") {
  TextUser user(Type::text, "a", hour);
  const auto end = user->describe()->expires_ns;
  CHECK(end > shm::os::realtime_ns());
  CHECK(user->append(bytes("b"), Presence::existing));
  CHECK(user->compare_and_set(bytes("ab"), bytes("c")));
  CHECK(user->describe()->expires_ns == end);
  CHECK(user->swap(bytes("d"), 2 * hour));
  CHECK(user->describe()->expires_ns > end);
  CHECK(user->swap(bytes("e"), 0));
  CHECK(user->describe()->expires_ns == 0);
  CHECK(user->set(bytes("f"), hour, Presence::existing));
  CHECK(user->set(bytes("g"), 0, Presence::existing));
  CHECK(user->describe()->expires_ns == 0);
  CHECK(user->set(bytes("h"), INT64_MAX, Presence::existing));  // no overflow brings it nearer
  CHECK(user.get() == "h");
}

TEST_CASE("an end is by the boot's clock in its boot, by the calendar in another", "[text][ttl]") {
  const std::int64_t boot_now = shm::os::boottime_ns();
  const std::int64_t real_now = shm::os::realtime_ns();
  const auto here = Expiry::after(hour);
  CHECK_FALSE(here.over());
  CHECK(here.boottime_ns >= boot_now + hour);
  CHECK(here.realtime_ns >= real_now + hour);
  if (here.boot == 0) {
    SKIP("/proc does not tell the boot");
  }
  CHECK(Expiry{boot_now - 1, here.boot, real_now + hour}.over());
  CHECK_FALSE(Expiry{boot_now + hour, here.boot, real_now - hour}.over());
  CHECK(Expiry{boot_now + hour, here.boot + 1, real_now - 1}.over());
  CHECK_FALSE(Expiry{boot_now - 1, here.boot + 1, real_now + hour}.over());
  CHECK_FALSE(Expiry{boot_now - 1, 0, real_now + hour}.over());
  CHECK_FALSE(Expiry{}.over());
}

TEST_CASE("the name of an absent value is free, for every kind", "[text][ttl]") {
  const auto make = [](const OwnStore& store, const char* name) {
    REQUIRE(code_of(TextValue::create(*store, name, Type::text, bytes("x"), 1, {})) == ok);
    wait_until_absent(*TextValue::open(*store, name, Access::read));
  };
  const OwnStore store;
  make(store, "a");
  CHECK(code_of(Counter::open(*store, "a", Access::write)) == Code::absent);
  CHECK(code_of(Counter::create(*store, "a", {}, 3, {})) == ok);
  make(store, "b");
  CHECK(code_of(Value::create(*store, "b", {Type::boolean, 1}, {})) == ok);
  make(store, "c");
  Permissions permissions;
  permissions.mode = 0640;
  CHECK(code_of(TextValue::create(*store, "c", Type::bytes, bytes("y"), 0, permissions)) == ok);
  const auto c = TextValue::open(*store, "c", Access::read);
  CHECK(c->type() == Type::bytes);
  CHECK((c->region().info().mode & 0777U) == 0640U);
  CHECK(code_of(TextValue::create(*store, "c", Type::bytes, bytes("z"), 0, {})) == Code::exists);
  CHECK(store.files().size() == 4);  // three objects and one lock file
}

TEST_CASE("a value that was made and not filled is absent", "[text]") {
  const OwnStore store;
  shm::store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::value);
  object.type = static_cast<std::uint16_t>(Type::text);
  REQUIRE(code_of(shm::segment::Region::create(*store, "v", object)) == ok);
  auto value = TextValue::open(*store, "v", Access::write);
  REQUIRE(code_of(value) == ok);
  CHECK(code_of(value->get()) == Code::absent);
  CHECK(code_of(value->swap(bytes("x"), 0)) == Code::absent);
  CHECK(value->describe()->state == TextState::unfilled);
  CHECK(describe(*store, "v")->text.state == TextState::unfilled);
  CHECK(code_of(value->set(bytes("x"), 0, Presence::fresh)) == ok);
  CHECK(text_of(value->get()) == "x");
}

TEST_CASE("take removes the object for all that have it open", "[text]") {
  TextUser user(Type::text, "content");
  auto other = TextValue::open(*user.store, "text", Access::write);
  auto reader = TextValue::open(*user.store, "text", Access::read);
  CHECK(text_of(user->take()) == "content");
  CHECK(code_of(user->take()) == Code::absent);
  CHECK(code_of(other->set(bytes("x"), 0, Presence::either)) == Code::absent);
  CHECK(code_of(other->append(bytes("x"), Presence::either)) == Code::absent);
  CHECK(code_of(reader->get()) == Code::absent);
  CHECK(code_of(TextValue::open(*user.store, "text", Access::read)) == Code::absent);
  CHECK(user.store.files().empty());
}

TEST_CASE("another kind or type is told from damage", "[text]") {
  const OwnStore store;
  REQUIRE(code_of(Counter::create(*store, "c", {}, 1, {})) == ok);
  REQUIRE(code_of(Value::create(*store, "n", {Type::int64, 1}, {})) == ok);
  REQUIRE(code_of(TextValue::create(*store, "t", Type::text, bytes("x"), 0, {})) == ok);
  CHECK(code_of(TextValue::open(*store, "c", Access::write)) == Code::wrong_kind);
  CHECK(code_of(TextValue::open(*store, "n", Access::write)) == Code::wrong_kind);
  CHECK(code_of(Value::open(*store, "t", Access::write)) == Code::wrong_kind);
  CHECK(code_of(Counter::open(*store, "t", Access::write)) == Code::wrong_kind);
  CHECK(code_of(Value::create(*store, "t", {Type::int64, 1}, {})) == Code::exists);
  CHECK(code_of(TextValue::create(*store, "n", Type::text, bytes("x"), 0, {})) == Code::exists);
}

TEST_CASE("a text describes itself by its beginning", "[text][kind]") {
  TextUser user(Type::text, "short");
  auto found = describe(*user.store, "text");
  REQUIRE(code_of(found) == ok);
  CHECK(found->kind == Kind::value);
  CHECK(found->type == Type::text);
  CHECK(found->text.beginning.view() == "short");
  CHECK(found->text.length == 5);
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "\U0001f600";
  CHECK(user->set(bytes(wide), 0, Presence::existing));
  found = describe(*user.store, "text");
  CHECK(found->text.beginning.view() == wide.substr(0, 160));
  CHECK(found->text.length == 400);
  std::string odd = "a";
  for (int i = 0; i < 100; ++i) odd += "\u20ac";
  CHECK(user->set(bytes(odd), 0, Presence::existing));
  CHECK(describe(*user.store, "text")->text.beginning.view() == odd.substr(0, 1 + 39 * 3));
}

TEST_CASE("removing is one step for all that have it open; a stopped owner holds it up a second", "[text][kind]") {
  TextUser user(Type::text, "content");
  CHECK(code_of(shm::object::remove(*user.store, "text")) == ok);
  CHECK(code_of(user->get()) == Code::absent);
  CHECK(code_of(user->set(bytes("x"), 0, Presence::either)) == Code::absent);
  CHECK(code_of(shm::object::remove(*user.store, "text")) == Code::absent);

  TextUser held(Type::text, "content");
  auto region = shm::segment::Region::open(*held.store, "text", Access::write);
  auto change = region->begin();
  REQUIRE(code_of(change) == ok);
  test::succeeds(test::in_child([&] {
    CHILD_REQUIRE(shm::object::remove(*held.store, "text").has_value());
    return 0;
  }));
  CHECK(held.store.files().empty());
}

TEST_CASE("who may only read reads, and changes nothing", "[text]") {
  if (!test::is_root()) {
    SKIP("needs root");
  }
  TextUser user(Type::text, "content", hour);
  test::change_mode(user.store / "text", 0644);
  test::change_mode(user.store.path(), 0755);
  const auto store_path = user.store.path();
  test::succeeds(test::as_user(4001, 4001, [&] {
    auto value = TextValue::open(*user.store, "text", Access::read);
    CHILD_REQUIRE(value && value->get()->view() == "content");
    CHILD_REQUIRE(code_of(value->set(bytes("x"), 0, Presence::either)) == Code::denied);
    CHILD_REQUIRE(code_of(value->take()) == Code::denied);
    CHILD_REQUIRE(code_of(TextValue::open(*user.store, "text", Access::write)) == Code::denied);
    CHILD_REQUIRE(describe(*user.store, "text")->text.beginning.view() == "content");
    CHILD_REQUIRE(code_of(shm::object::remove(*user.store, "text")) == Code::denied);
    return 0;
  }));
  CHECK(user.get() == "content");
}

TEST_CASE("who may write the object and not the store's directory removes nothing, not even half", "[text]") {
  if (!test::is_root()) {
    SKIP("needs root");
  }
  TextUser user(Type::text, "content");
  for (const auto& file : user.store.files()) {
    test::change_owner(user.store / file, 0, 4001);
    test::change_mode(user.store / file, 0660);
  }
  test::change_mode(user.store.path(), 0755);
  test::succeeds(test::as_user(4002, 4001, [&] {
    auto value = TextValue::open(*user.store, "text", Access::write);
    CHILD_REQUIRE(value.has_value());
    CHILD_REQUIRE(value->append(bytes("!"), Presence::existing).has_value());
    CHILD_REQUIRE(code_of(value->take()) == Code::denied);
    CHILD_REQUIRE(code_of(shm::object::remove(*user.store, "text")) == Code::denied);
    return 0;
  }));
  CHECK(user.get() == "content!");
}

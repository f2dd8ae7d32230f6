// Removing an object under its users' hands.
#include "segment/owners.hpp"

using namespace test;
using shm::os::Result;

namespace {
Result<std::uint64_t> look_at(const Region& region) {
  return region.read([](const Reader& reader) -> Result<std::uint64_t> { return reader.get_root(0); });
}
}  // namespace

TEST_CASE("who has a removed object open finds it absent", "[removal]") {
  const Object object;
  Region remover = object.open();
  Region writer = object.open();
  set_root(writer, 0, 5);
  Region late = object.open();
  const Region reader = object.open(Access::read);
  {
    auto change = must(remover.begin());
    change.set_root(0, 6);
    CHECK(code_of(change.remove()) == ok);
    CHECK(code_of(change.remove()) == Code::system);
  }
  CHECK(object.store.files().empty());  // and its lock file
  CHECK(code_of(writer.begin()) == Code::absent);
  CHECK(code_of(late.begin()) == Code::absent);
  CHECK(code_of(remover.begin()) == Code::absent);
  CHECK(code_of(look_at(reader)) == Code::absent);
  CHECK(code_of(look_at(writer)) == Code::absent);
  CHECK(code_of(Region::open(*object.store, "thing", Access::write)) == Code::absent);
}

TEST_CASE("who waits for a removed object wakes", "[removal]") {
  const Object object;
  for (const Access access : {Access::write, Access::read}) {
    const pid_t waiting = forked([&] {
      Region own = object.open(access);
      const auto seen = own.wait_for(Code::empty, -1, [&]() -> Result<std::uint64_t> {
        const auto value = look_at(own);
        return !value || *value != 0 ? value : std::unexpected(shm::os::fail(Code::empty, "take", "thing", "nothing"));
      });
      return code_of(seen) == Code::absent ? 0 : 1;
    });
    REQUIRE(is_in(waiting, 'S'));
    Region region = object.open();
    must(must(region.begin()).remove());
    CHECK(ns_of([&] { CHECK(status_of(waiting) == 0); }) < 5000 * ms);
    object.make("thing");
  }
}

TEST_CASE("who waits for the lock of a removed object gets no further", "[removal]") {
  const Object object;
  Region region = object.open();
  auto change = must(region.begin());
  const pid_t waiting = forked([&] {
    Region own = object.open();
    return code_of(own.begin()) == Code::absent ? 0 : 1;
  });
  REQUIRE(soon([&] { return (look(Inspector::control(region).lock) & shm::segment::contended) != 0; }));
  must(change.remove());
  CHECK(status_of(waiting) == 0);
}

TEST_CASE("a removal whose process was killed before the name went is finished by the next", "[removal]") {
  const Object object;
  const auto half_remove = [&] {
    const pid_t remover = forked([&] {
      Region region = object.open();
      auto change = must(region.begin());
      tell(Inspector::control(region).removed, std::uint64_t{1});  // what remove() does first
      ::raise(SIGKILL);
      return 0;
    });
    CHECK(status_of(remover) == SIGKILL);
    REQUIRE(exists(object.store / "thing"));
  };
  SECTION("who opens it to change it") {
    half_remove();
    CHECK(code_of(Region::open(*object.store, "thing", Access::write)) == Code::absent);
    CHECK(object.store.files().empty());
  }
  SECTION("who opens it to read it finds it absent too") {
    half_remove();
    CHECK(code_of(Region::open(*object.store, "thing", Access::read)) == Code::absent);
  }
  SECTION("who creates one of that name") {
    half_remove();
    object.make("thing");
    CHECK(look_at(object.open()).value() == 0);
    CHECK(object.store.files().size() == 2);
  }
  SECTION("who had it open") {
    Region region = object.open();
    set_root(region, 0, 1);
    half_remove();
    CHECK(code_of(region.begin()) == Code::absent);
    CHECK(object.store.files().empty());
  }
}

TEST_CASE("users of a removed object do no harm to a new one of its name", "[removal]") {
  const Object object;
  Region remover = object.open();
  Region writer = object.open();
  set_root(writer, 0, 5);
  Region without_session = object.open();
  const Region reader = object.open(Access::read);
  must(must(remover.begin()).remove());
  object.make("thing");
  Region fresh = object.open();
  set_root(fresh, 0, 9);
  const auto files = object.store.files();
  CHECK(code_of(writer.begin()) == Code::absent);
  CHECK(code_of(without_session.begin()) == Code::absent);
  CHECK(code_of(remover.begin()) == Code::absent);
  CHECK(code_of(look_at(reader)) == Code::absent);
  CHECK(object.store.files() == files);
  CHECK(look_at(fresh).value() == 9);
  set_root(fresh, 0, 10);
  CHECK(look_at(object.open()).value() == 10);
}

TEST_CASE("of many that remove and create at once, each finds a whole object or none", "[removal]") {
  const Object object;
  Crowd crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.add([&] {
      for (int round = 0; round < (sanitized ? 100 : 1000); ++round) {
        auto region = Region::open(*object.store, "thing", Access::write);
        if (!region) {
          CHILD_REQUIRE(code_of(region) == Code::absent);
          shm::store::NewObject fresh;
          fresh.kind = 99;
          const auto made = Region::create(*object.store, "thing", fresh);
          CHILD_REQUIRE(code_of(made) == ok || code_of(made) == Code::exists);
          continue;
        }
        auto change = region->begin();
        if (!change) {
          CHILD_REQUIRE(code_of(change) == Code::absent);
          continue;
        }
        CHILD_REQUIRE(change->get_root(0) == change->get_root(1));
        change->set_root(0, change->get_root(0) + 1);
        change->set_root(1, change->get_root(1) + 1);
        CHILD_REQUIRE(code_of(round % 3 == 0 ? change->remove() : change->commit()) == ok);
      }
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  CHECK(object.store.files().size() <= 2);
}

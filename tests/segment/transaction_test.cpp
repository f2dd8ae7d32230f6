// Changes that are whole or absent, seen from one process.
#include <cstring>
#include <map>
#include "catch.hpp"
#include "segment/object.hpp"

using namespace shm;
using segment::Ref;
using segment::Region;

namespace {
struct Object : test::Object {
  Region region = test::Object::open();
  [[nodiscard]] std::uint64_t root(std::size_t index) const { return test::root(region, index); }
};
}  // namespace

TEST_CASE("a committed change is there, an abandoned one is not") {
  Object object;
  {
    auto change = object.region.begin();
    REQUIRE(change);
    change->set_root(3, 7);
    change->set_root(3, 8);
    CHECK(change->get_root(3) == 8);
  }
  CHECK(object.root(3) == 0);
  auto change = object.region.begin();
  change->set_root(3, 7);
  change->set_root(3, 8);
  CHECK(change->commit());
  CHECK(object.root(3) == 8);
  CHECK_FALSE(change->commit());
}

TEST_CASE("a change of many words: the log grows") {
  Object object;
  constexpr std::uint64_t words = 10000;
  Ref block;
  {
    auto change = object.region.begin();
    const auto fresh = change->allocate(words * 8);
    for (std::uint64_t i = 0; i < words; ++i) fresh.put(i, i);
    change->set_root(0, fresh.ref());
    block = fresh.ref();
    REQUIRE(change->commit());
  }
  {
    auto change = object.region.begin();
    for (std::uint64_t i = 0; i < words; ++i) change->set(block + i, i + 5);
  }
  auto change = object.region.begin();
  for (std::uint64_t i = 0; i < words; ++i) REQUIRE(change->get(block + i) == i);
  for (std::uint64_t i = 0; i < words; ++i) change->set(block + i, i + 5);
  REQUIRE(change->commit());
  auto after = object.region.begin();
  for (std::uint64_t i = 0; i < words; ++i) REQUIRE(after->get(block + i) == i + 5);
}

TEST_CASE("a reader reads past a change under way, without a right to write") {
  Object object;
  auto reader = object.open(os::Access::read);
  {
    auto change = object.region.begin();
    for (std::size_t i = 0; i < segment::root_words; ++i) change->set_root(i, 5);
    REQUIRE(change->commit());
  }
  auto change = object.region.begin();
  for (std::size_t i = 0; i < segment::root_words; ++i) change->set_root(i, 6);
  change->set_root(0, 7);
  for (std::size_t i = 0; i < segment::root_words; ++i) {
    CHECK(*reader.read([&](const segment::Reader& r) -> os::Result<std::uint64_t> { return r.get_root(i); }) == 5);
  }
  CHECK(reader.begin().error().code == os::Code::denied);
}

TEST_CASE("memory is handed out, given back and handed out again") {
  Object object;
  std::map<std::uint64_t, std::uint64_t> blocks;
  std::uint64_t seed = 12345;
  const auto random = [&] { return seed = seed * 6364136223846793005U + 1442695040888963407U, seed >> 33; };
  for (int round = 0; round < 3000; ++round) {
    auto copy = blocks;
    {
      auto change = object.region.begin();
      REQUIRE(change);
      for (std::uint64_t i = random() % 8; i > 0; --i) {
        if (random() % 2 == 0 || copy.empty()) {
          const std::uint64_t size = 1 + random() % (random() % 10 == 0 ? 20000 : 200);
          const auto fresh = change->allocate(size);
          REQUIRE(fresh.size() >= size);
          for (std::uint64_t w = 0; w < fresh.size() / 8; ++w) fresh.put(w, fresh.ref().offset + w);
          REQUIRE(copy.emplace(fresh.ref().offset, fresh.size()).second);
        } else {
          auto victim = copy.lower_bound(random() % 50000);
          if (victim == copy.end()) victim = copy.begin();
          change->free({victim->first});
          copy.erase(victim);
        }
      }
      if (random() % 4 != 0) {
        REQUIRE(change->commit());
        blocks = copy;
      }
    }
    if (round % 100 == 0) {
      auto look = object.region.begin();
      std::uint64_t end = 0;
      for (const auto& [at, size] : blocks) {
        REQUIRE(at >= end);
        end = at + size;
        for (std::uint64_t w = 0; w < size / 8; ++w) REQUIRE(look->get(Ref{at} + w) == at + w);
      }
    }
  }
}

TEST_CASE("a change notes a root word once, new memory not at all, and other words each time") {
  Object object;
  const auto entries = [&] { return segment::count_of(test::Inspector::control(object.region).head); };
  Ref old;
  {
    auto change = object.region.begin();
    old = change->allocate(64).ref();
    REQUIRE(change->commit());
  }
  auto change = object.region.begin();
  change->set_root(3, 1);
  change->set_root(3, 2);
  CHECK(entries() == 1);
  const Ref fresh = change->allocate(64).ref();
  CHECK(entries() == 2);  // where the heap ends
  change->set(fresh, 5);
  change->set(fresh + 1, 5);
  CHECK(entries() == 2);
  change->set(old, 5);
  change->set(old, 6);
  CHECK(entries() == 4);
}

// The heap: what is free, what is used, and that nothing is both or neither.
#include <map>
#include <vector>
#include "catch.hpp"
#include "segment/object.hpp"
#include "segment/size_class.hpp"

using namespace test;
using namespace shm::segment;

namespace {
// Walks all blocks from the first to the top; those in no free list are used. Checks that lists and blocks agree.
std::map<std::uint64_t, std::uint64_t> used_blocks(const Region& region) {
  const Memory& memory = Inspector::memory(region);
  const Control& control = memory.control();
  std::map<std::uint64_t, std::uint64_t> free;
  for (std::size_t i = 0; i < size_classes; ++i) {
    for (std::uint64_t at = control.free_blocks[i]; at != 0; at = next_of(memory.load(at))) {
      REQUIRE(class_in(memory.load(at)) == i);
      REQUIRE(free.emplace(at, class_size(i)).second);
    }
  }
  std::map<std::uint64_t, std::uint64_t> used;
  std::uint64_t at = heap_start;
  while (at < control.top) {
    const std::size_t size_class = class_in(memory.load(at));
    REQUIRE(size_class < size_classes);
    if (free.erase(at) == 0) {
      used.emplace(at + block_word, class_size(size_class) - block_word);
    }
    at += class_size(size_class);
  }
  REQUIRE(at == control.top);
  REQUIRE(free.empty());
  return used;
}

Ref allocated(Region& region, std::uint64_t size) {
  auto change = must(region.begin());
  const auto fresh = change.allocate(size);
  must(change.commit());
  return fresh.ref();
}
}  // namespace

TEST_CASE("a block is as large as was asked, and aligned", "[heap]") {
  const Object object;
  Region region = object.open();
  auto change = must(region.begin());
  for (const std::uint64_t size : {0U, 1U, 8U, 9U, 24U, 25U, 100U, 4096U, 1'000'000U}) {
    const auto fresh = change.allocate(size);
    REQUIRE(fresh.ref());
    CHECK(fresh.ref().offset % 16 == 8);
    CHECK(fresh.size() >= size);
    CHECK(fresh.size() <= size + size / 4 + 24);
    CHECK(change.size_of(fresh.ref()) == fresh.size());
  }
  must(change.commit());
  CHECK(used_blocks(region).size() >= 9);
}

TEST_CASE("what was freed is handed out again, but not before the commit", "[heap]") {
  const Object object;
  Region region = object.open();
  const Ref block = allocated(region, 100);
  auto change = must(region.begin());
  change.free(block);
  CHECK(change.allocate(100).ref() != block);
  must(change.commit());
  CHECK(allocated(region, 100) == block);
}

TEST_CASE("what is not committed is as if it had not been", "[heap]") {
  const Object object;
  Region region = object.open();
  const Ref kept = allocated(region, 100);
  const Ref freed = allocated(region, 200);
  {
    auto change = must(region.begin());
    change.free(freed);
    must(change.commit());
  }
  const auto before = used_blocks(region);
  const std::uint64_t top = Inspector::control(region).top;
  {
    auto change = must(region.begin());
    const auto again = change.allocate(200);
    CHECK(again.ref() == freed);
    for (std::uint64_t i = 0; i < again.size() / 8; ++i) {
      again.put(i, ~std::uint64_t{0});
    }
    change.free(again.ref());  // taken from a list and given back in one change
    change.free(kept);
    change.allocate(5000);
  }
  CHECK(used_blocks(region) == before);
  CHECK(Inspector::control(region).top == top);
  CHECK(allocated(region, 200) == freed);
}

TEST_CASE("what is no block is not freed, and nothing is changed", "[heap]") {
  const Object object;
  Region region = object.open();
  const Ref block = allocated(region, 100);
  const auto before = used_blocks(region);
  const auto refused = [&](auto act) {
    auto change = must(region.begin());
    change.set_root(0, 7);
    act(change);
    CHECK(code_of(change.commit()) == Code::corrupt);
    CHECK(root(region, 0) == 0);
    CHECK(used_blocks(region) == before);
  };
  for (const std::uint64_t none : {std::uint64_t{0}, std::uint64_t{8}, block.offset + 4, heap_start, ~std::uint64_t{0},
                                   std::uint64_t{1} << 40U, heap_start - 8}) {
    INFO(none);
    refused([&](Transaction& change) { change.free({none}); });
    refused([&](Transaction& change) { CHECK(change.size_of({none}) == 0); });
  }
}

TEST_CASE("a block that is freed twice does its harm inside the object, and without end nothing goes", "[heap]") {
  const Object object;
  for (const bool at_once : {true, false}) {
    Region region = object.open();
    const Ref block = allocated(region, 100);
    const Ref other = allocated(region, 100);
    for (const Ref each : {block, other, block}) {
      auto change = must(region.begin());
      change.free(each);
      if (at_once) {
        change.free(other);
        change.free(each);
      }
      (void)change.commit();
    }
    for (int i = 0; i < 20; ++i) {
      auto change = must(region.begin());
      change.free(change.allocate(100).ref());
      change.allocate(100);
      (void)change.commit();
    }
    set_root(region, 0, 7);
    CHECK(root(region, 0) == 7);
  }
}

TEST_CASE("sizes that nobody can have are refused", "[heap]") {
  const Object object;
  Region region = object.open();
  for (const std::uint64_t size : {std::uint64_t{1} << 36U, (std::uint64_t{1} << 36U) - 8, ~std::uint64_t{0},
                                   ~std::uint64_t{0} - 7, std::uint64_t{1} << 63U}) {
    INFO(size);
    auto change = must(region.begin());
    change.set_root(0, 7);
    const auto none = change.allocate(size);
    CHECK_FALSE(none.ref());
    CHECK(none.size() == 0);
    none.put(0, 1);  // goes nowhere
    CHECK(code_of(change.commit()) == Code::full);
    CHECK(root(region, 0) == 0);
  }
}

TEST_CASE("the room behind a text in its block may be written", "[heap]") {
  const Object object;
  Region region = object.open();
  const Ref block = allocated(region, 100);
  auto change = must(region.begin());
  const std::uint64_t size = change.size_of(block);
  const auto rest = change.spare(block, 41);
  CHECK(rest.ref().offset == block.offset + 48);
  CHECK(rest.size() == size - 48);
  rest.put(0, 5);
  CHECK(change.get(block + 6) == 5);
  CHECK(change.spare(block, size).size() == 0);
  CHECK_FALSE(change.spare(block, size + 1).ref());
  CHECK_FALSE(change.spare(block, ~std::uint64_t{0}).ref());
  must(change.commit());
}

TEST_CASE("nothing is written to new memory when its change is over", "[heap]") {
  const Object object;
  Region region = object.open();
  Fresh fresh;
  const auto reuse = [&](bool commit) {
    auto change = must(region.begin());
    fresh = change.allocate(64);
    fresh.put(0, 5);
    if (commit) {
      must(change.commit());
    }
  };
  reuse(true);
  fresh.put(0, 6);
  CHECK(must(region.begin()).get(fresh.ref()) == 5);
  reuse(false);
  auto next = must(region.begin());
  const auto other = next.allocate(64);
  CHECK(other.ref() == fresh.ref());
  other.put(0, 7);
  fresh.put(0, 8);
  const std::string eight(8, 'x');
  fresh.put_bytes(0, std::as_bytes(std::span(eight)));
  CHECK(next.get(other.ref()) == 7);
}

TEST_CASE("an object that is filled and emptied for ever does not grow for ever", "[heap]") {
  const Object object;
  Region region = object.open();
  std::uint64_t seed = 1;
  const auto random = [&] { return seed = seed * 6364136223846793005U + 1442695040888963407U, seed >> 33U; };
  std::vector<Ref> blocks(64);
  const int rounds = sanitized ? 10'000 : 100'000;
  for (int i = 0; i < rounds; ++i) {
    auto change = must(region.begin());
    auto& slot = blocks[random() % blocks.size()];
    if (slot) {
      change.free(slot);
    }
    const auto fresh = change.allocate(random() % 1000);
    must(change.commit());
    slot = fresh.ref();
  }
  CHECK(used_blocks(region).size() == blocks.size());
  CHECK(region.file_size() <= 256 * 1024);
}

TEST_CASE("blocks and lists agree after any mixture of changes", "[heap]") {
  const Object object;
  Region region = object.open();
  std::uint64_t seed = 99;
  const auto random = [&] { return seed = seed * 6364136223846793005U + 1442695040888963407U, seed >> 33U; };
  std::map<std::uint64_t, std::uint64_t> mine;
  for (int round = 0; round < 2000; ++round) {
    auto copy = mine;
    {
      auto change = must(region.begin());
      for (std::uint64_t i = 1 + random() % 6; i > 0; --i) {
        if (random() % 2 == 0 || copy.empty()) {
          const auto fresh = change.allocate(random() % (random() % 20 == 0 ? 30000 : 300));
          copy.emplace(fresh.ref().offset, fresh.size());
        } else {
          auto victim = copy.lower_bound(random() % 60000);
          victim = victim == copy.end() ? copy.begin() : victim;
          change.free({victim->first});
          copy.erase(victim);
        }
      }
      if (random() % 3 != 0) {
        must(change.commit());
        mine = copy;
      }
    }
    if (round % 50 == 0) {
      REQUIRE(used_blocks(region) == mine);
    }
  }
}

// An object copied as it is at one moment, whatever is happening to it.
#include "segment/copy.hpp"
#include "segment/owners.hpp"
#include "store/name.hpp"

using namespace test;
using shm::os::Result;
using shm::segment::Fresh;
using shm::segment::Transaction;
using shm::segment::Walk;

namespace {
// A list of blocks in root word 0; each holds its number, and root word 1 how many there are.
void add_block(Transaction& change) {
  const std::uint64_t number = change.get_root(1) + 1;
  const Fresh block = change.allocate(3 * 8);
  block.put(0, change.ref_root(0).offset);
  block.put(1, number);
  block.put(2, ~number);
  change.set_root(0, block.ref());
  change.set_root(1, number);
}
void add_blocks(Region& region, std::uint64_t count) {
  auto change = must(region.begin());
  for (std::uint64_t i = 0; i < count; ++i) {
    add_block(change);
  }
  must(change.commit());
}

void free_blocks(Region& region) {
  auto change = must(region.begin());
  Walk walk(change);
  for (Ref block = change.ref_root(0); block && walk.step();) {
    const Ref next = change.ref(block);
    change.free(block);
    block = next;
  }
  change.set_root(0, 0);
  change.set_root(1, 0);
  must(change.commit());
}

// How many blocks there are; they are the first ones.
std::uint64_t blocks(const Region& region) {
  return must(region.read([](const Reader& reader) -> Result<std::uint64_t> {
    std::uint64_t number = reader.get_root(1);
    const std::uint64_t count = number;
    Walk walk(reader);
    for (Ref block = reader.ref_root(0); block && walk.step(); block = reader.ref(block)) {
      if (reader.get(block + 1) != number || reader.get(block + 2) != ~number) {
        reader.mark_damaged();
      }
      --number;
    }
    if (number != 0) {
      reader.mark_damaged();
    }
    return count;
  }));
}

Region copied(const Object& object, Region& region, std::string_view name) {
  auto file = must(shm::segment::copy(region, *object.store, name, {}));
  must(file.publish());
  return must(Region::open(*object.store, name, Access::write));
}
}  // namespace

TEST_CASE("a copy has the content, and is another object", "[copy]") {
  const Object object;
  Region region = object.open();
  add_blocks(region, GENERATE(0, 1, 100, 20'000));
  const std::uint64_t before = blocks(region);
  Region copy = copied(object, region, "copy");
  CHECK(blocks(copy) == before);
  CHECK(copy.header().id != region.header().id);
  CHECK(Inspector::control(copy).seed == Inspector::control(region).seed);
  CHECK(Inspector::control(copy).lock == 0);
  add_blocks(copy, 500);
  add_blocks(region, 3);
  CHECK(blocks(copy) == before + 500);
  CHECK(blocks(region) == before + 3);
  CHECK(code_of(shm::segment::copy(region, *object.store, "copy", {})->publish()) == Code::exists);
}

TEST_CASE("memory that a large change took for its log is free in the copy", "[copy]") {
  const Object object;
  Region region = object.open();
  add_blocks(region, 5000);
  {
    auto change = must(region.begin());  // notes one word of each block
    Walk walk(change);
    for (Ref block = change.ref_root(0); block && walk.step(); block = change.ref(block)) {
      change.set(block + 1, change.get(block + 1) + 1);
      change.set(block + 1, change.get(block + 1) - 1);
    }
    must(change.commit());
  }
  REQUIRE(Inspector::control(region).chunks[1] != 0);
  Region copy = copied(object, region, "copy");
  for (const std::uint64_t chunk : Inspector::control(copy).chunks) {
    CHECK(chunk == 0);
  }
  const std::uint64_t top = Inspector::control(copy).top;
  {
    auto change = must(copy.begin());
    (void)change.allocate(64 * 2 * 16);  // as large as a part of the log
    must(change.commit());
  }
  CHECK(Inspector::control(copy).top == top);
  CHECK(blocks(copy) == 5000);
}

TEST_CASE("a copy has nothing of a change whose maker is stopped or dead", "[copy]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  {
    Region region = object.open();
    set_root(region, 0, 1);
  }
  const pid_t pid = owner(object, shared);  // has changed it to 2
  SECTION("stopped, for who may write") {
    Region region = object.open();
    Region copy = copied(object, region, "copy");
    CHECK(root(copy, 0) == 1);
    set_root(copy, 0, 5);
  }
  SECTION("stopped, for who may read") {
    Region region = object.open(Access::read);
    Region copy = copied(object, region, "copy");
    CHECK(root(copy, 0) == 1);
  }
  kill_now(pid);
  Region region = object.open();
  Region copy = copied(object, region, "second");
  CHECK(root(copy, 0) == 1);
}

TEST_CASE("copies of what others change all the time are of one moment each", "[copy]") {
  const Object object;
  std::vector<pid_t> writers;
  for (int i = 0; i < 2; ++i) {
    writers.push_back(forked([&]() -> int {
      Region own = object.open();
      for (;;) {
        for (int k = 0; k < 500; ++k) {
          add_blocks(own, 3);
        }
        free_blocks(own);
      }
    }));
  }
  for (const Access access : {Access::write, Access::read}) {
    Region region = object.open(access);
    for (int i = 0; i < 10; ++i) {
      Region copy = copied(object, region, "copy");
      CHECK(blocks(copy) % 3 == 0);
      must(must(copy.begin()).remove());
    }
  }
  for (const pid_t pid : writers) {
    kill_now(pid);
  }
}

TEST_CASE("what is no object any more is not copied", "[copy]") {
  const Object object;
  Region region = object.open();
  Region other = object.open();
  SECTION("removed") {
    must(must(other.begin()).remove());
    CHECK(code_of(shm::segment::copy(region, *object.store, "copy", {})) == Code::absent);
  }
  SECTION("damaged") {
    Inspector::control(other).top = 8;
    CHECK(code_of(shm::segment::copy(region, *object.store, "copy", {})) == Code::corrupt);
    Inspector::control(other).top = ~std::uint64_t{0};
    CHECK(code_of(shm::segment::copy(region, *object.store, "copy", {})) == Code::corrupt);
  }
  for (const auto& file : object.store.files()) {
    CHECK((file == "thing" || shm::store::id_of_lock(file) != 0));
  }
}

// Opening, growing, running out of memory.
#include "segment/region.hpp"
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <cstring>
#include <vector>
#include "segment/owners.hpp"
#include "store/header.hpp"

using namespace test;
using shm::segment::Control;
using shm::segment::heap_start;
using shm::segment::Transaction;
using shm::segment::Walk;

namespace {
constexpr std::uint64_t page = 4096;

template <class Change>
void rewrite_header(const Object& object, Change change) {
  std::string content = content_of(object.store / "thing");
  shm::store::Header header;
  std::memcpy(&header, content.data(), sizeof header);
  change(header);
  header.check = shm::store::checksum(header);
  std::memcpy(content.data(), &header, sizeof header);
  make_file(object.store / "thing", content);
}

// Adds a block of `size` bytes to the chain at root word 0.
shm::os::Result<void> push(Region& region, std::uint64_t size) {
  auto change = must(region.begin());
  const auto fresh = change.allocate(size);
  fresh.put(0, change.get_root(0));
  fresh.put(1, fresh.ref().offset * 3);
  change.set_root(0, fresh.ref());
  change.add_root(1, 1);
  return change.commit();
}
// Takes the newest away.
void pop(Region& region) {
  auto change = must(region.begin());
  const Ref newest = change.ref_root(0);
  change.set_root(0, change.ref(newest));
  change.add_root(1, ~std::uint64_t{0});
  change.free(newest);
  must(change.commit());
}
// Whether the chain is as long as root word 1 says, and each block what it was.
shm::os::Result<bool> chain_is_whole(const Reader& reader) {
  std::uint64_t count = 0;
  Walk walk(reader);
  for (Ref each = reader.ref_root(0); each && walk.step(); each = reader.ref(each)) {
    count += reader.get(each + 1) == each.offset * 3 ? 1 : 0;
  }
  return count == reader.get_root(1);
}
}  // namespace

TEST_CASE("an object is made with its first words, and opened", "[region]") {
  const OwnStore store;
  shm::store::NewObject fresh;
  fresh.kind = 77;
  fresh.type = 3;
  fresh.config[2] = 12;
  std::vector<std::uint64_t> first(shm::segment::root_words + 5);
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = i + 100;
  }
  REQUIRE(code_of(Region::create(*store, "one", fresh, std::span(first).first(2))) == ok);
  REQUIRE(code_of(Region::create(*store, "all", fresh, first)) == ok);
  CHECK(code_of(Region::create(*store, "one", fresh)) == Code::exists);
  const Region one = must(Region::open(*store, "one", Access::read));
  CHECK(one.header().kind == 77);
  CHECK(one.header().type == 3);
  CHECK(one.header().config[2] == 12);
  CHECK(one.name() == "one");
  CHECK(one.file_size() == page);
  CHECK(root(one, 1) == 101);
  CHECK(root(one, 2) == 0);
  const Region all = must(Region::open(*store, "all", Access::write));
  CHECK(root(all, shm::segment::root_words - 1) == 100 + shm::segment::root_words - 1);
  CHECK(Inspector::control(all).undo[0].offset == 0);  // and no further
  CHECK(code_of(Region::open(*store, "none", Access::read)) == Code::absent);
  CHECK(code_of(Region::open(*store, "no/name", Access::read)) == Code::usage);
}

TEST_CASE("what is open for reading only can't be changed", "[region]") {
  const Object object;
  Region region = object.open(Access::read);
  CHECK(code_of(region.begin()) == Code::denied);
  CHECK(root(region, 0) == 0);
}

TEST_CASE("a header that does not fit what is in the file is refused", "[region]") {
  const Object object;
  const std::string whole = content_of(object.store / "thing");
  const auto refused = [&] {
    for (const Access access : {Access::read, Access::write}) {
      CHECK(code_of(Region::open(*object.store, "thing", access)) == Code::corrupt);
    }
    make_file(object.store / "thing", whole);
    CHECK(code_of(Region::open(*object.store, "thing", Access::write)) == ok);
  };
  for (const std::uint32_t offset : {0U, 120U, 136U, 4080U, 4096U, 8192U, 0xfffffff0U}) {
    INFO(offset);
    rewrite_header(object, [&](auto& header) { header.payload_offset = offset; });
    refused();
  }
  for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{sizeof(Control) - 1}, page, ~std::uint64_t{0}}) {
    INFO(size);
    rewrite_header(object, [&](auto& header) { header.payload_size = size; });
    refused();
  }
  for (const std::size_t size : {0U, 8U, 127U, 128U, 200U, 2687U, 4095U}) {
    INFO(size);
    cut_file(object.store / "thing", size);
    refused();
  }
}

TEST_CASE("without its lock file an object can be read, not changed", "[region]") {
  const Object object;
  {
    Region region = object.open();
    set_root(region, 0, 5);
  }
  for (const auto& name : object.store.files()) {
    if (name != "thing") {
      remove_file(object.store / name);
    }
  }
  Region region = object.open();
  const auto refused = region.begin();
  REQUIRE(code_of(refused) == Code::corrupt);
  CHECK(std::string(refused.error().why).find("lock file") != std::string::npos);
  CHECK(root(region, 0) == 5);
}

TEST_CASE("who may write the object and not its lock file is told so", "[region]") {
  if (!is_root()) {
    SKIP("needs root");
  }
  const Object object(0664);
  change_mode(object.store.path(), 0755);
  change_owner(object.store / "thing", 0, 54321);  // and its lock file not
  succeeds(as_user(54321, 54321, [&] {
    const auto store = must(shm::store::Store::open(object.store.path(), 54321, shm::store::Missing::refuse));
    Region region = must(Region::open(store, "thing", Access::write));
    CHILD_REQUIRE(code_of(region.begin()) == Code::denied);
    CHILD_REQUIRE(root(region, 0) == 0);
    return 0;
  }));
}

TEST_CASE("an object grows under its readers' eyes, and nobody maps it again", "[region]") {
  const Object object;
  Region writer = object.open();
  const Region reader = object.open(Access::read);
  const Control* at = &Inspector::control(reader);
  REQUIRE(reader.file_size() == page);
  Crowd crowd;
  auto& stop = shared<int>();
  for (int i = 0; i < 2; ++i) {
    crowd.add([&] {
      while (look(stop) == 0) {
        CHILD_REQUIRE(must(reader.read(chain_is_whole)));
      }
      return 0;
    });
  }
  crowd.go();
  constexpr std::uint64_t size = 100'000;
  for (std::uint64_t total = 0; total < (64U << 20U); total += size) {
    REQUIRE(code_of(push(writer, size)) == ok);
  }
  tell(stop, 1);
  CHECK(crowd.wait());
  CHECK(reader.read(chain_is_whole).value());
  CHECK(&Inspector::control(reader) == at);
  CHECK(reader.file_size() >= 64U << 20U);
  CHECK(reader.file_size() < 160U << 20U);
}

TEST_CASE("one change may be as large as the object has to become", "[region]") {
  const Object object;
  Region region = object.open();
  const std::string text(30U << 20U, 'x');
  auto change = must(region.begin());
  const auto fresh = change.allocate(text.size());
  fresh.put_bytes(0, std::as_bytes(std::span(text)));
  change.set_root(0, fresh.ref());
  must(change.commit());
  const Region other = object.open(Access::read);
  CHECK(other
            .read([&](const Reader& reader) -> shm::os::Result<bool> {
              return reader.equal(reader.ref_root(0), text.size(), std::as_bytes(std::span(text)));
            })
            .value());
}

TEST_CASE("with little address space an object is used as far as that goes", "[region]") {
  if (sanitized) {
    SKIP("a sanitizer needs all address space");
  }
  const Object object;
  succeeds(in_child([&] {
    const rlimit limit{1U << 30U, 1U << 30U};
    CHILD_REQUIRE(::setrlimit(RLIMIT_AS, &limit) == 0);
    Region region = object.open();
    CHILD_REQUIRE(code_of(push(region, 1000)) == ok);
    CHILD_REQUIRE(Inspector::memory(region).mapped() >= 16U << 20U);
    CHILD_REQUIRE(Inspector::memory(region).mapped() < 1U << 30U);
    auto change = must(region.begin());
    change.allocate(1U << 30U);
    CHILD_REQUIRE(code_of(change.commit()) == Code::full);
    CHILD_REQUIRE(must(region.read(chain_is_whole)));
    return 0;
  }));
  Region region = object.open();
  {
    auto change = must(region.begin());
    change.set_root(2, change.allocate(100U << 20U).ref());
    must(change.commit());
  }
  succeeds(in_child([&] {
    const rlimit limit{64U << 20U, 64U << 20U};
    CHILD_REQUIRE(::setrlimit(RLIMIT_AS, &limit) == 0);
    CHILD_REQUIRE(code_of(Region::open(*object.store, "thing", Access::read)) == Code::full);
    return 0;
  }));
}

TEST_CASE("a full file system refuses the change, and room that is freed is used", "[region]") {
  if (!can_mount()) {
    SKIP("needs root and mount namespaces");
  }
  const Directory here;
  succeeds(in_own_mounts([&] {
    CHILD_REQUIRE(mount_tmpfs(here.path().c_str(), "size=1m,mode=755"));
    const auto store = must(shm::store::Store::open(here / "store", 0, shm::store::Missing::create));
    shm::store::NewObject fresh;
    fresh.kind = 99;
    must(Region::create(store, "thing", fresh));
    Region region = must(Region::open(store, "thing", Access::write));
    Ref words;
    {
      auto change = must(region.begin());
      words = change.allocate(1000 * 8).ref();
      CHILD_REQUIRE(change.commit());
    }
    const auto fill = [&](std::uint64_t size) {
      std::uint64_t pushed = 0;
      for (;; ++pushed) {
        const auto done = push(region, size);
        if (!done) {
          CHILD_REQUIRE(code_of(done) == Code::full);
          CHILD_REQUIRE(must(region.read(chain_is_whole)));
          return pushed;
        }
        CHILD_REQUIRE(pushed < 100'000);
      }
    };
    const std::uint64_t large = fill(10'000);
    CHILD_REQUIRE(large > 50);
    fill(10);
    const std::uint64_t full_size = region.file_size();
    struct statvfs space{};
    CHILD_REQUIRE(::statvfs(here.path().c_str(), &space) == 0);
    CHILD_REQUIRE(space.f_bfree == 0);  // to the last page
    CHILD_REQUIRE(code_of(push(region, 10)) == Code::full);
    // A log that grows needs memory too, and says so.
    {
      auto change = must(region.begin());
      for (std::uint64_t i = 0; i < 1000; ++i) {
        change.set(words + i, i);
      }
      change.set_root(5, 1);
      CHILD_REQUIRE(code_of(change.commit()) == Code::full);
      CHILD_REQUIRE(root(region, 5) == 0);
    }
    // Now all that is free are blocks that are larger than what is needed.
    while (root(region, 1) > large - 3) {
      pop(region);
    }
    CHILD_REQUIRE(fill(1000) >= 3 * 8);
    CHILD_REQUIRE(region.file_size() == full_size);
    // What was split stays usable for ever.
    while (root(region, 1) > 0) {
      pop(region);
    }
    const std::uint64_t again = fill(2000);
    CHILD_REQUIRE(again > 100);
    for (int i = 0; i < 20; ++i) {
      while (root(region, 1) > 0) {
        pop(region);
      }
      CHILD_REQUIRE(fill(2000) == again);
    }
    CHILD_REQUIRE(region.file_size() == full_size);
    CHILD_REQUIRE(must(region.read(chain_is_whole)));
    return 0;
  }));
}

#include "segment/cell.hpp"
#include <algorithm>
#include <limits>
#include <thread>
#include "catch.hpp"
#include "os/clock.hpp"
#include "os/wide_exchange.hpp"
#include "segment/free_name.hpp"
#include "segment/object.hpp"
#include "store/change_file.hpp"
#include "support/kernel.hpp"
#include "support/process.hpp"

using namespace shm::segment;
using shm::os::Result;
using shm::store::ChangeFile;
using test::Access;
using test::Code;
using test::code_of;
using test::must;
using test::ok;
using test::OwnStore;

namespace {
void make(const OwnStore& store, std::uint64_t number, std::string_view name = "hits") {
  shm::store::NewObject object;
  object.kind = 7;
  must(Cell::create(*store, name, object, number));
}
Segment segment_of(const OwnStore& store, Access access = Access::write) {
  return must(Segment::open(*store, "hits", access, Segment::one_page));
}
Cell open(const OwnStore& store, Access access = Access::write) { return must(Cell::of(segment_of(store, access))); }
CellWords& words(const Segment& segment) { return *reinterpret_cast<CellWords*>(segment.payload()); }
auto adding(std::uint64_t more) {
  return [more](std::uint64_t now) { return Result<std::uint64_t>(now + more); };
}
}  // namespace

TEST_CASE("two words are exchanged at once, or neither", "[cell]") {
  shm::os::WideWord both{1, 2};
  CHECK_FALSE(exchange_wide(both, {1, 3}, {7, 8}));
  CHECK_FALSE(exchange_wide(both, {2, 2}, {7, 8}));
  CHECK((both.low == 1 && both.high == 2));
  CHECK(exchange_wide(both, {1, 2}, {7, 8}));
  CHECK((both.low == 7 && both.high == 8));
}

TEST_CASE("a cell holds any number, and changes it as it is told", "[cell]") {
  const OwnStore store;
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  make(store, most);
  Cell cell = open(store);
  CHECK(cell.load() == most);
  CHECK(cell.update(adding(3)) == most);
  CHECK(cell.load() == 2);
  const auto refused = cell.update([](std::uint64_t) -> Result<std::uint64_t> {
    return std::unexpected(shm::os::fail(Code::range, "try", "it", "no"));
  });
  CHECK(code_of(refused) == Code::range);
  CHECK(open(store, Access::read).load() == 2);
}

TEST_CASE("threads and processes lose nothing at a cell", "[cell]") {
  const OwnStore store;
  make(store, 0);
  constexpr int each = 20000;
  const auto work = [&] {
    Cell cell = open(store);
    for (int i = 0; i < each; ++i) {
      must(cell.update(adding(1)));
    }
    return 0;
  };
  test::Crowd crowd;
  crowd.add(work);
  crowd.add(work);
  crowd.go();
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();
  CHECK(crowd.wait());
  CHECK(open(store).load() == 4 * each);
}

TEST_CASE("who has a cell open when it is removed finds it absent, and its name is free", "[cell]") {
  const OwnStore store;
  make(store, 5);
  Cell before = open(store);
  const Cell reader = open(store, Access::read);
  must(open(store).mark_removed());  // and killed before it took the name away
  CHECK(code_of(before.update(adding(1))) == Code::absent);
  CHECK(code_of(reader.load()) == Code::absent);
  CHECK(code_of(Cell::of(segment_of(store))) == Code::absent);
  CHECK(code_of(before.mark_removed()) == Code::absent);
  make(store, 9);
  CHECK(open(store).load() == 9);
}

TEST_CASE("a name that is in use is not freed", "[cell]") {
  const OwnStore store;
  make(store, 5);
  CHECK(must(free_name(*store, "hits")) == false);
  CHECK(must(free_name(*store, "others")) == true);
  CHECK(open(store).load() == 5);
}

TEST_CASE("a change of several objects that has a cell: readers see the number before, then the one after", "[cell]") {
  const OwnStore store;
  make(store, 5);
  const Segment mine = segment_of(store);
  auto& cell = words(mine);
  ChangeFile change = must(ChangeFile::create(*store));
  cell.tag = change.id();
  cell.wanted = 8;
  const Cell reader = open(store, Access::read);
  CHECK(reader.load() == 5);
  SECTION("it happens") {
    must(change.decide());
    CHECK(reader.load() == 8);
    CHECK(open(store).update(adding(1)) == 8);  // who comes to change it finishes that
    CHECK(is_count(cell.tag));
    CHECK(reader.load() == 9);
  }
  SECTION("its maker is gone before it happened") {
    {
      const ChangeFile dropped = std::move(change);
    }
    CHECK(reader.load() == 5);
    CHECK(open(store).update(adding(1)) == 5);
    CHECK(is_count(cell.tag));
    CHECK(reader.load() == 6);
  }
  SECTION("its record is gone") {
    change.remove(*store);
    CHECK(open(store).update(adding(1)) == 5);
  }
}

TEST_CASE("who wants to change a cell that a living change has waits for it", "[cell]") {
  const OwnStore store;
  make(store, 5);
  const Segment mine = segment_of(store);
  ChangeFile change = must(ChangeFile::create(*store));
  words(mine).wanted = 8;
  words(mine).tag = change.id();
  Cell cell = open(store);
  std::thread other([&] {
    shm::os::sleep_until(shm::os::monotonic_ns() + 20 * test::ms);
    must(change.decide());
  });
  CHECK(cell.update(adding(1)) == 8);
  other.join();
}

TEST_CASE("a cell that a change makes is absent until that has happened", "[cell]") {
  const OwnStore store;
  make(store, 5);
  Segment mine = segment_of(store);
  ChangeFile change = must(ChangeFile::create(*store));
  words(mine).unborn = 1;
  words(mine).wanted = 5;
  words(mine).tag = change.id();
  CHECK(code_of(Cell::of(segment_of(store, Access::read))) == Code::absent);
  SECTION("it happens") {
    must(change.decide());
    CHECK(open(store).load() == 5);
    CHECK(open(store).update(adding(1)) == 5);
    CHECK(words(mine).unborn == 0);
  }
  SECTION("it does not") {
    {
      const ChangeFile dropped = std::move(change);
    }
    CHECK(code_of(Cell::of(segment_of(store, Access::read))) == Code::absent);
    make(store, 7);
    CHECK(open(store).load() == 7);
  }
}

TEST_CASE("who waits for a cell is woken by its change", "[cell]") {
  const OwnStore store;
  make(store, 0);
  Cell cell = open(store);
  const std::uint64_t announced = cell.announce();
  must(open(store).update(adding(1)));
  std::int64_t shortest = 1000 * test::ms;  // on a busy machine, not every time is as short as it is
  for (int i = 0; i < 20; ++i) {
    shortest = std::min(shortest, test::ns_of([&] { cell.wait(announced, -1); }));  // changed before it slept
  }
  CHECK(shortest < 15 * test::ms);
  CHECK(cell.announce() != announced);
}

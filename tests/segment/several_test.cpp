// Changes of several objects: what others do at the same moment, and what could not be told.
#include <algorithm>
#include "catch.hpp"
#include "segment/cell.hpp"
#include "segment/change_of.hpp"
#include "segment/free_name.hpp"
#include "segment/owners.hpp"
#include "segment/workspace.hpp"

using namespace shm::segment;
using shm::os::Result;
using shm::store::ChangeFile;
using test::Access;
using test::Code;
using test::must;
using test::OwnStore;
using Changes = Workspace::Changes;

namespace {
shm::store::NewObject fresh() {
  shm::store::NewObject object;
  object.kind = 99;
  object.mode = 0644;
  return object;
}
void make_region(const OwnStore& store, std::string_view name) { must(Region::create(*store, name, fresh())); }
void make_cell(const OwnStore& store, std::string_view name) { must(Cell::create(*store, name, fresh(), 5)); }
Result<Cell> cell_of(const OwnStore& store, std::string_view name, Access access) {
  auto segment = Segment::open(*store, name, access, Segment::one_page);
  return segment ? Cell::of(std::move(*segment)) : std::unexpected(segment.error());
}
Result<std::uint64_t> number(const OwnStore& store, std::string_view name) {
  const auto cell = cell_of(store, name, Access::read);
  return cell ? cell->load() : std::unexpected(cell.error());
}
void add(const OwnStore& store, std::string_view name, std::uint64_t more) {
  auto cell = must(cell_of(store, name, Access::write));
  must(cell.update([&](std::uint64_t now) { return Result<std::uint64_t>(now + more); }));
}
Result<std::uint64_t> word(const OwnStore& store, std::string_view name) {
  const auto region = Region::open(*store, name, Access::read);
  return region ? region->read([](const Reader& reader) -> Result<std::uint64_t> { return reader.get_root(0); })
                : std::unexpected(region.error());
}
void set_word(const OwnStore& store, std::string_view name, std::uint64_t value) {
  auto region = must(Region::open(*store, name, Access::write));
  test::set_root(region, 0, value);
}
bool is_absent(const auto& result) { return !result && result.error().code == Code::absent; }
bool exists(const OwnStore& store, std::string_view name) { return test::exists(store / name); }

// What another process does, from its beginning to its end.
void by_another(const std::function<void()>& act) {
  REQUIRE(test::status_of(test::forked([&] {
            const Workspace none(Changes::single);  // not the parent's
            act();
            return 0;
          })) == 0);
}
// A process that has begun a change of several objects, and stays in it.
pid_t changing(test::Shared& shared, const std::function<void()>& act) {
  test::tell(shared.ready, 0);
  const pid_t pid = test::forked([&] {
    const Workspace change(Changes::several);
    act();
    test::tell(shared.ready, 1);
    return test::pausing();
  });
  REQUIRE(test::soon([&] { return test::look(shared.ready) == 1; }));
  return pid;
}
}  // namespace

TEST_CASE("who comes by leaves an object alone that a living change is making", "[several]") {
  const OwnStore store;
  make_region(store, "r");
  make_cell(store, "c");
  ChangeFile change = must(ChangeFile::create(*store));
  const Region region = must(Region::open(*store, "r", Access::write));
  test::Inspector::control(region).removed = change.id();
  const Segment segment = must(Segment::open(*store, "c", Access::write, Segment::one_page));
  auto& words = *reinterpret_cast<CellWords*>(segment.payload());
  words.wanted = 7;
  words.unborn = 1;
  words.tag = change.id();
  CHECK(must(change_of(*store, "r")) == change.id());
  CHECK(must(change_of(*store, "c")) == change.id());
  for (const auto access : {Access::read, Access::write}) {
    CHECK(is_absent(Region::open(*store, "r", access)));
    CHECK(is_absent(cell_of(store, "c", access)));
  }
  for (const auto* name : {"r", "c"}) {
    const auto freed = free_name(*store, name, 0);
    CHECK((!freed && freed.error().code == Code::timed_out));
  }
  must(change.decide());
  CHECK(must(word(store, "r")) == 0);
  CHECK(must(number(store, "c")) == 7);
  set_word(store, "r", 1);
  add(store, "c", 1);
  CHECK(must(change_of(*store, "r")) == 0);
  CHECK(must(change_of(*store, "c")) == 0);
}

TEST_CASE("what can't be told about a change is an error, and nothing is undone or removed for it", "[several]") {
  const OwnStore store;
  make_region(store, "r");
  make_cell(store, "c");
  const std::uint64_t id = shm::store::least_change_id + 9;
  test::make_file(store / shm::store::change_name(id).view(), "1", 0666);  // planted
  {
    const Region region = must(Region::open(*store, "r", Access::write));
    test::Inspector::control(region).removed = id;
    const Segment segment = must(Segment::open(*store, "c", Access::write, Segment::one_page));
    auto& words = *reinterpret_cast<CellWords*>(segment.payload());
    words.unborn = 1;
    words.tag = id;
  }
  for (const auto access : {Access::read, Access::write}) {
    const auto region = Region::open(*store, "r", access);
    CHECK((!region && region.error().code == Code::untrusted));
    const auto cell = cell_of(store, "c", access);
    CHECK((!cell && cell.error().code == Code::untrusted));
  }
  CHECK(exists(store, "r"));
  CHECK(exists(store, "c"));
}

TEST_CASE("a name is taken from the object that it was of, and from no other", "[several]") {
  const OwnStore store;
  make_cell(store, "c");
  const auto before = must(cell_of(store, "c", Access::write)).info();
  must(must(cell_of(store, "c", Access::write)).mark_removed());
  must(take_name(*store, "c", before));
  CHECK_FALSE(exists(store, "c"));
  make_cell(store, "c");
  must(take_name(*store, "c", before));  // by one who looked a moment ago
  CHECK(must(number(store, "c")) == 5);
}

TEST_CASE("what was absent, or may only be read, must be so still when the change happens", "[several]") {
  const OwnStore store;
  make_region(store, "r");
  make_cell(store, "c");
  test::change_mode(store.path(), 0755);
  Workspace change(Changes::several);
  SECTION("an object that was not there") {
    CHECK(is_absent(number(store, "new")));
    by_another([&] { make_cell(store, "new"); });
  }
  SECTION("one that came between two looks") {
    CHECK(is_absent(word(store, "new")));
    by_another([&] { make_region(store, "new"); });
    CHECK(must(word(store, "new")) == 0);
  }
  SECTION("a number that came back to what it was") {
    if (!test::is_root()) {
      return;  // may write it
    }
    REQUIRE(::seteuid(65534) == 0);
    const auto seen = number(store, "c");
    REQUIRE(::seteuid(0) == 0);
    CHECK(must(seen) == 5);
    by_another([&] {
      add(store, "c", 1);
      add(store, "c", ~std::uint64_t{0});
    });
  }
  SECTION("an object that was read twice") {
    if (!test::is_root()) {
      return;
    }
    REQUIRE(::seteuid(65534) == 0);
    const auto seen = word(store, "r");
    by_another([&] {
      must(::seteuid(0) == 0 ? Result<void>() : std::unexpected(shm::os::Error()));
      set_word(store, "r", 8);
    });
    const auto again = word(store, "r");
    REQUIRE(::seteuid(0) == 0);
    CHECK(must(seen) == 0);
    CHECK(must(again) == 8);
  }
  const auto done = change.commit();
  CHECK_FALSE(done);
  CHECK(change.conflict());
  must(change.retry());
  CHECK(must(number(store, "c")) == 5);
  must(change.commit());
}

TEST_CASE("who has objects does not wait for a name that another change has taken", "[several]") {
  const OwnStore store;
  auto& shared = test::shared<test::Shared>();
  make_cell(store, "c");
  const pid_t pid = changing(shared, [&] { make_cell(store, "new"); });
  Workspace change(Changes::several);
  add(store, "c", 1);
  const std::int64_t took = test::ns_of([&] {
    const auto made = Cell::create(*store, "new", fresh(), 9);
    CHECK((!made && made.error().code == Code::timed_out));
  });
  CHECK(took < 5'000 * test::ms);
  CHECK(change.conflict());
  test::kill_now(pid);
  must(change.retry());
  add(store, "c", 1);
  must(Cell::create(*store, "new", fresh(), 9));
  must(change.commit());
  CHECK(must(number(store, "new")) == 9);
  CHECK(must(number(store, "c")) == 6);
}

TEST_CASE("a change does not happen without the object that is still in use", "[several]") {
  const OwnStore store;
  make_region(store, "r");
  make_cell(store, "c");
  Workspace change(Changes::several);
  add(store, "c", 1);
  {
    auto region = must(Region::open(*store, "r", Access::write));
    test::set_root(region, 0, 3);
    const auto done = change.commit();
    CHECK((!done && done.error().code == Code::system));
  }
  must(change.commit());
  CHECK(must(word(store, "r")) == 3);
  CHECK(must(number(store, "c")) == 6);
}

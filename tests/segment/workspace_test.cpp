// Changes of several objects. What is another process's view is a child's, for a Workspace is its process's.
#include "segment/workspace.hpp"
#include <algorithm>
#include <csignal>
#include <random>
#include "catch.hpp"
#include "segment/cell.hpp"
#include "segment/owners.hpp"
#include "store/change_file.hpp"
#include "support/kernel.hpp"

using namespace shm::segment;
using shm::os::Result;
using test::Access;
using test::Code;
using test::code_of;
using test::must;
using test::ok;
using test::OwnStore;
using Changes = Workspace::Changes;

namespace {
const char* const regions[] = {"r1", "r2"};
const char* const cells[] = {"c1", "c2"};

shm::store::NewObject fresh() {
  shm::store::NewObject object;
  object.kind = 99;
  return object;
}
void make_region(const OwnStore& store, std::string_view name) {
  const std::uint64_t first[] = {100};
  must(Region::create(*store, name, fresh(), first));
}
void make_cell(const OwnStore& store, std::string_view name) { must(Cell::create(*store, name, fresh(), 100)); }
struct Four {
  Four() {
    for (const auto* name : regions) {
      make_region(store, name);
    }
    for (const auto* name : cells) {
      make_cell(store, name);
    }
  }
  OwnStore store;
};

Result<void> add_region(const OwnStore& store, std::string_view name, std::uint64_t more) {
  auto region = Region::open(*store, name, Access::write);
  if (!region) {
    return std::unexpected(region.error());
  }
  auto change = region->begin();
  if (!change) {
    return std::unexpected(change.error());
  }
  change->add_root(0, more);
  return change->commit();
}
Result<Cell> open_cell(const OwnStore& store, std::string_view name, Access access = Access::write) {
  auto segment = Segment::open(*store, name, access, Segment::one_page);
  return segment ? Cell::of(std::move(*segment)) : std::unexpected(segment.error());
}
Result<void> add_cell(const OwnStore& store, std::string_view name, std::uint64_t more) {
  auto cell = open_cell(store, name);
  if (!cell) {
    return std::unexpected(cell.error());
  }
  const auto before = cell->update([&](std::uint64_t now) { return Result<std::uint64_t>(now + more); });
  return before ? Result<void>() : std::unexpected(before.error());
}
Result<std::uint64_t> number(const OwnStore& store, std::string_view name) {
  if (name[0] == 'c') {
    const auto cell = open_cell(store, name, Access::read);
    return cell ? cell->load() : std::unexpected(cell.error());
  }
  const auto region = Region::open(*store, name, Access::read);
  return region ? region->read([](const Reader& reader) -> Result<std::uint64_t> { return reader.get_root(0); })
                : std::unexpected(region.error());
}
Result<void> add(const OwnStore& store, std::string_view name, std::uint64_t more) {
  return name[0] == 'c' ? add_cell(store, name, more) : add_region(store, name, more);
}
// Whether another process finds these numbers; of an object that is absent, 0.
bool others_see(const OwnStore& store, const std::vector<std::uint64_t>& wanted,
                const std::vector<std::string>& names = {"r1", "r2", "c1", "c2"}) {
  const pid_t pid = test::forked([&] {
    const Workspace none(Changes::single);  // not the parent's
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto found = number(store, names[i]);
      if (!found && found.error().code != Code::absent) {
        return 2;
      }
      if (found.value_or(0) != wanted[i]) {
        return 1;
      }
    }
    return 0;
  });
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
// Some of one taken from another one, all over; false: others were in the way.
Result<void> transfer(const OwnStore& store, Workspace& workspace, const std::vector<std::string>& names,
                      const std::vector<std::uint64_t>& amounts) {
  for (;;) {
    Result<void> done;
    for (std::size_t i = 0; i < names.size() && done; ++i) {
      done = add(store, names[i], amounts[i]);
    }
    if (done) {
      done = workspace.commit();
    }
    if (done || !workspace.conflict()) {
      return done;
    }
    must(workspace.retry());
  }
}
bool has_records(const OwnStore& store) {
  const auto files = store.files();
  return std::any_of(files.begin(), files.end(), [](const auto& name) { return name.starts_with(",change,"); });
}
}  // namespace

TEST_CASE("a change of several objects happens at its commit, for all of them", "[workspace]") {
  const Four four;
  {
    Workspace workspace(Changes::several);
    must(add(four.store, "r1", 1));
    must(add(four.store, "c1", 2));
    must(add(four.store, "r2", 3));
    must(add(four.store, "c2", 4));
    must(add(four.store, "r1", 10));
    must(add(four.store, "c1", 10));
    CHECK(number(four.store, "r1") == 111);  // itself it sees it
    CHECK(number(four.store, "c1") == 112);
    CHECK(others_see(four.store, {100, 100, 100, 100}));
    must(workspace.commit());
    CHECK(others_see(four.store, {111, 103, 112, 104}));
  }
  CHECK(number(four.store, "c2") == 104);
  CHECK_FALSE(has_records(four.store));
}

TEST_CASE("a change of several objects that is abandoned leaves nothing", "[workspace]") {
  const Four four;
  const auto files = four.store.files();
  {
    Workspace workspace(Changes::several);
    must(add(four.store, "r1", 1));
    must(add(four.store, "c1", 1));
    make_region(four.store, "r3");
    make_cell(four.store, "c3");
    must(add(four.store, "c3", 1));
    CHECK(number(four.store, "r3") == 100);
    CHECK(others_see(four.store, {0, 0}, {"r3", "c3"}));
    SECTION("in words") { workspace.abandon(); }
    SECTION("without a word") {}
  }
  CHECK(others_see(four.store, {100, 100, 100, 100, 0, 0}, {"r1", "r2", "c1", "c2", "r3", "c3"}));
  CHECK(four.store.files() == files);
}

TEST_CASE("what a change of several objects makes is there when it has happened", "[workspace]") {
  const Four four;
  Workspace workspace(Changes::several);
  make_region(four.store, "r3");
  make_cell(four.store, "c3");
  must(add(four.store, "c3", 1));
  must(add(four.store, "r3", 2));
  must(workspace.commit());
  CHECK(others_see(four.store, {102, 101}, {"r3", "c3"}));
}

TEST_CASE("an operation that was given up after it changed something ends the whole change", "[workspace]") {
  const Four four;
  Workspace workspace(Changes::several);
  must(add(four.store, "c1", 1));
  {
    Region region = must(Region::open(*four.store, "r1", Access::write));
    auto change = must(region.begin());
    change.add_root(0, 1);
  }
  CHECK(code_of(add(four.store, "r1", 1)) == Code::system);
  CHECK(code_of(workspace.commit()) == Code::system);
  CHECK(others_see(four.store, {100, 100, 100, 100}));
}

TEST_CASE("memory that a change of several objects frees and takes again is as before if it does not happen",
          "[workspace]") {
  const OwnStore store;
  make_region(store, "r1");
  Region region = must(Region::open(*store, "r1", Access::write));
  const std::string text(100, 'x');
  {
    auto change = must(region.begin());
    const Fresh block = change.allocate(text.size());
    block.put_bytes(0, std::as_bytes(std::span(text)));
    change.set_root(1, block.ref());
    must(change.commit());
  }
  {
    Workspace workspace(Changes::several);
    Region part = must(Region::open(*store, "r1", Access::write));
    {
      auto change = must(part.begin());
      change.free(change.ref_root(1));
      change.set_root(1, Ref{});
      must(change.commit());
    }
    auto change = must(part.begin());
    const Fresh block = change.allocate(text.size());
    const std::string other(100, 'y');
    block.put_bytes(0, std::as_bytes(std::span(other)));
    change.set_root(1, block.ref());
    must(change.commit());
  }
  const auto same = region.read([&](const Reader& reader) -> Result<bool> {
    return reader.equal(reader.ref_root(1), text.size(), std::as_bytes(std::span(text)));
  });
  CHECK(must(same));
}

TEST_CASE("who may only read sees one moment of several objects, or is told to look again", "[workspace]") {
  const Four four;
  for (const auto* name : {"r1", "r2", "c1", "c2"}) {
    must(shm::os::set_mode(must(shm::os::open_file_at(four.store->dir(), name, O_RDWR)), 0444));
  }
  if (test::is_root()) {
    return;  // may do all
  }
  Workspace workspace(Changes::several);
  CHECK(number(four.store, "r1") == 100);
  CHECK(number(four.store, "c1") == 100);
  CHECK(code_of(add(four.store, "c1", 1)) == Code::denied);
}

TEST_CASE("killed at any moment, a change of several objects is whole or absent", "[workspace]") {
  const Four four;
  std::mt19937 random(Catch::rngSeed());
  const std::vector<std::string> names = {"c2", "r1", "c1", "r2"};  // in no order of ids
  for (int round = 0; round < 60; ++round) {
    std::vector<pid_t> pids;
    for (int i = 0; i < 2; ++i) {
      pids.push_back(test::forked([&, i] {
        Workspace workspace(Changes::several);
        for (std::uint64_t amount = 1;; ++amount) {
          auto order = names;
          std::rotate(order.begin(), order.begin() + (i + static_cast<int>(amount)) % 4, order.end());
          must(transfer(four.store, workspace, order, {amount, 0 - amount, amount, 0 - amount}));
        }
        return 0;
      }));
    }
    const pid_t reader = test::forked([&] {
      Workspace workspace(Changes::several);
      for (int looks = 0; looks < 200; ++looks) {
        std::uint64_t sum = 0;
        bool whole = true;
        for (const auto& name : names) {
          const auto found = number(four.store, name);
          if (!found) {
            CHILD_REQUIRE(workspace.conflict());
            whole = false;
            break;
          }
          sum += *found;
        }
        if (whole && workspace.commit()) {
          CHILD_REQUIRE(sum == 400);
        } else {
          CHILD_REQUIRE(workspace.conflict());
          must(workspace.retry());
        }
      }
      return 0;
    });
    shm::os::sleep_until(shm::os::monotonic_ns() + 500'000 + static_cast<std::int64_t>(random() % 4'000'000));
    for (const pid_t pid : pids) {
      ::kill(pid, SIGKILL);
    }
    for (const pid_t pid : pids) {
      ::waitpid(pid, nullptr, 0);
    }
    int status = 0;
    ::waitpid(reader, &status, 0);
    REQUIRE(status == 0);
    std::uint64_t sum = 0;
    for (const auto& name : names) {
      sum += must(number(four.store, name));
    }
    REQUIRE(sum == 400);
    // And who only passes by, without a workspace, makes whole what was left.
    for (const auto& name : names) {
      must(add(four.store, name, 0));
    }
    sum = 0;
    for (const auto& name : names) {
      sum += must(number(four.store, name));
    }
    REQUIRE(sum == 400);
  }
}

TEST_CASE("objects stay open between operations, and are opened anew when they are others", "[workspace]") {
  const Four four;
  Workspace workspace(Changes::single);
  must(add(four.store, "r1", 1));
  must(add(four.store, "c1", 1));
  CHECK(others_see(four.store, {101, 100, 101, 100}));
  const pid_t pid = test::forked([&] {
    const Workspace none(Changes::single);
    must(must(open_cell(four.store, "c1")).mark_removed());
    must(shm::store::remove_object(*four.store, "c1"));
    make_cell(four.store, "c1");
    Region region = must(Region::open(*four.store, "r1", Access::write));
    must(must(region.begin()).remove());
    make_region(four.store, "r1");
    return 0;
  });
  int status = 0;
  ::waitpid(pid, &status, 0);
  REQUIRE(status == 0);
  must(add(four.store, "r1", 5));
  must(add(four.store, "c1", 5));
  CHECK(others_see(four.store, {105, 100, 105, 100}));
}

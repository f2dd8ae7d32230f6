// Whose life a session is, above all after a fork.
#include "segment/session.hpp"
#include <fcntl.h>
#include <atomic>
#include <thread>
#include <vector>
#include "os/flock.hpp"
#include "segment/owners.hpp"

using namespace test;
using shm::os::Fd;
using shm::segment::Session;

namespace {
struct LockFile {
  Directory directory;
  LockFile() { make_file(directory / "lock", ""); }
  [[nodiscard]] Fd open() const { return Fd(::open((directory / "lock").c_str(), O_RDWR | O_CLOEXEC)); }
  shm::os::Result<void> begin(Session& session, std::uint64_t id) const {
    const Session::NoFork quiet;
    return session.begin(quiet, open(), id);
  }
  [[nodiscard]] bool lives(std::uint64_t id) const { return shm::os::byte_taken(open(), id).value(); }
};

// Of the object's sessions so far, those whose byte somebody has.
std::vector<std::uint64_t> living(const Object& object) {
  const Region region = object.open(Access::read);
  shm::os::FileInfo found;
  const auto lock = object.store->open_file(shm::store::lock_name(region.header().id).view(), O_RDWR, &found);
  std::vector<std::uint64_t> ids;
  for (std::uint64_t id = 1; id <= look(Inspector::control(region).sessions); ++id) {
    if (shm::os::byte_taken(*lock, id).value()) {
      ids.push_back(id);
    }
  }
  return ids;
}
}  // namespace

TEST_CASE("a session lives until it ends, and its number is its own", "[session]") {
  const LockFile lock;
  Session one;
  CHECK(one.id() == 0);
  REQUIRE(code_of(lock.begin(one, 5)) == ok);
  CHECK(one.id() == 5);
  CHECK(lock.lives(5));
  CHECK_FALSE(lock.lives(6));
  Session two;
  CHECK(code_of(lock.begin(two, 5)) == Code::busy);
  CHECK(two.id() == 0);
  REQUIRE(code_of(lock.begin(two, 6)) == ok);
  CHECK(two.lives(5).value());
  REQUIRE(code_of(lock.begin(one, 7)) == ok);  // the one before has ended
  CHECK_FALSE(two.lives(5).value());
  Session moved(std::move(one));
  CHECK(moved.id() == 7);
  CHECK(two.lives(7).value());
  moved = std::move(two);
  CHECK(moved.id() == 6);
  CHECK_FALSE(lock.lives(7));
  moved.end();
  CHECK(moved.id() == 0);
  CHECK_FALSE(lock.lives(6));
  {
    const Session::NoFork quiet;
    CHECK(code_of(moved.begin(quiet, Fd(::open((lock.directory / "lock").c_str(), O_RDONLY)), 8)) == Code::system);
  }
  CHECK(code_of(lock.begin(moved, (std::uint64_t{1} << 63U) - 1)) == ok);
  CHECK(lock.lives((std::uint64_t{1} << 63U) - 1));
}

TEST_CASE("a child has no session until it changes something itself", "[session]") {
  const Object object;
  Region region = object.open();
  set_root(region, 0, 1);
  const std::uint64_t mine = Inspector::session(region);
  REQUIRE(mine != 0);
  Crowd crowd;
  crowd.add([&] {
    CHILD_REQUIRE(Inspector::session(region) == 0);
    set_root(region, 1, 2);
    CHILD_REQUIRE(Inspector::session(region) != 0);
    CHILD_REQUIRE(Inspector::session(region) != mine);
    CHILD_REQUIRE(root(region, 0) == 1);
    return 0;
  });
  CHECK(living(object) == std::vector{mine});
  crowd.go();
  CHECK(crowd.wait());
  CHECK(living(object) == std::vector{mine});  // the child's has ended, and took nothing with it
  CHECK(Inspector::session(region) == mine);
  CHECK(root(region, 1) == 2);
  set_root(region, 1, 3);
  CHECK(Inspector::session(region) == mine);
}

TEST_CASE("the lock of a killed parent is free while its child lives on", "[session]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  const pid_t parent = forked([&] {
    Region region = object.open();
    set_root(region, 0, 1);
    auto change = must(region.begin());
    change.set_root(0, 2);
    tell(shared.other, forked(pausing));
    tell(shared.ready, 1);
    return pausing();
  });
  REQUIRE(soon([&] { return look(shared.ready) != 0; }));
  Region region = object.open();
  region.set_patience(20 * ms);
  CHECK(code_of(region.begin()) == Code::timed_out);
  region.set_patience(30'000 * ms);
  kill_now(parent);
  std::uint64_t seen = 0;
  const std::int64_t took = ns_of([&] { seen = must(region.begin()).get_root(0); });
  CHECK(seen == 1);
  CHECK(took < 5000 * ms);
  CHECK(::kill(shared.other, SIGKILL) == 0);  // it was there all the time
}

TEST_CASE("a fork in the middle of a change leaves it to the parent", "[session]") {
  const Object object;
  Region region = object.open();
  auto change = must(region.begin());
  const auto fresh = change.allocate(64);
  fresh.put(0, 5);
  change.set_root(0, fresh.ref());
  succeeds(in_child([&] {
    {
      auto copy = std::move(change);
      fresh.put(0, 6);
      copy.set_root(0, 99);
      copy.free(fresh.ref());
      CHILD_REQUIRE(!copy.allocate(64).ref());
      CHILD_REQUIRE(code_of(copy.commit()) == Code::system);
      CHILD_REQUIRE(code_of(copy.remove()) == Code::system);
    }  // and its end undoes nothing
    region.set_patience(20 * ms);
    CHILD_REQUIRE(code_of(region.begin()) == Code::timed_out);
    return 0;
  }));
  CHECK(change.get_root(0) == fresh.ref().offset);
  CHECK(change.get(fresh.ref()) == 5);
  REQUIRE(code_of(change.commit()) == ok);
  CHECK(root(region, 0) == fresh.ref().offset);
}

TEST_CASE("another thread may fork while sessions begin and end", "[session]") {
  const Object object;
  std::atomic<bool> done = false;
  const auto work = [&] {
    while (!done) {
      Region region = object.open();
      must(must(region.begin()).commit());
    }
  };
  std::thread workers[] = {std::thread(work), std::thread(work), std::thread(work)};
  std::vector<pid_t> children;
  for (int i = 0; i < (sanitized ? 100 : 400); ++i) {
    children.push_back(forked(pausing));
  }
  done = true;
  for (auto& worker : workers) {
    worker.join();
  }
  // All of the parent's have ended, and none lives on in a child, once that has come to run.
  CHECK(soon([&] { return living(object).empty(); }));
  for (const pid_t child : children) {
    kill_now(child);
  }
}

// Waiting for an object to change, also for a waker that is gone.
#include <algorithm>
#include "segment/owners.hpp"
#include "segment/undo.hpp"
#include "segment/wake.hpp"

using namespace test;
using shm::os::monotonic_ns;
using shm::os::Result;

namespace {
// What root word 0 is, as soon as it is something.
Result<std::uint64_t> something(Region& region, std::int64_t deadline_ns) {
  return region.wait_for(Code::empty, deadline_ns, [&]() -> Result<std::uint64_t> {
    const std::uint64_t value = root(region, 0);
    return value != 0 ? Result<std::uint64_t>(value)
                      : std::unexpected(shm::os::fail(Code::empty, "take from", "thing", "there is nothing in it"));
  });
}

// A process that waits, asleep, and ends with 0 when it saw something.
pid_t sleeper(const Object& object, Access access = Access::write) {
  const pid_t pid = forked([&] {
    Region region = object.open(access);
    return something(region, monotonic_ns() + 30'000 * ms).value_or(0) == 7 ? 0 : 1;
  });
  REQUIRE(is_in(pid, 'S'));
  return pid;
}
}  // namespace

TEST_CASE("a generation is of one content", "[wait]") {
  const Object object;
  Region region = object.open();
  const Region other = object.open(Access::read);
  const std::uint64_t first = other.generation();
  set_root(region, 0, 1);
  const std::uint64_t second = other.generation();
  CHECK(second != first);
  {
    auto change = must(region.begin());
    change.set_root(0, 2);
  }
  CHECK(other.generation() != second);  // somebody may have seen that
  const std::uint64_t third = other.generation();
  must(must(region.begin()).commit());
  CHECK(other.generation() == third);  // nothing was changed
}

TEST_CASE("who waits is woken by a change", "[wait]") {
  const Object object;
  Region region = object.open();
  for (const Access access : {Access::write, Access::read}) {
    set_root(region, 0, 0);
    const pid_t one = sleeper(object, access);
    const pid_t two = sleeper(object, access);
    set_root(region, 1, 1);  // not that
    set_root(region, 0, 7);
    const std::int64_t took = ns_of([&] {
      CHECK(status_of(one) == 0);
      CHECK(status_of(two) == 0);
    });
    CHECK(took < 2000 * ms);
  }
}

TEST_CASE("nobody sleeps until his time is over when something changes", "[wait]") {
  const Object object;
  Region region = object.open();
  constexpr std::uint64_t rounds = 40;  // a tenth of a second each, if nobody were woken
  const pid_t other = forked([&] {
    Region own = object.open();
    for (std::uint64_t i = 0; i < rounds; ++i) {
      const auto turn = own.wait_for(Code::empty, -1, [&]() -> Result<void> {
        return root(own, 0) > i ? Result<void>() : std::unexpected(shm::os::fail(Code::empty, "wait", "thing", "no"));
      });
      CHILD_REQUIRE(turn.has_value());
      set_root(own, 1, i + 1);
    }
    return 0;
  });
  const std::int64_t took = ns_of([&] {
    for (std::uint64_t i = 0; i < rounds; ++i) {
      soon([&] { return look(Inspector::control(region).sleepers) != 0; });
      set_root(region, 0, i + 1);
      soon([&] { return root(region, 1) > i; });
    }
  });
  CHECK(status_of(other) == 0);
  CHECK(took < 2000 * ms);
}

TEST_CASE("waiting ends at its time, or at once with what is no reason to wait", "[wait]") {
  const Object object;
  Region region = object.open();
  const std::int64_t deadline = monotonic_ns() + 30 * ms;
  const auto late = something(region, deadline);
  REQUIRE(code_of(late) == Code::timed_out);
  CHECK(std::string(late.error().why) == "there is nothing in it");
  CHECK(monotonic_ns() >= deadline);
  CHECK(monotonic_ns() < deadline + 5000 * ms);
  CHECK(code_of(region.wait_for(Code::empty, -1, [&]() -> Result<void> {
          return std::unexpected(shm::os::fail(Code::limit, "push to", "thing", "it is full"));
        })) == Code::limit);
  set_root(region, 0, 7);
  CHECK(something(region, -1).value() == 7);
  CHECK(something(region, 0).value() == 7);
}

TEST_CASE("a sleep is short, whatever the time it may take", "[wait]") {
  const Object object;
  const Region region = object.open();
  const std::int64_t took = ns_of([&] { region.wait(region.generation(), -1); });
  CHECK(took < 5000 * ms);
  // It has changed already, or the time is over. On a busy machine, not every time is as short as it is.
  const auto shortest = [](auto what) {
    std::int64_t least = ns_of(what);
    for (int i = 0; i < 20; ++i) {
      least = std::min(least, ns_of(what));
    }
    return least;
  };
  CHECK(shortest([&] { region.wait(region.generation() + 1, -1); }) < 15 * ms);
  CHECK(shortest([&] { region.wait(region.generation(), monotonic_ns() - 1); }) < 15 * ms);
}

TEST_CASE("a waker that is killed between its change and the wake delays, and no more", "[wait]") {
  const Object object;
  Region region = object.open();
  const pid_t waiting = sleeper(object);
  const pid_t waker = forked([&] {
    Region own = object.open();
    auto change = must(own.begin());
    change.set_root(0, 7);
    shm::segment::commit(Inspector::memory(own));  // Transaction::commit() up to here
    ::raise(SIGKILL);
    return 0;
  });
  CHECK(status_of(waker) == SIGKILL);
  const std::int64_t took = ns_of([&] { CHECK(status_of(waiting) == 0); });
  CHECK(took < 5000 * ms);
  set_root(region, 1, 1);
}

TEST_CASE("sleepers that are killed or stopped keep nobody from being woken", "[wait]") {
  const Object object;
  Region region = object.open();
  const pid_t killed = sleeper(object);
  const pid_t stopped = sleeper(object);
  ::kill(stopped, SIGSTOP);
  REQUIRE(is_in(stopped, 'T'));
  const pid_t waiting = sleeper(object);
  kill_now(killed);
  set_root(region, 0, 7);
  const std::int64_t took = ns_of([&] { CHECK(status_of(waiting) == 0); });
  CHECK(took < 5000 * ms);
  ::kill(stopped, SIGCONT);
  CHECK(status_of(stopped) == 0);
  CHECK(Inspector::control(region).sleepers == 0);  // what the killed one left is gone
}

TEST_CASE("who waits for what a killed writer had half done sees it undone", "[wait]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  const pid_t killed = owner(object, shared);
  kill_now(killed);
  CHECK(code_of(something(region, monotonic_ns() + 20 * ms)) == Code::timed_out);
  set_root(region, 0, 7);
  CHECK(something(region, -1).value() == 7);
}

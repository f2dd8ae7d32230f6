// The lock when its owner, a waiter or who undoes a change is killed.
#include <algorithm>
#include <vector>
#include "segment/lock.hpp"
#include "segment/owners.hpp"
#include "segment/undo.hpp"

using namespace test;
using shm::segment::count_of;

TEST_CASE("the lock of a killed owner passes on at once, with the change undone", "[lock]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  set_root(region, 0, 1);
  std::vector<std::int64_t> came_later;
  std::vector<std::int64_t> had_waited;
  for (int round = 0; round < 20; ++round) {
    {
      const pid_t killed = owner(object, shared);
      kill_now(killed);
      came_later.push_back(ns_of([&] { CHECK(must(region.begin()).get_root(0) == 1); }));
    }
    const pid_t killed = owner(object, shared);
    const pid_t waiting = waiter(object, shared);
    const std::int64_t from = shm::os::monotonic_ns();
    ::kill(killed, SIGKILL);
    CHECK(status_of(waiting) == 0);
    had_waited.push_back(shared.at_ns - from);
    ::waitpid(killed, nullptr, 0);
  }
  CHECK(root(region, 1) == 20);
  for (auto* all : {&came_later, &had_waited}) {
    std::sort(all->begin(), all->end());
    CAPTURE(all->front() / 1000, (*all)[10] / 1000, all->back() / 1000);  // us
    CHECK(all->back() < 5000 * ms);
  }
}

TEST_CASE("who waits undoes what made the object grow meanwhile", "[lock]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  constexpr std::uint64_t words = 2000;
  {
    auto change = must(region.begin());
    const auto fresh = change.allocate(words * 8);
    for (std::uint64_t i = 0; i < words; ++i) {
      fresh.put(i, i);
    }
    change.set_root(2, fresh.ref());
    change.set_root(0, 1);
    must(change.commit());
  }
  tell(shared.ready, 0);
  const pid_t killed = forked([&] {
    Region own = object.open();
    auto change = must(own.begin());
    tell(shared.ready, 1);
    while (look(shared.ready) != 2) {
    }
    const Ref block = change.ref_root(2);  // more words than the log has entries: its next part makes the object grow
    for (std::uint64_t i = 0; i < words; ++i) {
      change.set(block + i, 7);
    }
    tell(shared.ready, 3);
    return pausing();
  });
  REQUIRE(soon([&] { return look(shared.ready) == 1; }));
  const std::uint64_t capacity = look(Inspector::control(region).capacity);
  const pid_t waiting = waiter(object, shared);
  tell(shared.ready, 2);
  REQUIRE(soon([&] { return look(shared.ready) == 3; }));
  CHECK(look(Inspector::control(region).capacity) > capacity);
  kill_now(killed);
  CHECK(status_of(waiting) == 0);
  CHECK(root(region, 1) == 1);
}

TEST_CASE("who undoes a change may be killed as well", "[lock]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  constexpr std::uint64_t words = 1'000'000;
  Ref block;
  {
    auto change = must(region.begin());
    const auto fresh = change.allocate(words * 8);
    for (std::uint64_t i = 0; i < words; ++i) {
      fresh.put(i, i);
    }
    change.set_root(0, fresh.ref());
    must(change.commit());
    block = fresh.ref();
  }
  const auto& head = Inspector::control(region).head;
  int halfway = 0;
  for (int tries = 0; halfway < 3 && tries < 200; ++tries) {
    tell(shared.ready, 0);
    const pid_t killed = forked([&] {
      Region own = object.open();
      auto change = must(own.begin());
      for (std::uint64_t i = 0; i < words; ++i) {
        change.set(block + i, 7);
      }
      tell(shared.ready, 1);
      return pausing();
    });
    REQUIRE(soon([&] { return look(shared.ready) == 1; }));
    kill_now(killed);
    for (int times = 0; times < 3; ++times) {
      const std::uint64_t before = count_of(look(head));
      const pid_t next = forked([&] {
        Region own = object.open();
        (void)must(own.begin());
        return 0;
      });
      while (count_of(look(head)) == before && before != 0) {
      }
      kill_now(next);
      halfway += count_of(look(head)) != 0 && count_of(look(head)) != before ? 1 : 0;
    }
    const auto change = must(region.begin());
    bool all = true;
    for (std::uint64_t i = 0; i < words; ++i) {
      all = all && change.get(block + i) == i;
    }
    REQUIRE(all);
  }
  CHECK(halfway >= 3);
}

TEST_CASE("a killed waiter takes nothing with it", "[lock]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  set_root(region, 0, 1);
  auto change = std::optional(must(region.begin()));
  const pid_t first = waiter(object, shared);
  const pid_t second = waiter(object, shared);
  kill_now(first);
  change.reset();
  CHECK(status_of(second) == 0);
  CHECK(root(region, 1) == 1);
  region.set_patience(1000 * ms);
  set_root(region, 0, 3);
  CHECK(Inspector::control(region).lock == 0);
}

TEST_CASE("a waiter that is killed as it is woken keeps no other asleep", "[lock]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  set_root(region, 0, 1);
  auto change = std::optional(must(region.begin()));
  const pid_t first = waiter(object, shared);
  ::kill(first, SIGSTOP);
  REQUIRE(is_in(first, 'T'));
  const pid_t second = waiter(object, shared);
  change.reset();  // if this wakes the first, it can do nothing about it
  const std::int64_t took = ns_of([&] { CHECK(status_of(second) == 0); });
  CHECK(took < 5000 * ms);
  kill_now(first);
  CHECK(root(region, 1) == 1);
}

TEST_CASE("an owner that is killed before it wakes anybody keeps nobody asleep", "[lock]") {
  const Object object;
  auto& shared = test::shared<Shared>();
  Region region = object.open();
  set_root(region, 0, 1);
  auto change = std::optional(must(region.begin()));
  const pid_t waiting = waiter(object, shared);
  tell(Inspector::control(region).lock, std::uint64_t{0});  // what release() does, but for the wake
  const std::int64_t took = ns_of([&] { CHECK(status_of(waiting) == 0); });
  CHECK(took < 5000 * ms);
  change.reset();
}

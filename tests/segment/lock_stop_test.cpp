// The lock when its owner is stopped, and across pid namespaces.
#include <sched.h>
#include <sys/prctl.h>
#include "segment/owners.hpp"

using namespace test;
using shm::segment::contended;

TEST_CASE("a stopped owner keeps its lock; readers go on, writers are told", "[lock]") {
  const Object object(0664);
  Region region = object.open();
  set_root(region, 0, 1);
  const pid_t stopped = forked([&] {
    ::prctl(PR_SET_NAME, "stopped one");
    Region own = object.open();
    auto change = must(own.begin());
    change.set_root(0, 2);
    change.allocate(100'000);
    ::raise(SIGSTOP);
    must(change.commit());
    return 0;
  });
  REQUIRE(is_in(stopped, 'T'));
  CHECK(root(object.open(Access::read), 0) == 1);
  region.set_patience(30 * ms);
  for (int i = 0; i < 2; ++i) {
    const auto refused = region.begin();
    REQUIRE(code_of(refused) == Code::timed_out);
    CHECK(std::string(refused.error().object) ==
          "thing, held by process " + std::to_string(stopped) + " (stopped one)");
    CHECK(std::string(refused.error().advice).find("kill -CONT") != std::string::npos);
  }
  const pid_t waiting = forked([&] {
    Region own = object.open();
    const auto change = must(own.begin());
    return change.get_root(0) == 2 ? 0 : 1;
  });
  REQUIRE(soon([&] { return (look(Inspector::control(region).lock) & contended) != 0; }));
  ::kill(stopped, SIGCONT);
  CHECK(status_of(stopped) == 0);
  CHECK(status_of(waiting) == 0);
  CHECK(root(region, 0) == 2);
}

TEST_CASE("a stopped owner holds up no reader of another user", "[lock]") {
  if (!is_root()) {
    SKIP("needs root");
  }
  struct Way {
    std::uint32_t mode;
    unsigned group;
    bool reads;
  };
  for (const auto& [mode, group, reads] : {Way{0664, 54322, true}, Way{0640, 54321, true}, Way{0640, 54322, false}}) {
    INFO(std::oct << mode << ", group " << std::dec << group);
    const Object object(mode);
    change_mode(object.store.path(), 0755);
    change_owner(object.store / "thing", 0, 54321);
    Region region = object.open();
    set_root(region, 0, 1);
    auto& shared = test::shared<Shared>();
    const pid_t stopped = owner(object, shared);
    ::kill(stopped, SIGSTOP);
    REQUIRE(is_in(stopped, 'T'));
    succeeds(as_user(54321, group, [&] {
      const auto store = must(shm::store::Store::open(object.store.path(), 54321, shm::store::Missing::refuse));
      auto opened = Region::open(store, "thing", Access::read);
      if (!reads) {
        CHILD_REQUIRE(code_of(opened) == Code::denied);
        return 0;
      }
      CHILD_REQUIRE(root(must(std::move(opened)), 0) == 1);
      return 0;
    }));
    kill_now(stopped);
    CHECK(root(region, 0) == 1);
  }
}

TEST_CASE("processes of one pid in two pid namespaces are two", "[lock]") {
  if (!is_root() || in_child([] { return ::unshare(CLONE_NEWPID) == 0 ? 0 : 1; }).exit_status != 0) {
    SKIP("no pid namespaces can be had");
  }
  const Object object;
  Region region = object.open();
  set_root(region, 0, 1);
  const auto as_first_of_a_namespace = [](pid_t& outer, const Act& act) {
    return forked([&outer, act] {
      CHILD_REQUIRE(::unshare(CLONE_NEWPID) == 0);
      const pid_t pid = forked([&] {
        CHILD_REQUIRE(::getpid() == 1);
        return act();
      });
      tell(outer, pid);
      return status_of(pid) == 0 ? 0 : 1;
    });
  };
  auto& shared = test::shared<Shared>();

  SECTION("the lock of a killed one passes to the other, of a living one it does not") {
    const pid_t one = as_first_of_a_namespace(shared.pid, [&] {
      Region own = object.open();
      auto change = must(own.begin());
      change.set_root(0, 2);
      tell(shared.ready, 1);
      return pausing();
    });
    REQUIRE(soon([&] { return look(shared.ready) == 1; }));
    const pid_t two = as_first_of_a_namespace(shared.other, [&] {
      Region own = object.open();
      own.set_patience(30 * ms);
      CHILD_REQUIRE(code_of(own.begin()) == Code::timed_out);
      tell(shared.ready, 2);
      own.set_patience(30'000 * ms);
      const auto change = must(own.begin());
      tell(shared.at_ns, shm::os::monotonic_ns());
      return change.get_root(0) == 1 ? 0 : 1;
    });
    REQUIRE(soon([&] { return look(shared.ready) == 2; }));
    const std::int64_t from = shm::os::monotonic_ns();
    CHECK(::kill(shared.pid, SIGKILL) == 0);
    CHECK(status_of(two) == 0);
    CHECK(status_of(one) != 0);
    CHECK(shared.at_ns - from < 5000 * ms);
  }

  SECTION("they never have it both, also when waiters among them are killed") {
    const auto work = [&] {
      Region own = object.open();
      for (int i = 0; i < 20'000; ++i) {
        auto change = must(own.begin());
        CHILD_REQUIRE(__atomic_exchange_n(&shared.inside, 1, __ATOMIC_ACQ_REL) == 0);
        change.set_root(1, change.get_root(1) + 1);
        change.set_root(2, change.get_root(2) + 1);
        tell(shared.inside, 0);
        must(change.commit());
      }
      return 0;
    };
    const pid_t one = as_first_of_a_namespace(shared.pid, work);
    const pid_t two = as_first_of_a_namespace(shared.other, work);
    for (int i = 0; i < 20; ++i) {  // these wait, mostly, when they are killed
      pid_t inner = 0;
      auto& waits = test::shared<pid_t>();
      const pid_t third = as_first_of_a_namespace(waits, [&] {
        Region own = object.open();
        for (;;) {
          (void)must(own.begin());
        }
        return 0;
      });
      REQUIRE(soon([&] { return (inner = look(waits)) != 0; }));
      ::usleep(1000);
      ::kill(inner, SIGKILL);
      status_of(third);
    }
    CHECK(status_of(one) == 0);
    CHECK(status_of(two) == 0);
    CHECK(root(region, 1) == 40'000);
    CHECK(root(region, 2) == 40'000);
  }
}

// Processes that have an object's lock, or wait for it. What a test forks here it must wait for.
#pragma once
#include <sys/wait.h>
#include <csignal>
#include "catch.hpp"
#include "os/process.hpp"
#include "segment/object.hpp"
#include "support/process.hpp"

namespace test {

struct Shared {
  std::int64_t at_ns;
  std::int64_t killed_ns;
  pid_t pid;
  pid_t other;
  int ready;
  int inside;
  int done;
};

inline pid_t forked(const Act& act) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    try {
      ::_exit(act());
    } catch (const std::exception& thrown) {
      ::dprintf(2, "%s\n", thrown.what());
      ::_exit(98);
    }
  }
  return pid;
}
inline int pausing() {
  for (;;) {
    ::pause();
  }
}
inline void kill_now(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}
inline bool is_in(pid_t pid, char state) {
  return soon([&] { return shm::os::process_state(pid)->state == state; });
}
// A process that has changed root word 0 to 2 and has not committed.
inline pid_t owner(const Object& object, Shared& shared) {
  tell(shared.ready, 0);
  const pid_t pid = forked([&] {
    Region region = object.open();
    auto change = must(region.begin());
    change.set_root(0, 2);
    tell(shared.ready, 1);
    return pausing();
  });
  REQUIRE(soon([&] { return look(shared.ready) == 1; }));
  return pid;
}
// A process that is asleep because it waits for the lock; it notes when it got it, and gives it back.
inline pid_t waiter(const Object& object, Shared& shared) {
  const Region looker = object.open(Access::read);
  const std::uint64_t sessions = look(Inspector::control(looker).sessions);
  const pid_t pid = forked([&] {
    Region region = object.open();
    region.set_patience(30'000 * ms);
    auto change = must(region.begin());
    tell(shared.at_ns, shm::os::monotonic_ns());
    change.set_root(1, change.get_root(1) + 1);
    CHILD_REQUIRE(change.get_root(0) == 1);
    must(change.commit());
    return 0;
  });
  REQUIRE(soon([&] { return look(Inspector::control(looker).sessions) > sessions; }));
  REQUIRE(soon([&] { return (look(Inspector::control(looker).lock) & shm::segment::contended) != 0; }));
  REQUIRE(is_in(pid, 'S'));
  return pid;
}
inline int status_of(pid_t pid) {
  int status = -1;
  ::waitpid(pid, &status, 0);
  return status;
}

}  // namespace test

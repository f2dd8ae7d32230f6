// Those who wait for a job get it in the order in which they came, one at a time: the others are not even woken.
#include <sys/resource.h>
#include <cstdlib>
#include <vector>
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using test::want_within;

namespace {
constexpr int most_waiters = 20000;

struct Order {
  int next;
  int came[most_waiters];
};

int number_of_waiters() {
  const char* const said = std::getenv("SHMCTL_WAITERS");
  const int number = said == nullptr ? 200 : std::atoi(said);
  return number > 0 && number <= most_waiters ? number : 200;
}

/// Returns once the process sleeps, which a waiter does in the kernel's queue and nowhere else.
void settle(int pid) {
  for (auto state = os::process_state(pid); state && state->state != 'S' && !state->ended();
       state = os::process_state(pid)) {
    ::sched_yield();
  }
}

int wait_for_turn(const store::Store& store, Order& order, int number) {
  auto wanted = test::want();
  wanted.wait = true;
  auto outcome = acquire(store, "job", wanted);
  if (!outcome || !outcome->hold || !outcome->hold->begin("in turn")) {
    return 1;
  }
  order.came[order.next++] = number;  // nobody else is here
  outcome->hold->end(test::exited(0));
  // Who was woken without having his turn went back to sleep: that is counted as a switch of his own accord. Were all
  // woken at each turn, most would have more of them than this; a slow disk makes for a few.
  struct rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_nvcsw <= 50 ? 0 : 2;
}
}  // namespace

TEST_CASE("many waiters get the job in their order, and none is woken before its turn", "[order]") {
  const test::OwnStore store;
  auto& order = test::shared<Order>();
  test::OtherRun other(*store, "job");
  const int number = number_of_waiters();
  std::vector<pid_t> waiters;
  for (int i = 0; i < number; ++i) {
    waiters.push_back(::fork());
    if (waiters.back() == 0) {
      ::_exit(wait_for_turn(*store, order, i));
    }
    settle(waiters.back());
  }
  other.kill_command();
  for (int i = 0; i < number; ++i) {
    int status = -1;
    REQUIRE(::waitpid(waiters[static_cast<std::size_t>(i)], &status, 0) > 0);
    REQUIRE(status == 0);
  }
  REQUIRE(order.next == number);
  for (int i = 0; i < number; ++i) {
    REQUIRE(order.came[i] == i);
  }
}

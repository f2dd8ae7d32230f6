#include "os/poll.hpp"
#include <unistd.h>
#include "catch.hpp"
#include "os/clock.hpp"
#include "support/process.hpp"

using namespace shm::os;

TEST_CASE("what is ready is told, and time that is up", "[poll]") {
  int ends[2];
  REQUIRE(::pipe(&ends[0]) == 0);
  const Fd from(ends[0]);
  const Fd to(ends[1]);
  pollfd list[] = {{from.get(), POLLIN, 7}, {to.get(), POLLOUT, 0}};
  poll_until({&list[0], 1}, monotonic_ns() + 5'000'000);
  CHECK(list[0].revents == 0);
  poll_until({&list[0], 1}, monotonic_ns() - 5);  // long past: only a look
  CHECK(list[0].revents == 0);
  poll_until(list, -1);
  CHECK(list[1].revents == POLLOUT);
  REQUIRE(::write(to.get(), "x", 1) == 1);
  poll_until({&list[0], 1}, -1);
  CHECK(list[0].revents == POLLIN);
}

TEST_CASE("a signal that has come makes its descriptor readable, until it is taken", "[poll]") {
  const auto outcome = test::in_child([] {
    const SignalSet mine(SIGUSR1);
    block_signals(mine);
    const Fd wakes = open_signals(mine);
    CHILD_REQUIRE(wakes);
    pollfd list[] = {{wakes.get(), POLLIN, 0}};
    poll_until(list, 0);
    CHILD_REQUIRE(list[0].revents == 0);
    ::kill(::getpid(), SIGUSR1);
    poll_until(list, -1);
    CHILD_REQUIRE(list[0].revents == POLLIN);
    const auto received = next_signal(mine, 0);
    CHILD_REQUIRE(received.signal == SIGUSR1 && received.sender == ::getpid());
    poll_until(list, 0);
    CHILD_REQUIRE(list[0].revents == 0);
    return 0;
  });
  test::succeeds(outcome);
}

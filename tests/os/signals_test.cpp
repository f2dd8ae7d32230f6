#include "os/signals.hpp"
#include <unistd.h>
#include <cstring>
#include <string>
#include "catch.hpp"
#include "os/clock.hpp"
#include "os/signal_text.hpp"
#include "support/process.hpp"

using namespace shm::os;

TEST_CASE("a set has what was put into it", "[signals]") {
  SignalSet set{SIGINT, SIGTERM};
  set.add(64);
  CHECK(set.has(SIGINT));
  CHECK(set.has(SIGTERM));
  CHECK(set.has(64));
  CHECK_FALSE(set.has(SIGHUP));
  CHECK_FALSE(SignalSet().has(1));
}

TEST_CASE("blocked signals wait until they are taken, one after another", "[signals]") {
  const auto outcome = test::in_child([] {
    const SignalSet set{SIGUSR1, SIGUSR2};
    const SignalSet before = block_signals(set);
    CHILD_REQUIRE(!before.has(SIGUSR1));
    ::kill(::getpid(), SIGUSR2);
    ::kill(::getpid(), SIGUSR1);
    const auto first = next_signal(set, -1);
    const auto second = next_signal(set, -1);
    CHILD_REQUIRE(first.signal == SIGUSR1);
    CHILD_REQUIRE(second.signal == SIGUSR2);
    CHILD_REQUIRE(first.from_process);
    CHILD_REQUIRE(first.sender == ::getpid());
    const std::int64_t deadline = monotonic_ns() + 5'000'000;
    CHILD_REQUIRE(next_signal(set, deadline).signal == 0);
    CHILD_REQUIRE(monotonic_ns() >= deadline);
    CHILD_REQUIRE(next_signal(set, 0).signal == 0);
    CHILD_REQUIRE(set_signal_mask(before).has(SIGUSR2));
    CHILD_REQUIRE(!block_signals(SignalSet()).has(SIGUSR2));
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("a signal of the kernel's own has no sender", "[signals]") {
  const auto outcome = test::in_child([] {
    const SignalSet set{SIGALRM};
    block_signals(set);
    ::ualarm(1000, 0);
    const auto received = next_signal(set, -1);
    CHILD_REQUIRE(received.signal == SIGALRM);
    CHILD_REQUIRE(!received.from_process);
    CHILD_REQUIRE(received.sender == 0);
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("ignoring is seen and set", "[signals]") {
  const auto outcome = test::in_child([] {
    set_signal_ignored(SIGHUP, false);  // nohup may have begun this
    CHILD_REQUIRE(!signal_ignored(SIGHUP));
    set_signal_ignored(SIGHUP, true);
    CHILD_REQUIRE(signal_ignored(SIGHUP));
    ::kill(::getpid(), SIGHUP);
    set_signal_ignored(SIGHUP, false);
    CHILD_REQUIRE(!signal_ignored(SIGHUP));
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("a handler is called, interrupts, and what was there before is put back", "[signals]") {
  const auto outcome = test::in_child([] {
    static int calls = 0;
    const auto count = [](int) { ++calls; };
    const SignalHandler before = set_signal_handler(SIGUSR1, count);
    CHILD_REQUIRE(before == SIG_DFL);
    ::kill(::getpid(), SIGUSR1);
    ::kill(::getpid(), SIGUSR1);
    CHILD_REQUIRE(calls == 2);
    CHILD_REQUIRE(set_signal_handler(SIGUSR1, SIG_IGN) == static_cast<SignalHandler>(count));
    CHILD_REQUIRE(signal_ignored(SIGUSR1));
    ::kill(::getpid(), SIGUSR1);
    CHILD_REQUIRE(calls == 2);
    set_signal_ignored(SIGUSR1, false);
    CHILD_REQUIRE(!signal_ignored(SIGUSR1));
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("signals have the names that the C library gives them", "[signals]") {
  for (int signal = -1; signal <= most_signal + 1; ++signal) {
    const char* const wanted = signal > 0 ? sigabbrev_np(signal) : nullptr;
    const char* const name = signal_abbreviation(signal);
    CAPTURE(signal);
    CHECK(std::string(name != nullptr ? name : "") == (wanted != nullptr ? wanted : ""));
  }
}

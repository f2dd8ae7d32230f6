#include "os/delivery.hpp"
#include <fcntl.h>
#include <unistd.h>
#include <string>
#include "catch.hpp"
#include "support/process.hpp"

using namespace shm::os;

namespace {
// Makes a pipe the standard output; returns the end to read from.
int pipe_out() {
  int ends[2];
  CHILD_REQUIRE(::pipe(&ends[0]) == 0);
  ::dup2(ends[1], 1);
  ::close(ends[1]);
  return ends[0];
}
}  // namespace

TEST_CASE("all that is delivered goes out", "[delivery]") {
  succeeds(test::in_child([] {
    const int end = pipe_out();
    Delivery delivery;
    std::size_t written = 1;
    CHILD_REQUIRE(Delivery::check().has_value());
    CHILD_REQUIRE(delivery.write("", written).has_value() && written == 0);
    const std::string text(20000, 'x');
    CHILD_REQUIRE(delivery.write(text, written).has_value() && written == text.size());
    std::string got(30000, '\0');
    CHILD_REQUIRE(::read(end, got.data(), got.size()) == 20000);
    return 0;
  }));
}

TEST_CASE("a pipe without a reader is told before anything is written, and while", "[delivery]") {
  succeeds(test::in_child([] {
    const int end = pipe_out();
    {
      Delivery delivery;
      ::close(end);
      const auto looked = Delivery::check();
      CHILD_REQUIRE(!looked && looked.error().sys_errno == EPIPE);
      std::size_t written = 1;
      const auto wrote = delivery.write("text", written);
      CHILD_REQUIRE(!wrote && wrote.error().sys_errno == EPIPE && written == 0);
    }
    return 0;  // and no SIGPIPE came afterwards
  }));
}

TEST_CASE("an output that is closed or only for reading is told", "[delivery]") {
  succeeds(test::in_child([] {
    ::close(1);
    CHILD_REQUIRE(Delivery::check().error().sys_errno == EBADF);
    CHILD_REQUIRE(::open("/dev/null", O_RDONLY) == 1);
    CHILD_REQUIRE(Delivery::check().error().sys_errno == EBADF);
    return 0;
  }));
}

TEST_CASE("a signal waits for the delivery, and ends one that nobody reads", "[delivery]") {
  const auto outcome = test::in_child([] {
    const int end = pipe_out();
    ::fcntl(end, F_SETPIPE_SZ, 4096);
    Delivery delivery;
    ::kill(::getpid(), SIGTERM);
    std::size_t written = 0;
    const auto wrote = delivery.write(std::string(100000, 'x'), written);
    CHILD_REQUIRE(!wrote && wrote.error().sys_errno == EINTR);
    CHILD_REQUIRE(written > 0 && written < 100000);
    return 0;  // the signal ends it where the delivery does
  });
  CHECK(outcome.signal == SIGTERM);
}

TEST_CASE("a signal that is ignored ends no delivery", "[delivery]") {
  succeeds(test::in_child([] {
    const int end = pipe_out();
    set_signal_ignored(SIGHUP, true);
    Delivery delivery;
    ::kill(::getpid(), SIGHUP);
    delivery.let_signals_in();
    std::size_t written = 0;
    CHILD_REQUIRE(delivery.write("text", written).has_value() && written == 4);
    ::close(end);
    return 0;
  }));
}

TEST_CASE("signals are let in where nothing is under way", "[delivery]") {
  const auto outcome = test::in_child([] {
    Delivery delivery;
    ::kill(::getpid(), SIGINT);
    delivery.let_signals_in();
    return 1;
  });
  CHECK(outcome.signal == SIGINT);
}

// What a service manager hears while the main thread waits for a job.
#include "full/waiting_news.hpp"
#include <algorithm>
#include "guard/support.hpp"
#include "guard/watch.hpp"
#include "support/service_manager.hpp"

namespace {
using namespace shm;
using full::WaitingNews;

std::string wait_for_message(test::ServiceManager& manager) {
  for (int i = 0; i < 3000; ++i) {
    if (auto message = manager.next()) {
      return message->text;
    }
    os::sleep_until(os::after(10 * test::ms));
  }
  return "(never)";
}

TEST_CASE("who waits is told of, with who has the job") {
  test::ServiceManager manager;
  const auto socket = systemd::ManagerSocket::open();
  REQUIRE(socket);
  const test::OwnStore store;
  auto hold = test::take(*store, "job", test::want(), "backup --all");
  WaitingNews news(*socket, &*store, "job", test::want_within(60'000 * test::ms));
  const auto text = wait_for_message(manager);
  CHECK(text.starts_with("EXTEND_TIMEOUT_USEC=60000000\nSTATUS=waits for job job: pid "));
  CHECK(text.find("(backup --all) has it since 20") != std::string::npos);
  CHECK(news.end());
  CHECK(news.end());
  hold.end({});
}

TEST_CASE("a wait that is over at once is not told of") {
  test::ServiceManager manager;
  const auto socket = systemd::ManagerSocket::open();
  REQUIRE(socket);
  const test::OwnStore store;
  for (int i = 0; i < 100; ++i) {
    WaitingNews news(*socket, &*store, "job", test::want_within(60'000 * test::ms));
  }
  SUCCEED();
}

TEST_CASE("the watchdog hears of who waits, and of who has nothing to say about a job") {
  ::setenv("WATCHDOG_USEC", "40000", 1);
  ::unsetenv("WATCHDOG_PID");
  test::ServiceManager manager;
  const auto socket = systemd::ManagerSocket::open();
  REQUIRE(socket);
  const test::OwnStore store;
  {
    WaitingNews news(*socket, nullptr, "job", test::want());
    for (int i = 0; i < 3; ++i) {
      CHECK(wait_for_message(manager) == "WATCHDOG=1");
    }
  }
  while (manager.next()) {
  }
  auto hold = test::take(*store, "job");
  WaitingNews news(*socket, &*store, "job", test::want_within(60'000 * test::ms));
  CHECK(wait_for_message(manager) == "WATCHDOG=1");
  CHECK(wait_for_message(manager).starts_with("EXTEND_TIMEOUT_USEC="));
  CHECK(wait_for_message(manager) == "WATCHDOG=1");
  news.end();
  hold.end({});
  ::unsetenv("WATCHDOG_USEC");
}

// A process's locks on a file end when it closes any descriptor of that file.
TEST_CASE("its looks do not take away the main thread's mark as a waiter") {
  test::ServiceManager manager;
  const auto socket = systemd::ManagerSocket::open();
  REQUIRE(socket);
  const test::OwnStore store;
  test::OtherRun holder(*store, "job");
  const auto waiter = [&]() -> int {
    WaitingNews news(*socket, &*store, "job", test::want_within(60'000 * test::ms));
    const auto outcome = guard::acquire(*store, "job", test::want_within(60'000 * test::ms));
    CHILD_REQUIRE(outcome && outcome->hold);
    return 0;
  };
  test::Crowd crowd;
  crowd.add(waiter);
  crowd.add(waiter);
  crowd.go();
  // Both have their marks, and who says so has looked, and closed what it had opened for that.
  std::string text;
  do {
    text = wait_for_message(manager);
  } while (text != "(never)" && !text.ends_with("; 2 wait"));
  CHECK(text != "(never)");
  auto pids = crowd.pids();
  std::sort(pids.begin(), pids.end());
  CHECK(guard::view_job(*store, "job")->waiters == pids);
  holder.kill_supervisor();
  holder.kill_command();
  CHECK(crowd.wait());
}
}  // namespace

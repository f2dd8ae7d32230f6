#include "guard/alert.hpp"
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>
#include <string>
#include "catch.hpp"
#include "os/spawn.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm;
using namespace shm::guard;

TEST_CASE("an alert has a session of its own, and no input", "[alert]") {
  const test::Directory directory;
  const auto outcome = test::in_child([&] {
    os::set_signal_ignored(SIGPIPE, false);
    const Alert alert;
    os::set_signal_ignored(SIGPIPE, true);
    ::setenv("SYSTEMD_EXEC_PID", std::to_string(::getpid()).c_str(), 1);
    const std::string line = "cd '" + directory.path() +
                             "' && cat && grep SigIgn /proc/self/status >signals;"
                             "read -r _ _ _ _ _ session _ </proc/$$/stat; echo $((session == $$)) >session";
    CHILD_REQUIRE(alert.start(line.c_str(), environ).has_value());
    CHILD_REQUIRE(::waitpid(-1, nullptr, 0) < 0);  // it was waited for
    return 0;
  });
  test::succeeds(outcome);
  CHECK(test::content_of(directory / "session") == "1\n");
  CHECK(test::content_of(directory / "signals") == "SigIgn:\t0000000000000000\n");
}

TEST_CASE("an alert outlives who started it", "[alert]") {
  const test::Directory directory;
  test::make_fifo(directory / "gate");
  const std::string line =
      "exec 2>/dev/null; read -r word <'" + (directory / "gate") + "'; echo $word >'" + (directory / "gone") + "'";
  test::succeeds(test::in_child([&] {
    ::unsetenv("SYSTEMD_EXEC_PID");
    CHILD_REQUIRE(Alert().start(line.c_str(), environ).has_value());
    return 0;
  }));
  CHECK_FALSE(test::exists(directory / "gone"));
  REQUIRE(std::system(("echo late >'" + (directory / "gate") + "'").c_str()) == 0);
  for (int i = 0; i < 3000 && (!test::exists(directory / "gone") || test::content_of(directory / "gone").empty());
       ++i) {
    ::usleep(10'000);
  }
  CHECK(test::content_of(directory / "gone") == "late\n");
}

TEST_CASE("an alert that can't be started is an error", "[alert]") {
  test::succeeds(test::in_child([] {
    const rlimit few{0, 0};
    const Alert alert;
    CHILD_REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
    const auto started = alert.start("true", environ);
    CHILD_REQUIRE(!started && started.error().code == os::Code::full);
    return 0;
  }));
}

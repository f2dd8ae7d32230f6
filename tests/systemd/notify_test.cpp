// The way to the service manager.
#include "systemd/notify.hpp"
#include <unistd.h>
#include "support/service_manager.hpp"

namespace {
using namespace shm;
using systemd::ManagerSocket;
using systemd::Told;

TEST_CASE("a message comes with this process's pid, and with its descriptors") {
  test::ServiceManager manager;
  const auto socket = ManagerSocket::open();
  REQUIRE(socket);
  const int files[] = {0, 1};
  CHECK(socket->tell("READY=1\nSTATUS=x", files) == Told::yes);
  const auto message = manager.next();
  REQUIRE(message);
  CHECK(message->text == "READY=1\nSTATUS=x");
  CHECK(message->pid == ::getpid());
  CHECK(message->files.size() == 2);
}

TEST_CASE("a manager that does not read is not waited for") {
  test::ServiceManager manager;
  const auto socket = ManagerSocket::open();
  REQUIRE(socket);
  int sent = 0;
  while (socket->tell("STATUS=x") == Told::yes && sent < 100'000) {
    ++sent;
  }
  CHECK(socket->tell("STATUS=y") == Told::not_now);
  REQUIRE(manager.next());
  CHECK(socket->tell("STATUS=z") == Told::yes);
  CHECK(sent < 100'000);
}

TEST_CASE("a manager that is gone is told nothing") {
  test::ServiceManager manager;
  const auto socket = ManagerSocket::open();
  REQUIRE(socket);
  manager.goes();
  CHECK(socket->tell("STATUS=x") == Told::never);
  CHECK(ManagerSocket::open().error().code != os::Code::absent);
}

TEST_CASE("where no manager is named, or none that can be reached, there is none") {
  ::unsetenv("NOTIFY_SOCKET");
  CHECK(ManagerSocket::open().error().code == os::Code::absent);
  ::setenv("NOTIFY_SOCKET", "", 1);
  CHECK(ManagerSocket::open().error().code == os::Code::absent);
  for (const char* const address : {"relative", "@", "/", "/nonexistent/socket", "vsock:2:1234"}) {
    ::setenv("NOTIFY_SOCKET", address, 1);
    CHECK_FALSE(ManagerSocket::open());
  }
  ::setenv("NOTIFY_SOCKET", ("/" + std::string(200, 'x')).c_str(), 1);
  CHECK(ManagerSocket::open().error().code == os::Code::usage);
  ::unsetenv("NOTIFY_SOCKET");
}

TEST_CASE("the watchdog is this process's only if it is named") {
  ::setenv("WATCHDOG_USEC", "2000000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  CHECK(systemd::watchdog_ns() == 2'000'000'000);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK(systemd::watchdog_ns() == 0);
  ::setenv("WATCHDOG_USEC", "nonsense", 1);
  ::unsetenv("WATCHDOG_PID");
  CHECK(systemd::watchdog_ns() == 0);
  ::unsetenv("WATCHDOG_USEC");
}
}  // namespace

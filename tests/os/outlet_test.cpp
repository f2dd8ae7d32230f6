#include "os/outlet.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include "catch.hpp"
#include "os/signals.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::os;

namespace {
Code code_of(const auto& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}
unsigned mode_of(const std::string& path) {
  struct stat info{};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 07777U;
}
}  // namespace

TEST_CASE("a file is replaced as a whole, and keeps its mode; nothing else is left", "[outlet]") {
  const test::Directory directory;
  const auto outlet = Outlet::file(directory / "status");
  REQUIRE(outlet);
  CHECK(test::files_in(directory.path()).empty());
  const auto mask = ::umask(027);
  REQUIRE(outlet->write("first\n"));
  ::umask(mask);
  CHECK(test::content_of(directory / "status") == "first\n");
  CHECK(mode_of(directory / "status") == 0640);
  test::change_mode(directory / "status", 0604);
  const int before = ::open((directory / "status").c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(outlet->write("second\n"));
  char bytes[16] = {};
  CHECK(::read(before, &bytes[0], sizeof bytes) == 6);
  CHECK(std::string_view(&bytes[0]) == "first\n");
  ::close(before);
  CHECK(test::content_of(directory / "status") == "second\n");
  CHECK(mode_of(directory / "status") == 0604);
  CHECK(test::files_in(directory.path()) == std::vector<std::string>{"status"});
}

TEST_CASE("only a regular file in a directory that is there is replaced", "[outlet]") {
  const test::Directory directory;
  test::make_fifo(directory / "fifo");
  test::make_link(directory / "target", directory / "link");
  CHECK(code_of(Outlet::file(directory / "fifo")) == Code::usage);
  CHECK(code_of(Outlet::file(directory / "link")) == Code::usage);
  CHECK(code_of(Outlet::file("/dev/null")) == Code::usage);
  for (const std::string name : {"", ".", ".."}) {
    CHECK(code_of(Outlet::file(directory / name)) == Code::usage);
  }
  CHECK(code_of(Outlet::file("")) == Code::usage);
  CHECK(code_of(Outlet::file(directory / "none/status")) == Code::absent);
  CHECK(code_of(Outlet::file(directory / std::string(300, 'x'))) != Code::absent);
  // What became of it meanwhile is seen as well.
  const auto outlet = Outlet::file(directory / "status");
  REQUIRE(outlet);
  test::make_fifo(directory / "status");
  CHECK(code_of(outlet->write("x")) == Code::usage);
  CHECK(test::files_in(directory.path()) == std::vector<std::string>{"fifo", "link", "status"});
}

TEST_CASE("a file is found from where the program was then", "[outlet]") {
  const auto outcome = test::in_child([] {
    const test::Directory directory;
    CHILD_REQUIRE(::chdir(directory.path().c_str()) == 0);
    const auto outlet = Outlet::file("status");
    CHILD_REQUIRE(outlet.has_value());
    CHILD_REQUIRE(::chdir("/") == 0);
    CHILD_REQUIRE(outlet->write("x").has_value());
    CHILD_REQUIRE(test::content_of(directory / "status") == "x");
    return 0;
  });
  test::succeeds(outcome);
}

TEST_CASE("a descriptor is written to, and inherited by nobody", "[outlet]") {
  int ends[2];
  REQUIRE(::pipe(&ends[0]) == 0);
  const Fd from(ends[0]);
  const int given = ends[1];
  {
    const auto outlet = Outlet::descriptor(given);
    REQUIRE(outlet);
    CHECK(::fcntl(given, F_GETFD) != 0);  // another file's, closed, or close-on-exec
    REQUIRE(outlet->write("line\n"));
  }
  char bytes[16] = {};
  CHECK(::read(from.get(), &bytes[0], sizeof bytes) == 5);
  CHECK(std::string_view(&bytes[0]) == "line\n");
  CHECK(::read(from.get(), &bytes[0], sizeof bytes) == 0);  // nobody has the other end any more
}

TEST_CASE("a standard stream stays what it is", "[outlet]") {
  const auto outcome = test::in_child([] {
    const auto outlet = Outlet::descriptor(2);
    CHILD_REQUIRE(outlet.has_value());
    CHILD_REQUIRE(::fcntl(2, F_GETFD) == 0);
    CHILD_REQUIRE(outlet->write("x").has_value());
    return 0;
  });
  test::succeeds({outcome.exit_status, outcome.signal, ""});
  CHECK(outcome.errors == "x");
}

TEST_CASE("a descriptor that is not open for writing is refused", "[outlet]") {
  const Fd reading(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK(code_of(Outlet::descriptor(reading.get())) == Code::usage);
  const Fd path(::open("/", O_PATH | O_CLOEXEC));
  CHECK(code_of(Outlet::descriptor(path.get())) == Code::usage);
  CHECK(code_of(Outlet::descriptor(1000000)) == Code::usage);
  CHECK(code_of(Outlet::descriptor(-1)) == Code::usage);
}

TEST_CASE("that nobody reads is an error and no signal", "[outlet]") {
  int ends[2];
  REQUIRE(::pipe(&ends[0]) == 0);
  const auto outlet = Outlet::descriptor(ends[1]);
  REQUIRE(outlet);
  ::close(ends[0]);
  const auto written = outlet->write("x");
  REQUIRE_FALSE(written);
  CHECK(written.error().sys_errno == EPIPE);
  CHECK(next_signal({SIGPIPE}, 0).signal == 0);
}

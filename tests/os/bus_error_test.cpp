#include "os/bus_error.hpp"
#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include "catch.hpp"
#include "os/file.hpp"
#include "os/mapping.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::os;

namespace {
constexpr std::size_t page = 4096;

// Touches the second page of a mapped file whose second page was cut away after the mapping.
int touch_what_is_gone(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  auto mapping = Mapping::open(file, 2 * page, Access::write, "hits");
  CHILD_REQUIRE(mapping.has_value());
  CHILD_REQUIRE(std::to_integer<int>(mapping->data()[page]) == 'x');
  CHILD_REQUIRE(::ftruncate(file.get(), page) == 0);
  return std::to_integer<int>(*static_cast<volatile std::byte*>(mapping->data() + page));
}
}  // namespace

TEST_CASE("a file that is cut while it is mapped ends the program with one line", "[bus_error]") {
  const test::Directory directory;
  test::make_file(directory / "hits", std::string(2 * page, 'x'));
  const auto outcome = test::in_child([&] {
    end_on_bus_error("other", 5);
    end_on_bus_error("hits", 4);  // the last one counts
    return touch_what_is_gone(directory / "hits");
  });
  CHECK(outcome.exit_status == 4);
  CHECK(outcome.errors == "shmctl: use 'hits': the file was cut short while in use (remove it with 'shmctl rm')\n");
}

TEST_CASE("without that, it is a death by SIGBUS", "[bus_error]") {
  const test::Directory directory;
  test::make_file(directory / "hits", std::string(2 * page, 'x'));
  const auto outcome = test::in_child([&] { return touch_what_is_gone(directory / "hits"); });
  if (test::sanitized) {
    CHECK(outcome.exit_status != 4);  // the sanitizer reports it
  } else {
    CHECK(outcome.signal == SIGBUS);
  }
}

TEST_CASE("the line is one line, whatever the object is called", "[bus_error]") {
  const std::string name = "a\nb\033[31m" + std::string(1000, 'n');
  const auto outcome = test::in_child([&] {
    end_on_bus_error(name.c_str(), 4);
    return ::raise(SIGBUS);
  });
  CHECK(outcome.exit_status == 4);
  CHECK(std::count(outcome.errors.begin(), outcome.errors.end(), '\n') == 1);
  CHECK(outcome.errors.starts_with("shmctl: use 'a?b?[31mnnn"));
  CHECK(outcome.errors.ends_with("'shmctl rm')\n"));
}

#include <fcntl.h>
#include <unistd.h>
#include "catch.hpp"
#include "os/standard_streams.hpp"
#include "support/process.hpp"

using namespace shm::os;

namespace {
/// Standard input is that file in a child that does `act`.
void with_input(const char* path, int flags, const test::Act& act) {
  test::succeeds(test::in_child([&] {
    ::close(0);
    CHILD_REQUIRE(path == nullptr || ::open(path, flags) == 0);  // NOLINT(android-cloexec-open): it is the child's
    return act();
  }));
}
}  // namespace

TEST_CASE("standard input is given unless it is closed, not for reading, or a terminal", "[input]") {
  const auto given = [] { return input_is_given() ? 0 : 1; };
  const auto not_given = [] { return input_is_given() ? 1 : 0; };
  with_input("/dev/null", O_RDONLY, given);
  with_input("/proc/self/stat", O_RDONLY, given);
  with_input(nullptr, 0, not_given);
  with_input("/", O_PATH, not_given);
  with_input("/dev/null", O_WRONLY, not_given);
  if (::access("/dev/ptmx", R_OK | W_OK) == 0) {
    with_input("/dev/ptmx", O_RDWR | O_NOCTTY, not_given);
  }
}

TEST_CASE("input that is given is read from its beginning, here and by commands", "[input]") {
  with_input("/dev/null", O_RDONLY, [] {
    constexpr std::string_view text("in\0put", 6);
    CHILD_REQUIRE(give_input(std::as_bytes(std::span(text))).has_value());
    CHILD_REQUIRE(::fcntl(0, F_GETFD) == 0);
    Buffer bytes;
    CHILD_REQUIRE(read_input(bytes).has_value());
    CHILD_REQUIRE(bytes.view() == text);
    CHILD_REQUIRE(give_input({}).has_value());
    bytes.clear();
    CHILD_REQUIRE(read_input(bytes).has_value());
    CHILD_REQUIRE(bytes.empty());
    return 0;
  });
}

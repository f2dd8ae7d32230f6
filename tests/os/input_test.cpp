#include "os/input.hpp"
#include <fcntl.h>
#include "catch.hpp"
#include "support/directory.hpp"

using shm::os::Code;
using shm::os::Input;

TEST_CASE("a file is read to its end, as far as there is room", "[input]") {
  const test::Directory directory;
  const std::string path = directory / "file";
  test::make_file(path, "abcdef");
  auto input = Input::open(path);
  REQUIRE(input);
  CHECK(input->ready());
  std::byte bytes[4];
  CHECK(input->read(bytes) == 4);
  CHECK(input->read(bytes) == 2);
  CHECK(bytes[0] == std::byte{'e'});
  CHECK(input->read(bytes) == 0);
  CHECK(input->read(bytes) == 0);
}

TEST_CASE("what is not there, or no file, is an error", "[input]") {
  const test::Directory directory;
  const auto none = Input::open(directory / "none");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Code::absent);
  auto folder = Input::open(directory.path());
  REQUIRE(folder);
  std::byte bytes[4];
  CHECK_FALSE(folder->read(bytes));
  CHECK_FALSE(Input::open(std::string(5000, 'x')));
}

TEST_CASE("a pipe is ready when there is something in it, or nobody can write to it any more", "[input]") {
  const test::Directory directory;
  const std::string path = directory / "pipe";
  test::make_fifo(path);
  const int writer = ::open(path.c_str(), O_RDWR | O_CLOEXEC);  // keeps it open for both ends
  REQUIRE(writer >= 0);
  auto input = Input::open(path);
  REQUIRE(input);
  CHECK_FALSE(input->ready());
  REQUIRE(::write(writer, "ab", 2) == 2);
  CHECK(input->ready());
  std::byte bytes[4];
  CHECK(input->read(bytes) == 2);
  CHECK_FALSE(input->ready());
  ::close(writer);
  CHECK(input->ready());
  CHECK(input->read(bytes) == 0);
}

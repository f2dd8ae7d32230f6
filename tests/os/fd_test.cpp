#include "os/fd.hpp"
#include <fcntl.h>
#include <sys/wait.h>
#include "catch.hpp"
#include "support/process.hpp"

using shm::os::Fd;

namespace {
int fresh() {
  const int number = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(number >= 0);
  return number;
}
bool is_open(int number) { return ::fcntl(number, F_GETFD) >= 0; }
}  // namespace

TEST_CASE("a descriptor is closed with its owner", "[fd]") {
  const int number = fresh();
  {
    const Fd fd(number);
    CHECK(fd.get() == number);
    CHECK(static_cast<bool>(fd));
    CHECK(is_open(number));
  }
  CHECK_FALSE(is_open(number));
}

TEST_CASE("an empty owner has none", "[fd]") {
  Fd fd;
  CHECK_FALSE(static_cast<bool>(fd));
  CHECK(fd.get() == -1);
  fd.reset();
  CHECK(fd.release() == -1);
}

TEST_CASE("descriptor 0 is one like any other", "[fd]") {
  test::succeeds(test::in_child([] {
    ::close(0);
    {
      const Fd fd(::open("/dev/null", O_RDONLY));
      CHILD_REQUIRE(fd.get() == 0 && static_cast<bool>(fd));
    }
    CHILD_REQUIRE(!is_open(0));
    return 0;
  }));
}

TEST_CASE("a moved descriptor has one owner", "[fd]") {
  const int number = fresh();
  Fd first(number);
  Fd second(std::move(first));
  CHECK_FALSE(static_cast<bool>(first));  // NOLINT(bugprone-use-after-move)
  CHECK(second.get() == number);
  const int other = fresh();
  Fd third(other);
  third = std::move(second);
  CHECK_FALSE(is_open(other));
  CHECK(third.get() == number);
  Fd& itself = third;
  third = std::move(itself);
  CHECK(third.get() == number);
  CHECK(is_open(number));
}

TEST_CASE("a released descriptor stays open, a reset one does not", "[fd]") {
  Fd fd(fresh());
  const int number = fd.release();
  CHECK_FALSE(static_cast<bool>(fd));
  CHECK(is_open(number));
  Fd again(number);
  again.reset();
  CHECK_FALSE(is_open(number));
  // A second reset must not close what has the number now.
  const int reused = fresh();
  CHECK(reused == number);
  again.reset();
  CHECK(is_open(reused));
  ::close(reused);
}

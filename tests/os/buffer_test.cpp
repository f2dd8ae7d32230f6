// Bytes that grow, and memory that ends.
#include "os/buffer.hpp"
#include <sys/resource.h>
#include <string>
#include "catch.hpp"
#include "support/process.hpp"

using shm::os::Buffer;

TEST_CASE("a buffer holds what was added, in order", "[buffer]") {
  Buffer buffer;
  CHECK(buffer.empty());
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string text(static_cast<std::size_t>(i % 40), static_cast<char>('a' + i % 26));
    REQUIRE(buffer.add(text));
    expected += text;
  }
  CHECK(buffer.view() == expected);
  CHECK(buffer.size() == expected.size());
  CHECK(buffer.bytes().data() == buffer.data());
  CHECK(buffer.add(std::string_view("\0x", 2)));
  CHECK(buffer.size() == expected.size() + 2);
  buffer.clear();
  CHECK(buffer.empty());
  CHECK(buffer.add(std::string_view()));
  CHECK(buffer.view().empty());
}

TEST_CASE("what a buffer gets by a new size is 0, also where there was something before", "[buffer]") {
  Buffer buffer;
  REQUIRE(buffer.add("hello"));
  REQUIRE(buffer.resize(2));
  CHECK(buffer.view() == "he");
  REQUIRE(buffer.resize(6));
  CHECK(buffer.view() == std::string_view("he\0\0\0\0", 6));
  buffer.clear();
  REQUIRE(buffer.resize(3));
  CHECK(buffer.view() == std::string_view("\0\0\0", 3));
}

TEST_CASE("reserved room is there without moving", "[buffer]") {
  Buffer buffer;
  REQUIRE(buffer.reserve(10'000));
  const auto* at = buffer.data();
  const std::string text(10'000, 'x');
  REQUIRE(buffer.add(text));
  CHECK(buffer.data() == at);
  REQUIRE(buffer.reserve(1));
  CHECK(buffer.data() == at);
}

TEST_CASE("a buffer that is moved leaves an empty one", "[buffer]") {
  Buffer one;
  REQUIRE(one.add("one"));
  Buffer two(std::move(one));
  CHECK(two.view() == "one");
  Buffer three;
  REQUIRE(three.add("three"));
  three = std::move(two);
  CHECK(three.view() == "one");
  two = Buffer();
  CHECK(two.empty());
  CHECK(two.add("again"));
  CHECK(two.view() == "again");
}

TEST_CASE("where no memory is left, a buffer stays as it is", "[buffer]") {
  if (test::sanitized) {
    SKIP("a sanitizer needs all address space");
  }
  test::succeeds(test::in_child([] {
    Buffer buffer;
    CHILD_REQUIRE(buffer.add("hello"));
    CHILD_REQUIRE(!buffer.reserve(std::uint64_t{1} << 62U));
    const rlimit limit{256U << 20U, 256U << 20U};
    CHILD_REQUIRE(::setrlimit(RLIMIT_AS, &limit) == 0);
    CHILD_REQUIRE(!buffer.reserve(1U << 30U));
    CHILD_REQUIRE(!buffer.resize(1U << 30U));
    CHILD_REQUIRE(buffer.view() == "hello");
    CHILD_REQUIRE(buffer.add(" again"));
    CHILD_REQUIRE(buffer.view() == "hello again");
    return 0;
  }));
}

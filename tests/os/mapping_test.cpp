#include "os/mapping.hpp"
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include "catch.hpp"
#include "os/file.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;
using test::ok;

namespace {
Fd opened(const std::string& path, int flags) { return Fd(::open(path.c_str(), flags | O_CLOEXEC)); }
}  // namespace

TEST_CASE("mappings of one file see the same bytes", "[mapping]") {
  const test::Directory here;
  test::make_file(here / "file", "hello");
  Result<Mapping> writer;
  Result<Mapping> reader;
  {
    const Fd file = opened(here / "file", O_RDWR);
    writer = Mapping::open(file, 5, Access::write, "file");
    reader = Mapping::open(opened(here / "file", O_RDONLY), 5, Access::read, "file");
  }  // the descriptors are not needed any more
  REQUIRE(code_of(writer) == ok);
  REQUIRE(code_of(reader) == ok);
  CHECK(writer->size() == 5);
  CHECK(std::to_integer<char>(reader->data()[4]) == 'o');
  writer->data()[4] = std::byte{'!'};
  CHECK(std::to_integer<char>(reader->data()[4]) == '!');
  CHECK(test::content_of(here / "file") == "hell!");
}

TEST_CASE("a large file is mapped as a small one is", "[mapping]") {
  const test::Directory here;
  const std::size_t size = 1U << 20U;
  test::make_file(here / "file", std::string(size, 'x'));
  const auto mapping = Mapping::open(opened(here / "file", O_RDWR), size, Access::write, "file");
  REQUIRE(code_of(mapping) == ok);
  CHECK(std::to_integer<char>(mapping->data()[size - 1]) == 'x');
}

TEST_CASE("a mapping that is moved stays, one that is let go goes", "[mapping]") {
  const test::Directory here;
  test::make_file(here / "file", "hello");
  auto first = Mapping::open(opened(here / "file", O_RDONLY), 5, Access::read, "file");
  REQUIRE(code_of(first) == ok);
  const std::byte* at = first->data();
  Mapping second(std::move(*first));
  CHECK(second.data() == at);
  CHECK(second.size() == 5);
  const auto mapped = [&] {
    unsigned char resident = 0;
    const auto page = reinterpret_cast<std::uintptr_t>(at) & ~std::uintptr_t{4095};
    return sys::call(SYS_mincore, page, 4096, &resident) != -ENOMEM;
  };
  CHECK(mapped());
  second = Mapping();
  CHECK_FALSE(mapped());
}

TEST_CASE("what can't be mapped is an error that names the object", "[mapping]") {
  const test::Directory here;
  test::make_file(here / "file", "hello");
  const auto refused = Mapping::open(opened(here / "file", O_RDONLY), 5, Access::write, "hits");
  CHECK(code_of(refused) == Code::denied);
  CHECK(std::string(refused.error().object) == "hits");
  CHECK(code_of(Mapping::open(Fd(), 5, Access::read, "hits")) == Code::system);
  const auto fifo = [&] {
    test::make_fifo(here / "fifo");
    return opened(here / "fifo", O_RDWR | O_NONBLOCK);
  }();
  CHECK_FALSE(Mapping::open(fifo, 4096, Access::read, "fifo").has_value());
}

TEST_CASE("a read mapping can't be written to", "[mapping]") {
  const test::Directory here;
  test::make_file(here / "file", "hello");
  const auto outcome = test::in_child([&] {
    const auto mapping = Mapping::open(opened(here / "file", O_RDWR), 5, Access::read, "file");
    CHILD_REQUIRE(mapping.has_value());
    *static_cast<volatile std::byte*>(mapping->data()) = std::byte{'j'};
    return 0;
  });
  CHECK(outcome.exit_status != 0);
  CHECK(test::content_of(here / "file") == "hello");
}

TEST_CASE("a growing file is seen through one mapping", "[mapping]") {
  const test::Directory here;
  constexpr std::size_t page = 4096;
  constexpr std::size_t room = std::size_t{1} << 30U;
  test::make_file(here / "file", std::string(page, 'x'));
  const Fd file = opened(here / "file", O_RDWR);
  for (const Access access : {Access::write, Access::read}) {
    const auto mapping = Mapping::open_growing(file, page, room, access, "file");
    REQUIRE(code_of(mapping) == ok);
    CHECK(mapping->size() == room);
    CHECK(std::to_integer<char>(mapping->data()[page - 1]) == 'x');
    REQUIRE(::ftruncate(file.get(), 64 * page) == 0);
    REQUIRE(::pwrite(file.get(), "y", 1, 64 * page - 1) == 1);
    CHECK(std::to_integer<char>(mapping->data()[64 * page - 1]) == 'y');
    REQUIRE(::ftruncate(file.get(), page) == 0);
  }
  const auto larger = Mapping::open_growing(file, page, 16, Access::read, "file");
  REQUIRE(code_of(larger) == ok);
  CHECK(larger->size() == page);  // never less than the file
  CHECK(code_of(Mapping::open_growing(opened(here / "file", O_RDONLY), page, room, Access::write, "hits")) ==
        Code::denied);
}

TEST_CASE("of address space as much is kept as can be had", "[mapping]") {
  if (test::sanitized) {
    SKIP("a sanitizer needs all address space");
  }
  const test::Directory here;
  constexpr std::size_t size = 64U << 10U;
  test::make_file(here / "file", std::string(size, 'x'));
  const Fd file = opened(here / "file", O_RDWR);
  test::succeeds(test::in_child([&] {
    for (const rlim_t left : {rlim_t{1} << 30U, rlim_t{128} << 20U}) {
      const rlimit limit{left, RLIM_INFINITY};
      CHILD_REQUIRE(::setrlimit(RLIMIT_AS, &limit) == 0);
      const auto mapping = Mapping::open_growing(file, size, std::size_t{64} << 30U, Access::write, "file");
      CHILD_REQUIRE(mapping.has_value());
      CHILD_REQUIRE(mapping->size() >= size);
      CHILD_REQUIRE(mapping->size() < left);
      CHILD_REQUIRE(std::to_integer<char>(mapping->data()[size - 1]) == 'x');
    }
    const rlimit none{1, RLIM_INFINITY};
    CHILD_REQUIRE(::setrlimit(RLIMIT_AS, &none) == 0);
    CHILD_REQUIRE(code_of(Mapping::open_growing(file, size, std::size_t{64} << 30U, Access::read, "file")) ==
                  Code::full);
    return 0;
  }));
}

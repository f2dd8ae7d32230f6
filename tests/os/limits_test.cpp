// What runs out: space, inodes, descriptors, memory.
#include <fcntl.h>
#include <sys/resource.h>
#include <csignal>
#include "catch.hpp"
#include "os/file.hpp"
#include "os/mapping.hpp"
#include "support/directory.hpp"
#include "support/kernel.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;

TEST_CASE("reserving makes the file that large, and keeps what is in it", "[limits]") {
  const test::Directory here;
  const auto dir = open_directory(here.path());
  const auto file = create_file_at(*dir, "file", 0600);
  REQUIRE(write_at(*file, std::as_bytes(std::span("text", 4)), 0).has_value());
  REQUIRE(allocate(*file, 0, 8192).has_value());
  CHECK(info(*file)->size == 8192);
  CHECK(test::content_of(here / "file").starts_with(std::string("text\0", 5)));
  REQUIRE(allocate(*file, 8192, 4096).has_value());
  CHECK(info(*file)->size == 12288);
  CHECK_FALSE(allocate(*file, 0, 0).has_value());
}

TEST_CASE("a full file system is told when memory is reserved, not by a signal later", "[limits]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const test::Directory here;
  test::succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs(here.path().c_str(), "size=64k"));
    const auto dir = open_directory(here.path());
    const auto file = create_unnamed(*dir, 0600);
    CHILD_REQUIRE(file.has_value());
    const auto too_much = allocate(file->file, 0, 128 * 1024);
    CHILD_REQUIRE(code_of(too_much) == Code::full);
    CHILD_REQUIRE(too_much.error().sys_errno == ENOSPC);
    CHILD_REQUIRE(allocate(file->file, 0, 4096).has_value());  // nothing of the refused was kept
    const auto mapping = Mapping::open(file->file, 4096, Access::write, "x");
    CHILD_REQUIRE(mapping.has_value());
    const auto rest = create_unnamed(*dir, 0600);
    CHILD_REQUIRE(allocate(rest->file, 0, 60 * 1024).has_value());
    mapping->data()[4095] = std::byte{1};  // reserved, so it can't fail now
    return 0;
  }));
}

TEST_CASE("a limit of file sizes is told, and ends nobody", "[limits]") {
  test::succeeds(test::in_child([] {
    ::signal(SIGXFSZ, SIG_DFL);
    const test::Directory here;
    const auto dir = open_directory(here.path());
    const auto file = create_unnamed(*dir, 0600);
    CHILD_REQUIRE(file.has_value());
    const rlimit small{8192, 8192};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto refused = allocate(file->file, 0, 16384);
    CHILD_REQUIRE(code_of(refused) == Code::full);
    CHILD_REQUIRE(refused.error().sys_errno == EFBIG);
    CHILD_REQUIRE(allocate(file->file, 0, 8192).has_value());
    return 0;
  }));
}

TEST_CASE("a file system without inodes is full", "[limits]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const test::Directory here;
  test::succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs(here.path().c_str(), "size=64k,nr_inodes=3"));
    const auto dir = open_directory(here.path());
    const auto first = create_unnamed(*dir, 0600);
    const auto second = create_unnamed(*dir, 0600);
    CHILD_REQUIRE(first.has_value() && second.has_value());
    CHILD_REQUIRE(code_of(create_unnamed(*dir, 0600)) == Code::full);
    CHILD_REQUIRE(code_of(make_directory_at(*dir, "below", 0700)) == Code::full);
    return 0;
  }));
}

TEST_CASE("no descriptor left is full, and says how to get more", "[limits]") {
  const test::Directory here;
  test::make_file(here / "file", "");
  test::succeeds(test::in_child([&] {
    const auto dir = open_directory(here.path());
    CHILD_REQUIRE(dir.has_value());
    CHILD_REQUIRE(test::limit_descriptors(static_cast<unsigned>(dir->get()) + 1));
    for (const auto& refused : {code_of(open_directory(here.path())), code_of(open_file_at(*dir, "file", O_RDONLY)),
                                code_of(create_unnamed(*dir, 0600)), code_of(create_file_at(*dir, "new", 0600))}) {
      CHILD_REQUIRE(refused == Code::full);
    }
    CHILD_REQUIRE(std::string_view(open_directory("/").error().advice).find("ulimit") != std::string_view::npos);
    CHILD_REQUIRE(!test::exists(here / "new"));
    return 0;
  }));
}

TEST_CASE("no address space left is full", "[limits]") {
  if (test::sanitized) {
    SKIP("a sanitizer needs the address space itself");
  }
  const test::Directory here;
  test::make_file(here / "file", std::string(1U << 20U, 'x'));
  test::succeeds(test::in_child([&] {
    const Fd file(::open((here / "file").c_str(), O_RDWR | O_CLOEXEC));
    const rlimit none{0, 0};
    CHILD_REQUIRE(::setrlimit(RLIMIT_AS, &none) == 0);
    const auto mapping = Mapping::open(file, 1U << 20U, Access::write, "x");
    CHILD_REQUIRE(code_of(mapping) == Code::full);
    CHILD_REQUIRE(mapping.error().sys_errno == ENOMEM);
    return 0;
  }));
}

TEST_CASE("a read-only file system is denied, and says what to do", "[limits]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const test::Directory here;
  test::succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs(here.path().c_str(), "size=64k,ro"));
    const auto dir = open_directory(here.path());
    const auto refused = create_unnamed(*dir, 0600);
    CHILD_REQUIRE(code_of(refused) == Code::denied);
    CHILD_REQUIRE(std::string_view(refused.error().advice).find("--store") != std::string_view::npos);
    return 0;
  }));
}

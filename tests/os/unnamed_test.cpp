// Files that get their name when they are whole, on kernels and file systems that help with it and on those that don't.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include "catch.hpp"
#include "os/file.hpp"
#include "support/directory.hpp"
#include "support/kernel.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;
using test::ok;

namespace {
constexpr std::uint32_t tmpfile_bit = O_TMPFILE & ~O_DIRECTORY;

void make_one(const std::string& here, bool unnamed_expected) {
  const auto dir = open_directory(here);
  CHILD_REQUIRE(dir.has_value());
  auto fresh = create_unnamed(*dir, 0640);
  CHILD_REQUIRE(fresh.has_value());
  CHILD_REQUIRE(fresh->temporary.empty() == unnamed_expected);
  CHILD_REQUIRE(test::files_in(here).size() == (unnamed_expected ? 0 : 1));
  CHILD_REQUIRE(write_at(fresh->file, std::as_bytes(std::span("whole", 5)), 0).has_value());
  CHILD_REQUIRE(publish(*fresh, *dir, "name").has_value());
  CHILD_REQUIRE(test::files_in(here) == std::vector<std::string>{"name"});
  CHILD_REQUIRE(test::content_of(here + "/name") == "whole");
  const auto found = info_at(*dir, "name");
  CHILD_REQUIRE((found->mode & 07777U) == 0640 && found->links == 1);
  // The name is taken now, by whatever it is, and nothing else is left.
  auto second = create_unnamed(*dir, 0600);
  CHILD_REQUIRE(second.has_value());
  CHILD_REQUIRE(code_of(publish(*second, *dir, "name")) == Code::exists);
  CHILD_REQUIRE(test::files_in(here) == std::vector<std::string>{"name"});
  CHILD_REQUIRE(test::content_of(here + "/name") == "whole");
}
}  // namespace

TEST_CASE("a new file has no name before it is published", "[unnamed]") {
  const test::Directory here;
  SECTION("as this kernel does it") {
    test::succeeds(test::in_child([&] { return make_one(here.path(), true), 0; }));
  }
  SECTION("by /proc, where the kernel does not link a descriptor for this user") {
    for (const int error : {ENOENT, EPERM}) {
      const test::Directory there;
      test::succeeds(test::in_child([&] {
        CHILD_REQUIRE(test::deny_call_if(SYS_linkat, 4, AT_EMPTY_PATH, error));
        return make_one(there.path(), true), 0;
      }));
    }
  }
  SECTION("by a name that no object has, where the file system has no unnamed files") {
    for (const int error : {EOPNOTSUPP, EISDIR}) {
      const test::Directory there;
      test::succeeds(test::in_child([&] {
        CHILD_REQUIRE(test::deny_call_if(SYS_openat, 2, tmpfile_bit, error));
        return make_one(there.path(), false), 0;
      }));
    }
  }
}

TEST_CASE("a new file that is given up leaves nothing", "[unnamed]") {
  const test::Directory here;
  const auto dir = open_directory(here.path());
  {
    const auto fresh = create_unnamed(*dir, 0600);
  }
  CHECK(test::files_in(here.path()).empty());
}

TEST_CASE("a directory where nothing may be made says so", "[unnamed]") {
  if (!test::is_root()) {
    SKIP("needs root to be another user");
  }
  const test::Directory here;
  test::succeeds(test::as_user(54321, 54321, [&] {
    const auto dir = open_directory(here.path());
    CHILD_REQUIRE(dir.has_value());
    CHILD_REQUIRE(code_of(create_unnamed(*dir, 0600)) == Code::denied);
    return 0;
  }));
}

TEST_CASE("without /proc, on a kernel that needs it, the error says what is missing", "[unnamed]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const test::Directory here;
  test::succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs("/proc", "size=4k"));
    CHILD_REQUIRE(test::deny_call_if(SYS_linkat, 4, AT_EMPTY_PATH, ENOENT));
    const auto dir = open_directory(here.path());
    auto fresh = create_unnamed(*dir, 0600);
    CHILD_REQUIRE(fresh.has_value());
    const auto published = publish(*fresh, *dir, "name");
    CHILD_REQUIRE(code_of(published) == Code::system);
    CHILD_REQUIRE(std::string_view(published.error().why).starts_with("/proc"));
    return 0;
  }));
}

TEST_CASE("a directory removed meanwhile is absent", "[unnamed]") {
  const test::Directory here;
  test::make_directory(here / "below", 0700);
  const auto dir = open_directory(here / "below");
  auto fresh = create_unnamed(*dir, 0600);
  REQUIRE(code_of(fresh) == ok);
  test::remove_file(here / "below");
  CHECK(code_of(publish(*fresh, *dir, "name")) == Code::absent);
}

TEST_CASE("of several that publish one name, one wins", "[unnamed]") {
  const test::Directory here;
  const bool temporary = GENERATE(false, true);
  test::Crowd crowd;
  auto& winners = test::shared<int>();
  constexpr int rounds = 50;
  for (int i = 0; i < 4; ++i) {
    crowd.add([&] {
      if (temporary && !test::deny_call_if(SYS_openat, 2, tmpfile_bit, EOPNOTSUPP)) {
        return 2;
      }
      const auto dir = open_directory(here.path());
      for (int round = 0; round < rounds; ++round) {
        const auto fresh = create_unnamed(*dir, 0600);
        if (!fresh) {
          return 3;
        }
        const auto published = publish(*fresh, *dir, "name" + std::to_string(round));
        if (published) {
          __atomic_add_fetch(&winners, 1, __ATOMIC_SEQ_CST);
        } else if (published.error().code != Code::exists) {
          return 4;
        }
      }
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  CHECK(winners == rounds);
  CHECK(test::files_in(here.path()).size() == rounds);
}

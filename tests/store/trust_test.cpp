// Which directories a store is made of: a directory that the user named, in every state it can be found in.
#include <sys/stat.h>
#include <unistd.h>
#include <string>
#include "catch.hpp"
#include "store/store.hpp"
#include "support/directory.hpp"
#include "support/kernel.hpp"
#include "support/process.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;
using test::ok;

namespace {
std::optional<Code> opened(const std::string& said, Missing missing = Missing::refuse) {
  return code_of(Store::open(said, ::geteuid(), missing));
}
}  // namespace

TEST_CASE("a directory's mode decides whether it is a store", "[trust]") {
  const test::Directory here;
  const std::string path = here / "store";
  test::make_directory(path, 0700);
  for (unsigned mode = 0700; mode < 010000; ++mode) {
    if ((mode & 0700U) != 0700U) {
      continue;  // the owner can't use it
    }
    const bool everybody = (mode & 0002U) != 0;
    const bool group_alone = (mode & 0020U) != 0 && (mode & 02000U) == 0;
    test::change_mode(path, mode);
    INFO("mode " << std::oct << mode);
    const auto store = Store::open(path, ::geteuid(), Missing::refuse);
    CHECK(code_of(store) == (everybody || group_alone ? std::optional(Code::untrusted) : ok));
    if (store) {
      const bool shared = (mode & 02020U) == 02020U;
      CHECK(store->shared() == shared);
      CHECK(store->private_mode() == (shared ? 0660U : 0600U));
      CHECK(store->owner() == ::geteuid());
    }
  }
}

TEST_CASE("a directory of somebody else's is no store, but root's is", "[trust]") {
  if (!test::is_root()) {
    SKIP("needs root to give directories away");
  }
  const test::Directory here;
  constexpr unsigned me = 54321;
  constexpr unsigned other = 54322;
  for (const unsigned owner : {0U, me, other}) {
    for (const unsigned mode : {0755U, 0777U, 0775U, 02775U}) {
      const std::string path = here / "store";
      test::make_directory(path, 0700);
      test::change_owner(path, owner, 54400);
      test::change_mode(path, mode);
      INFO("owner " << owner << " mode " << std::oct << mode);
      const bool writable = mode == 0777 || mode == 0775;
      const auto expected = [&](unsigned euid) -> std::optional<Code> {
        return writable || (owner != 0 && owner != euid) ? std::optional(Code::untrusted) : ok;
      };
      CHECK(opened(path) == expected(0));  // root trusts no user's directory
      test::succeeds(test::as_user(me, me, [&] {
        CHILD_REQUIRE(opened(path) == expected(me));
        CHILD_REQUIRE(opened(path, Missing::create) == expected(me));
        return 0;
      }));
      test::remove_file(path);
    }
  }
}

TEST_CASE("a refused store says what is wrong and what to do", "[trust]") {
  const test::Directory here;
  test::make_directory(here / "store", 0777);
  const auto refused = Store::open(here / "store", ::geteuid(), Missing::create);
  REQUIRE(code_of(refused) == Code::untrusted);
  CHECK(std::string(refused.error().object) == here / "store");
  CHECK(std::string(refused.error().why).find("everybody may write") != std::string::npos);
  CHECK(refused.error().advice != nullptr);
}

TEST_CASE("what is not a directory is no store", "[trust]") {
  const test::Directory here;
  test::make_directory(here / "real", 0700);
  test::make_file(here / "file", "");
  test::make_fifo(here / "fifo");
  test::make_link("real", here / "link");
  test::make_link("nowhere", here / "dangling");
  test::make_link(".", here / "way");
  for (const auto* name : {"file", "fifo", "link", "link/", "dangling", "way/real", "file/below", "real/../link"}) {
    for (const Missing missing : {Missing::refuse, Missing::create}) {
      INFO(name);
      CHECK(opened(here / name, missing) == Code::untrusted);
    }
  }
  CHECK(opened(here / "real/../real") == ok);  // dots are no links
  CHECK_FALSE(test::exists(here / "nowhere"));
}

TEST_CASE("a missing store is absent, or made for this user alone", "[trust]") {
  const test::Directory here;
  CHECK(opened(here / "store") == Code::absent);
  CHECK_FALSE(test::exists(here / "store"));
  for (const unsigned mask : {0U, 077U, 0277U}) {
    const auto before = ::umask(mask);
    const auto store = Store::open(here / "store", ::geteuid(), Missing::create);
    ::umask(before);
    INFO("umask " << std::oct << mask);
    REQUIRE(code_of(store) == ok);
    CHECK((shm::os::info(store->dir())->mode & 07777U) == 0700);
    CHECK(store->path() == here / "store");
    test::remove_file(here / "store");
  }
  CHECK(opened(here / "store///", Missing::create) == ok);
  CHECK(opened(here / "store") == ok);
}

TEST_CASE("only the last component is made", "[trust]") {
  const test::Directory here;
  CHECK(opened(here / "a/b", Missing::create) == Code::absent);
  CHECK_FALSE(test::exists(here / "a"));
  test::succeeds(test::in_child([&] {
    CHILD_REQUIRE(::chdir(here.path().c_str()) == 0);
    CHILD_REQUIRE(opened("./a", Missing::create) == ok);
    CHILD_REQUIRE(opened("a/b", Missing::create) == ok);
    CHILD_REQUIRE(::chdir("a/b") == 0);
    CHILD_REQUIRE(opened(".") == ok);
    CHILD_REQUIRE(opened("..") == ok);
    return 0;
  }));
}

TEST_CASE("where this user may make nothing, the store is denied", "[trust]") {
  if (!test::is_root()) {
    SKIP("needs root to be another user");
  }
  const test::Directory here;
  test::make_directory(here / "closed", 0700);
  test::succeeds(test::as_user(54321, 54321, [&] {
    CHILD_REQUIRE(opened(here / "store", Missing::create) == Code::denied);
    CHILD_REQUIRE(opened(here / "closed/store", Missing::create) == Code::denied);
    CHILD_REQUIRE(opened(here / "closed") == Code::denied);
    return 0;
  }));
}

TEST_CASE("of many that make one store at once, all have it", "[trust]") {
  for (int round = 0; round < 20; ++round) {
    const test::Directory here;
    test::Crowd crowd;
    for (int i = 0; i < 4; ++i) {
      crowd.add([&] { return opened(here / "store", Missing::create) == ok ? 0 : 1; });
    }
    crowd.go();
    CHECK(crowd.wait());
  }
}

TEST_CASE("no descriptor left is full, for a store too", "[trust]") {
  const test::Directory here;
  test::make_directory(here / "store", 0700);
  test::succeeds(test::in_child([&] {
    CHILD_REQUIRE(test::limit_descriptors(3));
    CHILD_REQUIRE(opened(here / "store") == Code::full);
    return 0;
  }));
}

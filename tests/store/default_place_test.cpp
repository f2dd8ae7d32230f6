// The default places, below a /run and a /dev/shm of the test's own.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <functional>
#include <string>
#include "catch.hpp"
#include "os/accounts.hpp"
#include "store/store.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;
using test::ok;

namespace {
constexpr unsigned me = 54321;
constexpr unsigned other = 54322;

std::optional<Code> opened(std::string_view said, Missing missing = Missing::create) {
  return code_of(Store::open(said, ::geteuid(), missing));
}

// Runs `act` with an empty /run and /dev/shm.
test::Outcome on_a_fresh_machine(const std::function<void()>& act) {
  return test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs("/run", "size=1m,mode=755"));
    CHILD_REQUIRE(test::mount_tmpfs("/dev/shm", "size=1m,mode=1777"));
    act();
    return 0;
  });
}

// Forks once more inside such a machine.
void as(unsigned uid, const std::function<void()>& act) {
  const auto outcome = test::as_user(uid, uid, [&] { return act(), 0; });
  if (outcome.exit_status != 0) {
    ::write(2, outcome.errors.data(), outcome.errors.size());
    ::_exit(98);
  }
}

void install_package() {
  test::make_directory("/run/shmctl", 0755);
  test::make_directory("/run/shmctl/sys", 0755);
  test::make_directory("/run/shmctl/g", 0755);
  test::make_directory("/run/shmctl/u", 01777);
}

unsigned mode_of(const std::string& path) { return shm::os::info_of(path)->mode & 07777U; }
}  // namespace

TEST_CASE("root makes its own store, and others may look into it", "[places]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  test::succeeds(on_a_fresh_machine([] {
    CHILD_REQUIRE(opened("", Missing::refuse) == Code::absent);
    CHILD_REQUIRE(!test::exists("/run/shmctl"));
    const auto before = ::umask(077);
    const auto store = Store::open("", 0, Missing::create);
    ::umask(before);
    CHILD_REQUIRE(store.has_value() && store->path() == "/run/shmctl/sys");
    CHILD_REQUIRE(mode_of("/run/shmctl") == 0755 && mode_of("/run/shmctl/sys") == 0755);
    as(me, [] {
      CHILD_REQUIRE(opened("sys", Missing::refuse) == ok);
      CHILD_REQUIRE(opened("sys", Missing::create) == ok);
    });
    CHILD_REQUIRE(opened("web") == ok && mode_of("/run/shmctl/sys/+web") == 0700);
    test::change_mode("/run/shmctl/sys/+web", 0755);
    CHILD_REQUIRE(opened("web") == Code::untrusted);
  }));
}

TEST_CASE("a user has a place where the package is, and another where it is not", "[places]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  test::succeeds(on_a_fresh_machine([] {
    as(me, [] {
      CHILD_REQUIRE(opened("sys") == Code::absent);
      const auto store = Store::open("", me, Missing::create);
      CHILD_REQUIRE(store.has_value() && store->path() == "/dev/shm/shmctl-54321");
      CHILD_REQUIRE(store->place().kind == PlaceKind::fallback && mode_of("/dev/shm/shmctl-54321") == 0700);
      CHILD_REQUIRE(opened("web") == ok && mode_of("/dev/shm/shmctl-54321/+web") == 0700);
    });
    install_package();
    as(me, [] {
      const auto named = Store::open("web", me, Missing::create);  // makes the one around it too
      CHILD_REQUIRE(named.has_value() && named->path() == "/run/shmctl/u/54321/+web");
      const auto store = Store::open("", me, Missing::refuse);
      CHILD_REQUIRE(store.has_value() && store->path() == "/run/shmctl/u/54321");
      CHILD_REQUIRE(mode_of("/run/shmctl/u/54321") == 0700);
    });
  }));
}

TEST_CASE("a place that somebody else has taken is refused, and no other is tried", "[places]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const std::string base = GENERATE("/dev/shm/shmctl-54321", "/run/shmctl/u/54321");
  test::succeeds(on_a_fresh_machine([&] {
    if (base.starts_with("/run")) {
      install_package();
    }
    const auto refused = [&](const char* what) {
      as(me, [&] {
        for (const auto* said : {"", "web"}) {
          if (opened(said) != Code::untrusted && opened(said) != Code::denied) {
            ::dprintf(2, "--store '%s' in %s\n", said, what);
            ::_exit(99);
          }
        }
      });
    };
    as(other, [&] { test::make_directory(base, 0777); });
    refused("another's directory, open to all");
    test::change_mode(base, 0700);
    refused("another's directory");
    CHILD_REQUIRE(code_of(Store::open("", me, Missing::refuse)) == Code::untrusted);  // with the right to look into it
    test::remove_file(base);
    as(other, [&] { test::make_link("/tmp", base); });
    refused("a link to a directory");
    test::remove_file(base);
    as(me, [&] { test::make_directory(base, 0755); });
    refused("a directory that others can list");
    test::change_mode(base, 0770);
    refused("a directory that the group can write to");
    test::remove_file(base);
    as(other, [&] { test::make_file(base, ""); });
    refused("a file");
    test::remove_file(base);
    as(me, [] { CHILD_REQUIRE(opened("") == ok && opened("web") == ok); });
  }));
}

TEST_CASE("a named store in another's directory is refused even if it looks right itself", "[places]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  // Whoever owns the directory around it could move it away at any time: then a second copy of a job would run.
  test::succeeds(on_a_fresh_machine([] {
    test::make_directory("/dev/shm/shmctl-54321", 0777);
    test::change_owner("/dev/shm/shmctl-54321", other, other);
    as(me, [] { test::make_directory("/dev/shm/shmctl-54321/+web", 0700); });
    as(me, [] {
      CHILD_REQUIRE(opened("web", Missing::refuse) == Code::untrusted);
      CHILD_REQUIRE(opened("web", Missing::create) == Code::untrusted);
    });
  }));
}

TEST_CASE("the directories above must be root's and of their mode", "[places]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  test::succeeds(on_a_fresh_machine([] {
    install_package();
    as(me, [] { CHILD_REQUIRE(opened("") == ok); });
    const auto refused = [](std::string_view said) { as(me, [&] { CHILD_REQUIRE(opened(said) == Code::untrusted); }); };
    for (const unsigned mode : {0777U, 0755U, 0700U, 01775U}) {  // without the sticky bit, others could move it away
      test::change_mode("/run/shmctl/u", mode);
      if (mode != 0700) {
        refused("");
      }
    }
    test::change_mode("/run/shmctl/u", 01777);
    test::change_owner("/run/shmctl/u", other, 0);
    test::change_mode("/run/shmctl/u", 01777);
    refused("");
    test::change_owner("/run/shmctl/u", 0, 0);
    test::change_mode("/run/shmctl/u", 01777);
    as(me, [] { CHILD_REQUIRE(opened("") == ok); });
    for (const unsigned mode : {0777U, 0775U, 01777U, 02755U}) {
      test::change_mode("/run/shmctl", mode);
      refused("");
      CHILD_REQUIRE(opened("") == Code::untrusted);  // root too
      CHILD_REQUIRE(opened("web") == Code::untrusted);
    }
    test::change_mode("/run/shmctl", 0755);
    test::change_owner("/run/shmctl", other, 0);
    refused("");
    CHILD_REQUIRE(opened("") == Code::untrusted);
    test::change_owner("/run/shmctl", 0, 0);
    test::change_mode("/run/shmctl/sys", 0775);
    CHILD_REQUIRE(opened("") == Code::untrusted && opened("web") == Code::untrusted);
    test::change_mode("/run/shmctl/sys", 0700);
    CHILD_REQUIRE(opened("") == ok);
    test::change_owner("/run/shmctl/sys", other, 0);
    CHILD_REQUIRE(opened("") == Code::untrusted && opened("web") == Code::untrusted);
  }));
}

TEST_CASE("a group's store is made by root and shared by its members", "[places]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  test::succeeds(on_a_fresh_machine([] {
    const std::string said = "@54400";
    as(me, [&] { CHILD_REQUIRE(opened(said) == Code::absent); });
    const auto before = ::umask(077);
    const auto made = Store::open(said, 0, Missing::create);
    ::umask(before);
    CHILD_REQUIRE(made.has_value() && made->path() == "/run/shmctl/g/54400" && made->shared());
    CHILD_REQUIRE(made->group() == 54400 && made->private_mode() == 0660);
    CHILD_REQUIRE(mode_of("/run/shmctl/g/54400") == 02770);
    const auto as_member = [&](std::optional<Code> expected) {
      const auto outcome = test::as_user(me, me, [&] { return opened(said) == expected ? 0 : 1; }, {54400, 54401});
      CHILD_REQUIRE(outcome.exit_status == 0);
    };
    as_member(ok);
    as(other, [&] { CHILD_REQUIRE(opened(said) == Code::denied); });
    for (const unsigned mode : {02775U, 02777U, 0770U, 03770U}) {
      test::change_mode("/run/shmctl/g/54400", mode);
      as_member(Code::untrusted);
    }
    test::change_owner("/run/shmctl/g/54400", me, 54400);
    test::change_mode("/run/shmctl/g/54400", 02770);
    as_member(Code::untrusted);
    test::change_owner("/run/shmctl/g/54400", 0, 54401);
    test::change_mode("/run/shmctl/g/54400", 02770);
    as_member(Code::untrusted);
  }));
}

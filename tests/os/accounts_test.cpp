#include "os/accounts.hpp"
#include <sys/mount.h>
#include <unistd.h>
#include <string>
#include "catch.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;

TEST_CASE("root is root, and a number is a number", "[accounts]") {
  CHECK(effective_uid() == ::geteuid());
  CHECK(user_name(0).view() == "root");
  CHECK(group_name(0).view() == "root");
  CHECK(group_id("root").value() == 0);
  CHECK(group_id("0").value() == 0);
  CHECK(group_id("4000000000").value() == 4000000000U);
  CHECK(user_name(4000000000U).view() == "4000000000");
  CHECK(group_name(4000000000U).view() == "4000000000");
}

TEST_CASE("what names no group is absent", "[accounts]") {
  // 4294967295 is what chown(2) takes for "leave it": nobody may believe that his file has that group.
  for (const auto* word :
       {"no-such-group-here", "", " ", "-1", "+1", "1x", "4294967295", "4294967296", ":", "root:x"}) {
    INFO(word);
    const auto id = group_id(word);
    CHECK(code_of(id) == Code::absent);
  }
  CHECK(code_of(group_id(std::string(5000, 'g'))) == Code::absent);
}

TEST_CASE("accounts are looked up in the files first, then by getent", "[accounts]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const test::Directory here;
  // A group that is in no file but the one that getent is made to print, and one whose members fill many pages.
  std::string members;
  for (int i = 0; i < 20000; ++i) {
    members += ",user" + std::to_string(i);
  }
  test::succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs(here.path().c_str(), "size=1m"));  // where programs may be run
    test::make_file(here / "group",
                    "+::\nbroken\n:::\nlast-number:x:not-a-number:\nbig:x:4711:first" + members + "\nafter:x:4712:\n" +
                        "no-newline:x:4713:",
                    0644);
    test::make_file(here / "passwd", "someone:x:4714:1:,,,:/:/bin/sh\n", 0644);
    test::make_file(here / "getent",
                    "#!/bin/sh\ncase $1:$2 in\n"
                    "group:ldap-group) echo 'ldap-group:*:4801:a,b';;\n"
                    "group:4801) echo 'ldap-group:*:4801:a,b';;\n"
                    "passwd:4802) echo 'ldap-user:*:4802:1::/:';;\n"
                    "group:flood) while :; do echo 'flood:x:4803:'; done;;\n"
                    "*) echo 'other-group:x:1:'; exit 2;;\nesac\n",
                    0755);
    const auto bind = [&](const char* file, const char* over) {
      return ::mount((here / file).c_str(), over, nullptr, MS_BIND, nullptr) == 0;
    };
    CHILD_REQUIRE(bind("group", "/etc/group") && bind("passwd", "/etc/passwd") && bind("getent", "/usr/bin/getent"));
    CHILD_REQUIRE(group_id("big").value() == 4711);
    CHILD_REQUIRE(group_id("after").value() == 4712);
    CHILD_REQUIRE(group_id("no-newline").value() == 4713);
    CHILD_REQUIRE(group_name(4712).view() == "after");
    CHILD_REQUIRE(user_name(4714).view() == "someone");
    CHILD_REQUIRE(group_id("ldap-group").value() == 4801);
    CHILD_REQUIRE(group_name(4801).view() == "ldap-group");
    CHILD_REQUIRE(user_name(4802).view() == "ldap-user");
    CHILD_REQUIRE(group_id("flood").value() == 4803);  // and nobody waits for the rest
    CHILD_REQUIRE(code_of(group_id("last-number")) == Code::absent);
    CHILD_REQUIRE(code_of(group_id("broken")) == Code::absent);
    CHILD_REQUIRE(code_of(group_id("none")) == Code::absent);  // what getent printed is another group
    CHILD_REQUIRE(user_name(4899).view() == "4899");
    return 0;
  }));
}

TEST_CASE("without getent and without files, a number is a number", "[accounts]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  test::succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs("/usr/bin", "size=4k"));
    CHILD_REQUIRE(test::mount_tmpfs("/etc", "size=4k"));
    CHILD_REQUIRE(group_name(0).view() == "0");
    CHILD_REQUIRE(user_name(0).view() == "0");
    CHILD_REQUIRE(group_id("7").value() == 7);
    CHILD_REQUIRE(code_of(group_id("root")) == Code::absent);
    return 0;
  }));
}

TEST_CASE("a home is where the accounts say, whatever the environment does", "[accounts]") {
  ::setenv("HOME", "/elsewhere", 1);
  CHECK(home_of(0).value().view() == "/root");
  CHECK(code_of(home_of(4000000000U)) == Code::absent);
}

// What stands in a store under an object's name and is none: each is told, none blocks, none is used.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <cstring>
#include <string>
#include "catch.hpp"
#include "store/object_file.hpp"
#include "support/kernel.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;
using test::ok;
using test::OwnStore;

namespace {
constexpr unsigned me = 54321;
constexpr unsigned other = 54322;

NewObject plain() {
  NewObject object;
  object.kind = 7;
  object.payload_size = 64;
  return object;
}

std::optional<Code> opened(const Store& store, int flags) { return code_of(open_object(store, "hits", flags)); }

void refused(const OwnStore& store) {
  for (const int flags : {O_RDONLY, O_RDWR}) {
    CHECK(opened(*store, flags) == Code::untrusted);
    shm::os::FileInfo found;
    CHECK(code_of(store->open_or_create_file("hits", flags, &found)) == Code::untrusted);
  }
}
}  // namespace

TEST_CASE("what is not a regular file of one name is not opened", "[hostile]") {
  const OwnStore store;
  SECTION("a FIFO") { test::make_fifo(store / "hits"); }
  SECTION("a directory") { test::make_directory(store / "hits", 0700); }
  SECTION("a link to an object") {
    REQUIRE(code_of(create_object(*store, "real", plain())) == ok);
    test::make_link("real", store / "hits");
  }
  SECTION("a link to nowhere") { test::make_link("nowhere", store / "hits"); }
  SECTION("a link to itself") { test::make_link("hits", store / "hits"); }
  SECTION("a hard link to an object") {
    REQUIRE(code_of(create_object(*store, "real", plain())) == ok);
    test::make_hard_link(store / "real", store / "hits");
    CHECK(code_of(open_object(*store, "real", O_RDONLY)) == Code::untrusted);  // either name
  }
  SECTION("a socket") {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, (store / "hits").c_str(), sizeof address.sun_path - 1);
    const shm::os::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  SECTION("a file that everybody may write to") {
    REQUIRE(code_of(create_object(*store, "hits", plain())) == ok);
    test::change_mode(store / "hits", 0606);
  }
  refused(store);
  CHECK_FALSE(test::exists(store / "nowhere"));
}

TEST_CASE("a device is not opened, or not used", "[hostile]") {
  if (!test::is_root()) {
    SKIP("needs root to make a device");
  }
  const OwnStore store;
  for (const auto& [minor, type] : {std::pair{3U, S_IFCHR}, {5U, S_IFCHR}, {250U, S_IFBLK}}) {  // null, zero, none
    REQUIRE(::mknod((store / "hits").c_str(), type | 0600, makedev(1, minor)) == 0);
    refused(store);
    test::remove_file(store / "hits");
  }
}

TEST_CASE("a file of somebody else's is not opened", "[hostile]") {
  if (!test::is_root()) {
    SKIP("needs root to give files away");
  }
  const OwnStore store;
  REQUIRE(code_of(create_object(*store, "hits", plain())) == ok);
  REQUIRE(opened(*store, O_RDWR) == ok);
  test::change_owner(store / "hits", other, 0);
  refused(store);
  test::change_owner(store / "hits", 0, 0);
  CHECK(opened(*store, O_RDWR) == ok);
}

TEST_CASE("who may read but not write is told so", "[hostile]") {
  if (!test::is_root()) {
    SKIP("needs root to be another user");
  }
  const test::Directory here;
  test::make_directory(here / "store", 0755);
  const auto owned = Store::open(here / "store", 0, Missing::refuse);
  REQUIRE(code_of(owned) == ok);
  auto object = plain();
  for (const unsigned mode : {0600U, 0640U, 0644U, 0664U}) {
    object.mode = mode;
    object.set_group = true;
    object.group = 54400;
    REQUIRE(code_of(create_object(*owned, "hits", object)) == ok);
    const auto as = [&](unsigned gid, std::optional<Code> reading, std::optional<Code> writing) {
      test::succeeds(test::as_user(me, gid, [&] {
        const auto store = Store::open(here / "store", me, Missing::refuse);
        CHILD_REQUIRE(store.has_value());
        CHILD_REQUIRE(opened(*store, O_RDONLY) == reading);
        CHILD_REQUIRE(opened(*store, O_RDWR) == writing);
        CHILD_REQUIRE(code_of(create_object(*store, "mine", plain())) == Code::denied);
        CHILD_REQUIRE(code_of(remove_object(*store, "hits")) == Code::denied);
        return 0;
      }));
    };
    const std::optional denied = Code::denied;
    INFO("mode " << std::oct << mode);
    as(me, (mode & 0004U) != 0 ? ok : denied, denied);
    as(54400, (mode & 0040U) != 0 ? ok : denied, (mode & 0020U) != 0 ? ok : denied);
    REQUIRE(code_of(remove_object(*owned, "hits")) == ok);
  }
}

TEST_CASE("in a store that a group shares, files are the group's", "[hostile]") {
  if (!test::is_root()) {
    SKIP("needs root to be another user");
  }
  const test::Directory here;
  test::make_directory(here / "store", 0700);
  test::change_owner(here / "store", me, 54400);
  test::change_mode(here / "store", 02770);
  const auto as = [&](unsigned uid, const std::function<void(const Store&)>& act) {
    test::succeeds(test::as_user(uid, uid,
                                 [&] {
                                   const auto store = Store::open(here / "store", ::geteuid(), Missing::refuse);
                                   CHILD_REQUIRE(store.has_value() == (uid == me));
                                   if (store) {
                                     act(*store);
                                   }
                                   return 0;
                                 },
                                 {54400, 54401}));
  };
  as(me, [](const Store& store) {
    auto object = plain();
    object.locks = true;
    CHILD_REQUIRE(create_object(store, "hits", object).has_value());
    CHILD_REQUIRE((open_object(store, "hits", O_RDWR)->info.mode & 07777U) == 0660);
    CHILD_REQUIRE(open_object(store, "hits", O_RDWR)->info.gid == 54400);
    object.set_group = true;
    object.group = 54401;  // nobody could open it
    CHILD_REQUIRE(code_of(create_object(store, "other", object)) == Code::usage);
    object.group = 54400;
    CHILD_REQUIRE(create_object(store, "other", object).has_value());
  });
  as(other, [](const Store&) {});  // the directory is neither his nor root's
  test::change_owner(here / "store/hits", me, 54401);
  as(me, [](const Store& store) { CHILD_REQUIRE(opened(store, O_RDWR) == Code::untrusted); });
  test::change_owner(here / "store/hits", other, 54400);  // another member's
  test::change_mode(here / "store/hits", 0660);
  as(me, [](const Store& store) { CHILD_REQUIRE(opened(store, O_RDWR) == ok); });
}

TEST_CASE("a group that the user is not in is denied, and nothing is left", "[hostile]") {
  if (!test::is_root()) {
    SKIP("needs root to be another user");
  }
  const test::Directory here;
  test::make_directory(here / "store", 0700);
  test::change_owner(here / "store", me, me);
  const bool unnamed = GENERATE(true, false);
  test::succeeds(test::as_user(me, me, [&] {
    CHILD_REQUIRE(unnamed || test::deny_call_if(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP));
    const auto store = Store::open(here / "store", me, Missing::refuse);
    CHILD_REQUIRE(store.has_value());
    auto object = plain();
    object.set_group = true;
    object.group = 54400;
    const auto refused = create_object(*store, "hits", object);
    CHILD_REQUIRE(code_of(refused) == Code::denied);
    CHILD_REQUIRE(std::string_view(refused.error().why).find("group") != std::string_view::npos);
    CHILD_REQUIRE(test::files_in(here / "store").empty());
    return 0;
  }));
}

TEST_CASE("a full file system, no inodes, no writing, no descriptors: each has its code", "[hostile]") {
  if (!test::can_mount()) {
    SKIP("needs mount namespaces");
  }
  const test::Directory here;
  const auto in_store = [&](const char* options, const std::function<void(const Store&)>& act) {
    test::succeeds(test::in_own_mounts([&] {
      CHILD_REQUIRE(test::mount_tmpfs(here.path().c_str(), options));
      const auto store = Store::open(here.path(), 0, Missing::refuse);
      CHILD_REQUIRE(store.has_value());
      act(*store);
      return 0;
    }));
  };
  in_store("size=64k,mode=700", [](const Store& store) {
    int made = 0;
    std::optional<Code> code;
    while (!(code = code_of(create_object(store, "n" + std::to_string(made), plain())))) {
      ++made;
      CHILD_REQUIRE(made < 100);
    }
    CHILD_REQUIRE(code == Code::full && made > 8);
    CHILD_REQUIRE(test::files_in(std::string(store.path())).size() == static_cast<std::size_t>(made));
    CHILD_REQUIRE(remove_object(store, "n0").has_value());
    CHILD_REQUIRE(create_object(store, "n0", plain()).has_value());
    auto large = plain();
    large.payload_size = std::uint64_t{1} << 40U;
    CHILD_REQUIRE(remove_object(store, "n1").has_value());
    CHILD_REQUIRE(code_of(create_object(store, "large", large)) == Code::full);
  });
  in_store("size=64k,nr_inodes=2,mode=700", [](const Store& store) {
    CHILD_REQUIRE(create_object(store, "one", plain()).has_value());
    CHILD_REQUIRE(code_of(create_object(store, "two", plain())) == Code::full);
    shm::os::FileInfo found;
    CHILD_REQUIRE(code_of(store.open_or_create_file("three", O_RDWR, &found)) == Code::full);
  });
  in_store("size=64k,mode=700", [&](const Store& store) {
    CHILD_REQUIRE(create_object(store, "one", plain()).has_value());
    CHILD_REQUIRE(::mount(nullptr, here.path().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, "size=64k") == 0);
    CHILD_REQUIRE(code_of(create_object(store, "two", plain())) == Code::denied);
    CHILD_REQUIRE(code_of(open_object(store, "one", O_RDWR)) == Code::denied);
    CHILD_REQUIRE(open_object(store, "one", O_RDONLY).has_value());
    CHILD_REQUIRE(code_of(remove_object(store, "one")) == Code::denied);
  });
  in_store("size=64k,mode=700", [](const Store& store) {
    CHILD_REQUIRE(create_object(store, "one", plain()).has_value());
    CHILD_REQUIRE(test::limit_descriptors(static_cast<unsigned>(store.dir().get()) + 1));
    CHILD_REQUIRE(code_of(create_object(store, "two", plain())) == Code::full);
    CHILD_REQUIRE(code_of(open_object(store, "one", O_RDONLY)) == Code::full);
  });
}

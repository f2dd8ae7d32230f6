#include "store/object_file.hpp"
#include <fcntl.h>
#include <sys/stat.h>
#include <cstring>
#include <string>
#include "catch.hpp"
#include "os/clock.hpp"
#include "os/mapping.hpp"
#include "store/name.hpp"
#include "support/kernel.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;
using test::ok;
using test::OwnStore;

namespace {
NewObject plain() {
  static const std::uint64_t number = 4711;
  NewObject object;
  object.kind = 7;
  object.type = 3;
  object.payload_size = 64;
  object.config[8] = 99;
  object.payload = std::as_bytes(std::span(&number, 1));
  return object;
}

std::uint64_t id_of(const Store& store, std::string_view name) {
  const auto object = open_object(store, name, O_RDONLY);
  REQUIRE(code_of(object) == ok);
  const auto header = header_of(*object, name);
  REQUIRE(code_of(header) == ok);
  return header->id;
}
}  // namespace

TEST_CASE("a created object is whole", "[object_file]") {
  const OwnStore store;
  const std::int64_t before = shm::os::realtime_ns();
  REQUIRE(code_of(create_object(*store, "hits", plain())) == ok);
  const auto object = open_object(*store, "hits", O_RDWR);
  REQUIRE(code_of(object) == ok);
  CHECK(object->info.size == 4096);
  CHECK((object->info.mode & 07777U) == 0600);
  const auto header = header_of(*object, "hits");
  REQUIRE(code_of(header) == ok);
  CHECK(header->kind == 7);
  CHECK(header->type == 3);
  CHECK(header->payload_size == 64);
  CHECK(header->config[8] == 99);
  CHECK(header->id != 0);
  CHECK(header->created_ns >= before);
  CHECK(header->created_ns <= shm::os::realtime_ns());
  const std::string content = test::content_of(store / "hits");
  std::uint64_t number = 0;
  std::memcpy(&number, &content[128], sizeof number);
  CHECK(number == 4711);
  CHECK(content.substr(136) == std::string(4096 - 136, '\0'));
  CHECK(store.files() == std::vector<std::string>{"hits"});
  struct stat file{};
  REQUIRE(::stat((store / "hits").c_str(), &file) == 0);
  CHECK(file.st_blocks * 512 >= 4096);  // all of it is reserved
}

TEST_CASE("a larger object takes whole pages", "[object_file]") {
  const OwnStore store;
  auto object = plain();
  for (const std::uint64_t size : {std::uint64_t{4096 - 128}, std::uint64_t{4096 - 127}, std::uint64_t{100000}}) {
    object.payload_size = size;
    const std::string name = "size" + std::to_string(size);
    REQUIRE(code_of(create_object(*store, name, object)) == ok);
    CHECK(open_object(*store, name, O_RDONLY)->info.size == (128 + size + 4095) / 4096 * 4096);
  }
}

TEST_CASE("a name is taken by whatever has it", "[object_file]") {
  const OwnStore store;
  SECTION("an object") { REQUIRE(code_of(create_object(*store, "hits", plain())) == ok); }
  SECTION("a file") { test::make_file(store / "hits", "mine"); }
  SECTION("a directory") { test::make_directory(store / "hits", 0700); }
  SECTION("a FIFO") { test::make_fifo(store / "hits"); }
  SECTION("a link to nowhere") { test::make_link("nowhere", store / "hits"); }
  const auto created = create_object(*store, "hits", plain());
  CHECK(code_of(created) == Code::exists);
  CHECK(std::string(created.error().object) == "hits");
  auto locking = plain();
  locking.locks = true;
  CHECK(code_of(create_object(*store, "hits", locking)) == Code::exists);
  CHECK(store.files() == std::vector<std::string>{"hits"});  // not even the lock is left
}

TEST_CASE("an absent object is absent", "[object_file]") {
  const OwnStore store;
  CHECK(code_of(open_object(*store, "hits", O_RDONLY)) == Code::absent);
  CHECK(code_of(open_object(*store, "hits", O_RDWR)) == Code::absent);
  CHECK(code_of(remove_object(*store, "hits")) == Code::absent);
  CHECK(store.files().empty());
}

TEST_CASE("a name that is none reaches no file", "[object_file]") {
  const OwnStore store;
  test::make_file(store / ".x", "");
  for (const std::string name : {"", ".", "..", ".x", "a/b", "../x", "hits,job", "x,lock,0000000000000001",
                                 ",lock,0000000000000001", ",new,0000000000000001"}) {
    INFO(name);
    CHECK(code_of(open_object(*store, name, O_RDONLY)) == Code::usage);
    CHECK(code_of(create_object(*store, name, plain())) == Code::usage);
    CHECK(code_of(remove_object(*store, name)) == Code::usage);
  }
  CHECK(store.files() == std::vector<std::string>{".x"});
}

TEST_CASE("an object's mode is the one asked for, whatever the umask", "[object_file]") {
  const OwnStore store;
  for (const unsigned mask : {0U, 077U, 0777U}) {
    for (const unsigned mode : {0U, 0600U, 0640U, 0644U, 0660U, 0664U}) {
      auto object = plain();
      object.mode = mode;
      const auto before = ::umask(mask);
      const auto created = create_object(*store, "hits", object);
      ::umask(before);
      INFO("umask " << std::oct << mask << " mode " << mode);
      REQUIRE(code_of(created) == ok);
      CHECK((open_object(*store, "hits", O_RDONLY)->info.mode & 07777U) == (mode != 0 ? mode : 0600));
      REQUIRE(code_of(remove_object(*store, "hits")) == ok);
    }
  }
}

TEST_CASE("of all modes only these are taken", "[object_file]") {
  const OwnStore store;
  for (unsigned mode = 1; mode < 010000; ++mode) {
    const bool good = (mode & 07000U) == 0 && (mode & 0600U) == 0600U && (mode & 0113U) == 0;
    if (code_of(check_mode(mode, "hits")) != (good ? ok : std::optional(Code::usage))) {
      FAIL("mode " << std::oct << mode);
    }
  }
  auto object = plain();
  object.mode = 0666;
  CHECK(code_of(create_object(*store, "hits", object)) == Code::usage);
  CHECK(store.files().empty());
}

TEST_CASE("a kind that locks has its lock beside it, with the object's id", "[object_file]") {
  const OwnStore store;
  auto object = plain();
  object.locks = true;
  object.mode = 0644;
  REQUIRE(code_of(create_object(*store, "hits", object)) == ok);
  const std::string lock(lock_name(id_of(*store, "hits")).view());
  CHECK(store.files() == std::vector<std::string>{lock, "hits"});
  CHECK((shm::os::info_at(store->dir(), lock)->mode & 07777U) == 0600);  // who may only read must not hold it
  REQUIRE(code_of(remove_object(*store, "hits")) == ok);
  CHECK(store.files().empty());
}

TEST_CASE("two objects of one name have not the same id", "[object_file]") {
  const OwnStore store;
  REQUIRE(code_of(create_object(*store, "hits", plain())) == ok);
  const auto first = id_of(*store, "hits");
  REQUIRE(code_of(remove_object(*store, "hits")) == ok);
  REQUIRE(code_of(create_object(*store, "hits", plain())) == ok);
  CHECK(id_of(*store, "hits") != first);
}

TEST_CASE("who has a removed object open does no harm to the next of that name", "[object_file]") {
  const OwnStore store;
  REQUIRE(code_of(create_object(*store, "hits", plain())) == ok);
  auto held = open_object(*store, "hits", O_RDWR);
  REQUIRE(code_of(held) == ok);
  const auto mapping = shm::os::Mapping::open(held->file, 4096, shm::os::Access::write, "hits");
  REQUIRE(code_of(mapping) == ok);
  REQUIRE(code_of(remove_object(*store, "hits")) == ok);
  CHECK(code_of(open_object(*store, "hits", O_RDONLY)) == Code::absent);
  mapping->data()[128] = std::byte{1};  // still there for its holder
  CHECK(store.files().empty());         // and not brought back
  REQUIRE(code_of(create_object(*store, "hits", plain())) == ok);
  mapping->data()[128] = std::byte{2};
  CHECK(test::content_of(store / "hits")[128] == static_cast<char>(4711 & 0xff));
  CHECK(code_of(check_trust(*store, *shm::os::info(held->file), "hits")) == Code::absent);
}

TEST_CASE("whatever file has the name is removed, damaged or planted", "[object_file]") {
  const OwnStore store;
  SECTION("noise") { test::make_file(store / "hits", "noise"); }
  SECTION("nothing") { test::make_file(store / "hits", ""); }
  SECTION("unreadable") { test::make_file(store / "hits", "noise", 0000); }
  SECTION("a FIFO") { test::make_fifo(store / "hits"); }
  SECTION("a link, not what it points to") {
    test::make_file(store / "precious", "kept");
    test::make_link("precious", store / "hits");
  }
  SECTION("a hard link, not the other name") {
    test::make_file(store / "precious", "kept");
    test::make_hard_link(store / "precious", store / "hits");
  }
  CHECK(code_of(remove_object(*store, "hits")) == ok);
  CHECK_FALSE(test::exists(store / "hits"));
  if (test::exists(store / "precious")) {
    CHECK(test::content_of(store / "precious") == "kept");
  }
}

TEST_CASE("a directory is not removed", "[object_file]") {
  const OwnStore store;
  test::make_directory(store / "hits", 0700);
  CHECK(code_of(remove_object(*store, "hits")) == Code::untrusted);
  CHECK(test::exists(store / "hits"));
}

TEST_CASE("without unnamed files, objects are made all the same", "[object_file]") {
  const OwnStore store;
  test::succeeds(test::in_child([&] {
    CHILD_REQUIRE(test::deny_call_if(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP));
    CHILD_REQUIRE(create_object(*store, "hits", plain()).has_value());
    CHILD_REQUIRE(code_of(create_object(*store, "hits", plain())) == Code::exists);
    auto locking = plain();
    locking.locks = true;
    CHILD_REQUIRE(code_of(create_object(*store, "hits", locking)) == Code::exists);
    CHILD_REQUIRE(store.files() == std::vector<std::string>{"hits"});
    return 0;
  }));
}

TEST_CASE("whichever step of a creation fails, nothing is left", "[object_file]") {
  const bool unnamed = GENERATE(true, false);
  const long step = GENERATE(values<long>({SYS_fallocate, SYS_pwrite64, SYS_fchown, SYS_linkat, SYS_renameat2}));
  const OwnStore store;
  auto object = plain();
  object.locks = true;
  object.set_group = true;
  object.group = ::getegid();
  INFO("system call " << step << (unnamed ? "" : ", no unnamed files"));
  test::succeeds(test::in_child([&] {
    CHILD_REQUIRE(unnamed || test::deny_call_if(SYS_openat, 2, O_TMPFILE & ~O_DIRECTORY, EOPNOTSUPP));
    CHILD_REQUIRE(test::deny_call(step, ENOSPC));
    const auto created = create_object(*store, "hits", object);
    if (step == (unnamed ? SYS_renameat2 : SYS_linkat)) {
      CHILD_REQUIRE(created.has_value());  // the other way of naming a file
      return 0;
    }
    CHILD_REQUIRE(code_of(created) == Code::full);
    CHILD_REQUIRE(std::string_view(created.error().object) == "hits");
    CHILD_REQUIRE(store.files().empty());
    return 0;
  }));
}

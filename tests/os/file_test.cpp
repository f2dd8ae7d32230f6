#include "os/file.hpp"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <cstring>
#include <set>
#include <string>
#include "catch.hpp"
#include "support/directory.hpp"
#include "support/kernel.hpp"
#include "support/process.hpp"

using namespace shm::os;
using test::code_of;
using test::ok;

namespace {
std::string read_all(const Fd& file) {
  std::string text(100, '\0');
  const auto got = read_at(file, std::as_writable_bytes(std::span(text)), 0);
  text.resize(got.value_or(0));
  return text;
}
}  // namespace

// All of it with the kernel's openat2, and with the walk that stands in for it.
void directories_are_opened(const std::string& here) {
  CHILD_REQUIRE(open_directory(here + "/real/below").has_value());
  CHILD_REQUIRE(open_directory(here + "//real/./below/..//below/").has_value());
  CHILD_REQUIRE(open_directory("/").has_value());
  CHILD_REQUIRE(::chdir(here.c_str()) == 0);
  CHILD_REQUIRE(open_directory("real/below").has_value());
  CHILD_REQUIRE(open_directory("./real").has_value());
  CHILD_REQUIRE(code_of(open_directory(here + "/none")) == Code::absent);
  CHILD_REQUIRE(code_of(open_directory(here + "/none/below")) == Code::absent);
  CHILD_REQUIRE(code_of(open_directory(here + "/file")) == Code::untrusted);
  CHILD_REQUIRE(code_of(open_directory(here + "/link")) == Code::untrusted);
  CHILD_REQUIRE(code_of(open_directory(here + "/link/below")) == Code::untrusted);
  CHILD_REQUIRE(code_of(open_directory("link/below")) == Code::untrusted);
  CHILD_REQUIRE(code_of(open_directory(here + "/real/dangling")) == Code::untrusted);
  CHILD_REQUIRE(!open_directory("/" + std::string(5000, 'x')).has_value());
  CHILD_REQUIRE(!open_directory("").has_value() || open_directory("")->get() >= 0);

  const auto dir = open_directory(here);
  CHILD_REQUIRE(dir.has_value());
  CHILD_REQUIRE(open_directory_at(*dir, "real").has_value());
  CHILD_REQUIRE(code_of(open_directory_at(*dir, "link")) == Code::untrusted);
  CHILD_REQUIRE(code_of(open_directory_at(*dir, "file")) == Code::untrusted);
  CHILD_REQUIRE(code_of(open_file_at(*dir, "linkfile", O_RDONLY)) == Code::untrusted);
  CHILD_REQUIRE(code_of(open_file_at(*dir, "none", O_RDWR)) == Code::absent);
  CHILD_REQUIRE(open_file_at(*dir, "file", O_RDWR).has_value());
  CHILD_REQUIRE(code_of(create_file_at(*dir, "file", 0600)) == Code::exists);
  CHILD_REQUIRE(code_of(create_file_at(*dir, "linkfile", 0600)) == Code::exists);
  CHILD_REQUIRE(code_of(create_file_at(*dir, "dangling", 0600)) == Code::exists);
  CHILD_REQUIRE(create_file_at(*dir, "fresh", 0600).has_value());
}

TEST_CASE("directories and files are opened by no symbolic link on the way", "[file]") {
  const test::Directory here;
  test::make_directory(here / "real", 0755);
  test::make_directory(here / "real/below", 0755);
  test::make_file(here / "file", "text");
  test::make_link("real", here / "link");
  test::make_link("file", here / "linkfile");
  test::make_link("nowhere", here / "real/dangling");
  test::make_link("nowhere", here / "dangling");
  SECTION("with openat2") {
    test::succeeds(test::in_child([&] { return directories_are_opened(here.path()), 0; }));
  }
  SECTION("on a kernel that has no openat2") {
    test::succeeds(test::in_child([&] {
      CHILD_REQUIRE(test::deny_call(SYS_openat2, ENOSYS));
      return directories_are_opened(here.path()), 0;
    }));
  }
  SECTION("in a container that does not let openat2 through") {
    test::succeeds(test::in_child([&] {
      CHILD_REQUIRE(test::deny_call(SYS_openat2, EPERM));
      return directories_are_opened(here.path()), 0;
    }));
  }
}

TEST_CASE("every descriptor is close-on-exec from birth", "[file]") {
  const test::Directory here;
  test::make_file(here / "file", "");
  const auto dir = open_directory(here.path());
  REQUIRE(code_of(dir) == ok);
  const auto closes = [](const Result<Fd>& fd) {
    REQUIRE(code_of(fd) == ok);
    CHECK((::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC) != 0);
  };
  closes(dir);
  closes(open_directory_at(*dir, "."));
  closes(open_file_at(*dir, "file", O_RDONLY));
  closes(create_file_at(*dir, "fresh", 0600));
  closes(make_directory_at(*dir, "below", 0700));
  auto unnamed = create_unnamed(*dir, 0600);
  REQUIRE(code_of(unnamed) == ok);
  CHECK((::fcntl(unnamed->file.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("opening a FIFO, a socket or a device neither blocks nor succeeds unnoticed", "[file]") {
  const test::Directory here;
  const auto dir = open_directory(here.path());
  REQUIRE(code_of(dir) == ok);
  test::make_fifo(here / "fifo");
  for (const int flags : {O_RDONLY, O_RDWR}) {
    const auto fifo = open_file_at(*dir, "fifo", flags);
    REQUIRE(code_of(fifo) == ok);
    CHECK(S_ISFIFO(info(*fifo)->mode));
  }
  CHECK(code_of(open_file_at(*dir, "fifo", O_WRONLY)) == Code::untrusted);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (here / "socket").c_str(), sizeof address.sun_path - 1);
  const Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  CHECK(code_of(open_file_at(*dir, "socket", O_RDWR)) == Code::untrusted);
  CHECK(code_of(open_file_at(*dir, ".", O_RDWR)) == Code::untrusted);
}

TEST_CASE("what is created has the mode asked for, whatever the umask", "[file]") {
  const test::Directory here;
  const auto dir = open_directory(here.path());
  REQUIRE(code_of(dir) == ok);
  for (const unsigned mask : {0U, 022U, 077U, 0777U}) {
    for (const unsigned mode : {0600U, 0640U, 0664U}) {
      INFO("umask " << mask << " mode " << mode);
      const auto before = ::umask(mask);
      const auto file = create_file_at(*dir, "file", mode);
      const auto made = make_directory_at(*dir, "made", mode | 0100U);
      const bool opens = test::is_root() || (mask & 0400U) == 0;
      auto unnamed = create_unnamed(*dir, mode);
      ::umask(before);
      REQUIRE(code_of(file) == ok);
      CHECK((info(*file)->mode & 07777U) == mode);
      REQUIRE(code_of(made) == (opens ? ok : std::optional(Code::denied)));
      CHECK((!made || (info(*made)->mode & 07777U) == (mode | 0100U)));
      REQUIRE(code_of(unnamed) == ok);
      CHECK((info(unnamed->file)->mode & 07777U) == mode);
      test::remove_file(here / "file");
      CHECK(test::exists(here / "made") == opens);
      if (opens) {
        test::remove_file(here / "made");
      }
    }
  }
  CHECK(code_of(make_directory_at(*dir, "x", 0700)) == ok);
  CHECK(code_of(make_directory_at(*dir, "x", 0700)) == Code::exists);
}

TEST_CASE("a file's state is what stat says", "[file]") {
  const test::Directory here;
  test::make_file(here / "file", "12345", 0640);
  test::make_hard_link(here / "file", here / "second");
  test::make_link("file", here / "link");
  const auto dir = open_directory(here.path());
  struct stat expected{};
  REQUIRE(::stat((here / "file").c_str(), &expected) == 0);
  const auto file = open_file_at(*dir, "file", O_RDONLY);
  const auto found = info(*file);
  REQUIRE(code_of(found) == ok);
  CHECK(found->size == 5);
  CHECK(found->mode == expected.st_mode);
  CHECK(found->links == 2);
  CHECK(found->uid == expected.st_uid);
  CHECK(found->gid == expected.st_gid);
  CHECK(found->inode == expected.st_ino);
  CHECK(found->modified_ns == expected.st_mtim.tv_sec * 1'000'000'000 + expected.st_mtim.tv_nsec);
  CHECK(found->same_file(*info_at(*dir, "second")));
  CHECK_FALSE(found->same_file(*info_at(*dir, "link")));  // of the link itself
  CHECK(S_ISLNK(info_at(*dir, "link")->mode));
  CHECK(S_ISLNK(info_of(here / "link")->mode));
  CHECK(info_of(here / "file")->same_file(*found));
  CHECK(code_of(info_at(*dir, "none")) == Code::absent);
  CHECK(code_of(info_of(here / "none")) == Code::absent);
}

TEST_CASE("bytes are read and written at their places", "[file]") {
  const test::Directory here;
  const auto dir = open_directory(here.path());
  const auto file = create_file_at(*dir, "file", 0600);
  REQUIRE(code_of(file) == ok);
  CHECK(read_all(*file).empty());
  CHECK(code_of(write_at(*file, std::as_bytes(std::span("world", 5)), 6)) == ok);
  CHECK(code_of(write_at(*file, std::as_bytes(std::span("hello ", 6)), 0)) == ok);
  CHECK(code_of(write_at(*file, {}, 0)) == ok);
  CHECK(read_all(*file) == "hello world");
  std::byte byte{};
  CHECK(read_at(*file, std::span(&byte, 1), 10).value() == 1);
  CHECK(byte == std::byte{'d'});
  CHECK(read_at(*file, std::span(&byte, 1), 11).value() == 0);
  const auto reader = open_file_at(*dir, "file", O_RDONLY);
  CHECK_FALSE(write_at(*reader, std::as_bytes(std::span("x", 1)), 0).has_value());
  CHECK(code_of(remove_file_at(*dir, "file")) == ok);
  CHECK(code_of(remove_file_at(*dir, "file")) == Code::absent);
  test::make_directory(here / "below", 0700);
  CHECK(code_of(remove_file_at(*dir, "below")) == Code::untrusted);
}

TEST_CASE("a directory is listed whole, however long it is", "[file]") {
  const test::Directory here;
  const auto dir = open_directory(here.path());
  std::set<std::string> expected;
  for (int i = 0; i < 500; ++i) {  // more than one call's worth
    expected.insert(std::string(100, 'n') + std::to_string(i));
  }
  expected.insert(std::string(255, 'l'));
  for (const auto& name : expected) {
    REQUIRE(code_of(create_file_at(*dir, name, 0600)) == ok);
  }
  for (int turn = 0; turn < 2; ++turn) {  // the descriptor keeps no place in it
    std::set<std::string> found;
    const auto listed = list_directory(
        *dir,
        [](void* context, std::string_view name) {
          return static_cast<std::set<std::string>*>(context)->insert(std::string(name)).second;
        },
        &found);
    REQUIRE(code_of(listed) == ok);
    CHECK(found == expected);
  }
  int visits = 0;
  const auto once = [](void* context, std::string_view) { return ++*static_cast<int*>(context) < 3; };
  CHECK(code_of(list_directory(*dir, once, &visits)) == ok);
  CHECK(visits == 3);
}

TEST_CASE("a name that is too long is refused, not cut", "[file]") {
  const test::Directory here;
  const auto dir = open_directory(here.path());
  const std::string longest(255, 'n');
  test::make_file(here / longest, "");
  CHECK(code_of(open_file_at(*dir, longest, O_RDONLY)) == ok);
  const std::string longer = longest + "n";
  CHECK(code_of(open_file_at(*dir, longer, O_RDONLY)) == Code::system);
  CHECK(code_of(info_at(*dir, longer)) == Code::system);
  CHECK(code_of(remove_file_at(*dir, longer)) == Code::system);
  CHECK(code_of(create_file_at(*dir, longer + longer, 0600)) == Code::system);
  CHECK(test::exists(here / longest));
}

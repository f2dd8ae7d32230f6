#include "os/text_files.hpp"
#include <unistd.h>
#include "catch.hpp"
#include "support/directory.hpp"

using shm::os::Code;
using shm::os::make_link;
using shm::os::make_text;
using shm::os::names_in;
using shm::os::read_trusted_text;

TEST_CASE("A text file is read whole, through a link too") {
  const test::Directory dir;
  test::make_file(dir / "a", "one\ntwo\n", 0644);
  test::make_link("a", dir / "link");
  CHECK(read_trusted_text(dir / "a").value() == "one\ntwo\n");
  CHECK(read_trusted_text(dir / "link").value() == "one\ntwo\n");
  test::make_file(dir / "empty", "");
  CHECK(read_trusted_text(dir / "empty").value().empty());
  CHECK(read_trusted_text(dir / "none").error().code == Code::absent);
}

TEST_CASE("What others could have written is not trusted") {
  const test::Directory dir;
  test::make_file(dir / "a", "x", 0664);
  CHECK(read_trusted_text(dir / "a").error().code == Code::untrusted);
  test::change_mode(dir / "a", 0602);
  CHECK(read_trusted_text(dir / "a").error().code == Code::untrusted);
  test::change_mode(dir / "a", 0644);
  CHECK(read_trusted_text(dir / "a"));
  if (::geteuid() == 0) {
    test::change_owner(dir / "a", 4001, 4001);
    CHECK(read_trusted_text(dir / "a").error().code == Code::untrusted);
  }
}

TEST_CASE("What is no file is not read, and not waited for") {
  const test::Directory dir;
  test::make_fifo(dir / "fifo");
  CHECK(read_trusted_text(dir / "fifo").error().code == Code::untrusted);
  CHECK(read_trusted_text(dir.path()).error().code == Code::untrusted);
  CHECK(read_trusted_text("/dev/null").error().code == Code::untrusted);
}

TEST_CASE("A file that is larger than it can be is refused; the largest is read") {
  const test::Directory dir;
  test::make_file(dir / "most", std::string(shm::os::most_text, 'x'));
  CHECK(read_trusted_text(dir / "most").value().size() == shm::os::most_text);
  test::make_file(dir / "more", std::string(shm::os::most_text + 1, 'x'));
  CHECK(read_trusted_text(dir / "more").error().code == Code::full);
}

TEST_CASE("Names with an ending, in order; none where there is no directory") {
  const test::Directory dir;
  for (const char* name : {"b.conf", "a.conf", ".hidden.conf", "c.conf.bak", "conf"}) {
    test::make_file(dir / name, "");
  }
  CHECK(names_in(dir.path(), ".conf").value() == std::vector<std::string>{"a.conf", "b.conf"});
  CHECK(names_in(dir / "none", ".conf").value().empty());
  CHECK_FALSE(names_in(dir / "conf", ".conf"));
}

TEST_CASE("Files and links are made with the directories on the way, never in another's place") {
  const test::Directory dir;
  REQUIRE(make_text(dir / "x/y/a", "text"));
  CHECK(test::content_of(dir / "x/y/a") == "text");
  CHECK(make_text(dir / "x/y/a", "other").error().code == Code::exists);
  CHECK(test::content_of(dir / "x/y/a") == "text");
  REQUIRE(make_link(dir / "z/link", "../x/y/a"));
  CHECK(test::content_of(dir / "z/link") == "text");
  CHECK(make_link(dir / "z/link", "other").error().code == Code::exists);
  CHECK_FALSE(make_text(dir / "x/y/a/b", "text"));
}

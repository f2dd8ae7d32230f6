// The log of a run: its lines, its rotation, what it must not be.
#include "guard/log.hpp"
#include <sys/stat.h>
#include <cstdio>
#include <map>
#include "catch.hpp"
#include "os/clock.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm;
using namespace shm::guard;

namespace {
LogPlan plan_of(const std::string& path, std::uint64_t size = 0, unsigned keep = 5) {
  LogPlan plan;
  plan.path = path.c_str();
  plan.size = size;
  plan.keep = keep;
  return plan;
}

void add(Log& log, os::Stream stream, std::string_view text) {
  REQUIRE(log.add(stream, std::as_bytes(std::span(text))));
}

os::Code code_of_opening(const std::string& path) {
  const auto log = LogFile::open(plan_of(path));
  REQUIRE_FALSE(log);
  return log.error().code;
}
}  // namespace

TEST_CASE("a log is appended to, and has the mode that the umask leaves", "[log]") {
  const test::Directory directory;
  const std::string path = directory / "log";
  const auto old = ::umask(027);
  for (const char* const lines : {"one\n", "two\nthree\n"}) {
    auto log = LogFile::open(plan_of(path));
    REQUIRE(log);
    REQUIRE(log->append(lines));
  }
  ::umask(old);
  CHECK(test::content_of(path) == "one\ntwo\nthree\n");
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0640);
}

TEST_CASE("links, what has other names, and what is no file are refused", "[log]") {
  const test::Directory directory;
  test::make_file(directory / "file", "content");
  test::make_link("file", directory / "link");
  test::make_link("nothing", directory / "dangling");
  test::make_hard_link(directory / "file", directory / "other");
  test::make_fifo(directory / "fifo");
  CHECK(code_of_opening(directory / "link") == os::Code::untrusted);
  CHECK(code_of_opening(directory / "dangling") == os::Code::untrusted);
  CHECK(code_of_opening(directory / "other") == os::Code::untrusted);
  (void)code_of_opening(directory / "fifo");
  (void)code_of_opening(directory.path());
  CHECK(code_of_opening(directory / "none/log") == os::Code::system);
  CHECK(test::content_of(directory / "file") == "content");
  CHECK_FALSE(test::exists(directory / "nothing"));
}

TEST_CASE("a log is put aside before the line that would make it too large", "[log]") {
  const test::Directory directory;
  const std::string path = directory / "log";
  auto log = LogFile::open(plan_of(path, 10, 2));
  REQUIRE(log);
  test::change_mode(path, 0604);
  REQUIRE(log->append("1234\n6789\n"));
  CHECK(test::files_in(directory.path()) == std::vector<std::string>{"log"});
  REQUIRE(log->append("a\nbcdefghij\nk\n"));
  CHECK(test::content_of(directory / "log.2") == "a\n");
  CHECK(test::content_of(directory / "log.1") == "bcdefghij\n");
  CHECK(test::content_of(path) == "k\n");
  CHECK(test::files_in(directory.path()) == std::vector<std::string>{"log", "log.1", "log.2"});
  const std::string large = "a line that is larger than a whole file\n";
  REQUIRE(log->append(large + "x\n"));
  CHECK(test::content_of(directory / "log.2") == "k\n");
  CHECK(test::content_of(directory / "log.1") == large);
  CHECK(test::content_of(path) == "x\n");
  struct stat status{};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777U) == 0604);
  auto none = LogFile::open(plan_of(path, 10, 0));
  REQUIRE(none);
  REQUIRE(none->append("123456789\n"));
  CHECK(test::content_of(path) == "123456789\n");
  CHECK(test::content_of(directory / "log.1") == large);
}

TEST_CASE("who else renames, removes or empties the log is noticed", "[log]") {
  const test::Directory directory;
  const std::string path = directory / "log";
  auto log = LogFile::open(plan_of(path));
  REQUIRE(log);
  REQUIRE(log->append("one\n"));
  REQUIRE(std::rename(path.c_str(), (directory / "old").c_str()) == 0);
  REQUIRE(log->append("two\n"));
  CHECK(test::content_of(directory / "old") == "one\n");
  CHECK(test::content_of(path) == "two\n");
  test::remove_file(path);
  REQUIRE(log->append("three\n"));
  test::cut_file(path, 0);
  REQUIRE(log->append("four\n"));
  CHECK(test::content_of(path) == "four\n");
  // Planted while nothing was written.
  test::remove_file(path);
  test::make_link("old", path);
  CHECK_FALSE(log->append("five\n"));
  CHECK(test::content_of(directory / "old") == "one\n");
}

TEST_CASE("several append to one log and put it aside: no line is lost, cut or doubled", "[log]") {
  constexpr int processes = 4;
  constexpr int lines = 300;
  const test::Directory directory;
  const std::string path = directory / "log";
  test::Crowd crowd;
  for (int i = 0; i < processes; ++i) {
    crowd.add([&, i] {
      auto log = LogFile::open(plan_of(path, 2000, 900));
      CHILD_REQUIRE(log.has_value());
      for (int line = 0; line < lines; ++line) {
        CHILD_REQUIRE(log->append(std::to_string(i) + "-" + std::to_string(line) + "\n").has_value());
      }
      return 0;
    });
  }
  crowd.go();
  REQUIRE(crowd.wait());
  std::map<std::string, int> found;
  const auto files = test::files_in(directory.path());
  CHECK(files.size() >= 2);
  for (const auto& file : files) {
    std::string content = test::content_of(directory / file);
    CHECK(content.ends_with('\n'));
    for (std::size_t at = 0; at < content.size();) {
      const auto end = content.find('\n', at);
      ++found[content.substr(at, end - at)];
      at = end + 1;
    }
  }
  CHECK(found.size() == processes * lines);
  for (const auto& [line, times] : found) {
    INFO(line);
    CHECK(times == 1);
  }
}

TEST_CASE("a log that may not be renamed grows, which is said once", "[log]") {
  if (!test::is_root()) {
    SKIP("needs another user");
  }
  const test::Directory directory;
  const std::string path = directory / "log";
  test::make_file(path, "");
  test::change_owner(path, 4321, 4321);
  succeeds(test::as_user(4321, 4321, [&] {
    auto log = LogFile::open(plan_of(path, 10));
    CHILD_REQUIRE(log.has_value());
    CHILD_REQUIRE(log->append("12345\n").has_value());
    const auto told = log->append("67890\n");
    CHILD_REQUIRE(!told && told.error().code == os::Code::denied);
    CHILD_REQUIRE(log->append("more\n").has_value());
    return 0;
  }));
  CHECK(test::content_of(path) == "12345\n67890\nmore\n");
}

TEST_CASE("lines of two streams don't mix; a line that does not end is written after a moment", "[log]") {
  const test::Directory directory;
  const std::string path = directory / "log";
  auto log = Log::open(plan_of(path));
  REQUIRE(log);
  CHECK(log->time_ns() == -1);
  add(*log, os::Stream::out, "one\ntw");
  CHECK(log->time_ns() > os::monotonic_ns());
  add(*log, os::Stream::error, "error\n");
  CHECK(test::content_of(path) == "one\nerror\n");
  add(*log, os::Stream::out, "o\n\nthr");
  CHECK(test::content_of(path) == "one\nerror\ntwo\n\n");
  REQUIRE(log->flush());
  CHECK(log->time_ns() == -1);
  add(*log, os::Stream::out, "ee\n");
  CHECK(log->time_ns() == -1);
  CHECK(test::content_of(path) == "one\nerror\ntwo\n\nthree\n");
  const std::string long_line(100'000, 'x');
  add(*log, os::Stream::out, long_line);
  CHECK(test::content_of(path).size() == 21 + long_line.size());
}

TEST_CASE("with the time, each line has it once", "[log]") {
  const test::Directory directory;
  const std::string path = directory / "log";
  auto plan = plan_of(path);
  plan.time = true;
  auto log = Log::open(plan);
  REQUIRE(log);
  add(*log, os::Stream::out, "one\ntwo\nth");
  REQUIRE(log->flush());
  add(*log, os::Stream::error, "error\n");
  add(*log, os::Stream::out, "ree\nfour\n");
  std::string content = test::content_of(path);
  std::string without;
  for (std::size_t at = 0; at < content.size();) {
    const auto end = content.find('\n', at);
    const std::string line = content.substr(at, end - at);
    const bool stamped = line.size() > 20 && line[4] == '-' && line[13] == ':' && line[19] == ' ';
    without += (stamped ? "T " + line.substr(20) : line) + '|';
    at = end + 1;
  }
  CHECK(without == "T one|T two|T th|T error|T ree|T four|");
}

TEST_CASE("a full disk is told, and the log goes on when there is room", "[log]") {
  if (!test::can_mount()) {
    SKIP("needs mounts of its own");
  }
  const test::Directory directory;
  succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs(directory.path().c_str(), "size=64k,mode=755"));
    const std::string path = directory / "log";
    auto log = LogFile::open(plan_of(path));
    CHILD_REQUIRE(log.has_value());
    test::make_file(directory / "large", std::string(65'536 - 4096, 'x'));
    const std::string large = std::string(9000, 'x') + '\n';
    const auto refused = log->append(large);
    CHILD_REQUIRE(!refused && refused.error().code == os::Code::full);
    test::remove_file(directory / "large");
    CHILD_REQUIRE(log->append("after\n").has_value());
    CHILD_REQUIRE(test::content_of(path).ends_with("after\n"));
    return 0;
  }));
}

// Journals as systemd-journal-remote makes them of text, read back.
#include <unistd.h>
#include <cstdlib>
#include <string>
#include <vector>
#include "catch.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"
#include "systemd/journal.hpp"

using namespace shm;
using systemd::JournalReader;

namespace {
constexpr const char* remote = "/lib/systemd/systemd-journal-remote";
constexpr std::int64_t second_ns = 1'000'000'000;

struct Written {
  std::int64_t second;
  std::string job;
  std::string message;
};

void write_journal(const test::Directory& directory, const std::string& file, const std::vector<Written>& entries) {
  std::string text;
  for (const Written& entry : entries) {
    const std::string time = std::to_string(entry.second) + "000000\n";
    text += "__REALTIME_TIMESTAMP=" + time + "__MONOTONIC_TIMESTAMP=" + time;
    text += "_BOOT_ID=0123456789abcdef0123456789abcdef\n_MACHINE_ID=11111111111111111111111111111111\n";
    text += "JOB=" + entry.job + "\nMESSAGE=" + entry.message + "\nEMPTY=\n\n";
  }
  test::make_file(directory / (file + ".txt"), text);
  const std::string command = std::string(remote) + " --output=" + (directory / (file + ".journal")) + " " +
                              (directory / (file + ".txt")) + " >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
}

JournalReader open(const test::Directory& directory) {
  auto journal = JournalReader::open(directory.path());
  REQUIRE(journal);
  return std::move(*journal);
}

std::vector<std::string> rest_of(JournalReader& journal) {
  std::vector<std::string> messages;
  for (auto more = journal.next(); more && *more; more = journal.next()) {
    messages.push_back(journal.field("MESSAGE").value_or("?"));
  }
  return messages;
}
using Messages = std::vector<std::string>;

bool has_remote() { return ::access(remote, X_OK) == 0; }
}  // namespace

TEST_CASE("entries are read in the order of time, from anywhere, in both directions", "[journal]") {
  if (!has_remote()) {
    SKIP("needs systemd-journal-remote");
  }
  const test::Directory directory;
  write_journal(directory, "a", {{100, "x", "one"}, {300, "x", "three"}});
  write_journal(directory, "b", {{200, "y", "two"}, {400, "y", "four"}});
  auto journal = open(directory);
  CHECK_FALSE(journal.hidden());
  REQUIRE(journal.seek_start());
  CHECK(rest_of(journal) == Messages{"one", "two", "three", "four"});
  CHECK(journal.field("MESSAGE") == "four");  // it stays where it is
  REQUIRE(journal.seek_time(200 * second_ns));
  CHECK(rest_of(journal) == Messages{"two", "three", "four"});
  REQUIRE(journal.seek_time(200 * second_ns + 1000));
  CHECK(rest_of(journal) == Messages{"three", "four"});
  REQUIRE(journal.seek_end());
  Messages back;
  for (auto more = journal.previous(); more && *more; more = journal.previous()) {
    back.push_back(*journal.field("MESSAGE"));
  }
  CHECK(back == Messages{"four", "three", "two", "one"});
  CHECK(journal.when_ns() == 100 * second_ns);
  CHECK(journal.boot() == "0123456789abcdef0123456789abcdef");
  CHECK(journal.field("EMPTY") == "");
  CHECK_FALSE(journal.field("NONE"));
}

TEST_CASE("only what fits all conditions is there", "[journal]") {
  if (!has_remote()) {
    SKIP("needs systemd-journal-remote");
  }
  const test::Directory directory;
  write_journal(directory, "a", {{1, "x", "one"}, {2, "y", "one"}, {3, "z", "one"}, {4, "x", "two"}});
  auto journal = open(directory);
  REQUIRE(journal.match("JOB", "x"));
  REQUIRE(journal.match("JOB", "z"));
  REQUIRE(journal.match("MESSAGE", "one"));
  REQUIRE(journal.seek_start());
  Messages jobs;
  for (auto more = journal.next(); more && *more; more = journal.next()) {
    jobs.push_back(*journal.field("JOB"));
  }
  CHECK(jobs == Messages{"x", "z"});
}

TEST_CASE("who waits sees what is added", "[journal]") {
  if (!has_remote()) {
    SKIP("needs systemd-journal-remote");
  }
  const test::Directory directory;
  write_journal(directory, "a", {{1, "x", "one"}});
  auto journal = open(directory);
  REQUIRE(journal.seek_start());
  CHECK(rest_of(journal) == Messages{"one"});
  REQUIRE(journal.wait());  // the first returns at once: from now on changes are noticed
  write_journal(directory, "b", {{2, "x", "two"}});
  Messages added;
  while (added.empty()) {
    REQUIRE(journal.wait());
    added = rest_of(journal);
  }
  CHECK(added == Messages{"two"});
}

TEST_CASE("no journal, and one that may not be read, are errors", "[journal]") {
  const test::Directory directory;
  const auto none = JournalReader::open(directory / "none");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == os::Code::absent);
  const auto empty = JournalReader::open(directory.path());
  REQUIRE_FALSE(empty);
  CHECK(empty.error().code == os::Code::absent);
  if (!has_remote() || !test::is_root()) {
    SKIP("needs root and systemd-journal-remote");
  }
  write_journal(directory, "a", {{1, "x", "one"}});
  test::change_mode(directory / "a.journal", 0600);
  test::succeeds(test::as_user(4001, 4001, [&] {
    const auto denied = JournalReader::open(directory.path());
    CHILD_REQUIRE(!denied && denied.error().code == os::Code::denied);
    return 0;
  }));
  write_journal(directory, "b", {{2, "x", "two"}});
  test::change_mode(directory / "b.journal", 0644);
  test::succeeds(test::as_user(4001, 4001, [&] {
    auto journal = JournalReader::open(directory.path());
    CHILD_REQUIRE(journal && journal->hidden());
    CHILD_REQUIRE(journal->seek_start() && *journal->next() && journal->field("MESSAGE") == "two");
    CHILD_REQUIRE(!*journal->next());
    return 0;
  }));
}

#include "work/message.hpp"
#include <unistd.h>
#include "catch.hpp"

using namespace shm;
using work::Message;

namespace {
Message example() {
  Message message;
  message.token = 42;
  message.when_ns = 1'700'000'000'000'000'000;
  message.pid = 4711;
  message.uid = 1000;
  message.directory = "/home/some one";
  message.words = {"open", "", "two\nlines", std::string("a\0b", 3)};
  message.has_input = true;
  message.input = std::string("\0in\xff", 4);
  return message;
}
}  // namespace

TEST_CASE("a message comes out as it went in", "[message]") {
  const auto there = work::unpack(work::pack(example()), "job");
  REQUIRE(there);
  CHECK(there->token == 42);
  CHECK(there->when_ns == 1'700'000'000'000'000'000);
  CHECK(there->pid == 4711);
  CHECK(there->uid == 1000);
  CHECK(there->directory == "/home/some one");
  CHECK(there->words == example().words);
  CHECK(there->has_input);
  CHECK(there->input == example().input);
  const auto empty = work::unpack(work::pack(Message()), "job");
  REQUIRE(empty);
  CHECK(empty->words.empty());
  CHECK_FALSE(empty->has_input);
}

TEST_CASE("a message says who sends it, and from where", "[message]") {
  const auto message = work::message_from_here();
  CHECK(message.pid == ::getpid());
  CHECK(message.uid == ::geteuid());
  char directory[4096];
  REQUIRE(::getcwd(&directory[0], sizeof directory) != nullptr);
  CHECK(message.directory == &directory[0]);
}

TEST_CASE("what is no message is refused, and harms nobody", "[message]") {
  const std::string whole = work::pack(example());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = work::unpack(whole.substr(0, size), "job");
    REQUIRE_FALSE(cut);
    REQUIRE(cut.error().code == os::Code::corrupt);
  }
  CHECK_FALSE(work::unpack(whole + "x", "job"));
  // Sizes and counts that are lies, at each place in turn.
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char byte : {'\xff', '\x7f', '\0', '\1'}) {
      std::string changed = whole;
      changed[at] = byte;
      if (const auto read = work::unpack(changed, "job"); read) {
        REQUIRE(read->words.size() <= changed.size());
      }
    }
  }
}

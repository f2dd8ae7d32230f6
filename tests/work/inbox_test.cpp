#include "work/inbox.hpp"
#include <csignal>
#include "catch.hpp"
#include "os/accounts.hpp"
#include "os/clock.hpp"
#include "store/name.hpp"
#include "support/directory.hpp"
#include "support/process.hpp"

using namespace shm;
using os::Code;
using store::Missing;
using work::Inbox;
using work::Message;

namespace {
Message message_of(std::string word) {
  Message message;
  message.words = {"open", std::move(word)};
  return message;
}

/// An inbox in a store of its own.
class Own {
 public:
  Own() { test::make_directory(path(), 0700); }
  [[nodiscard]] std::string path() const { return directory_ / "store"; }
  [[nodiscard]] Inbox open() const {
    auto inbox = Inbox::open(path(), "job", Missing::create);
    REQUIRE(inbox);
    return std::move(*inbox);
  }

 private:
  test::Directory directory_;
};

std::string word_in(os::Result<Inbox::Letter> letter) {
  REQUIRE(letter);
  return letter->message.words.back();
}
Code code_of(const auto& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}
}  // namespace

TEST_CASE("messages are taken in their order, each once", "[inbox]") {
  const Own own;
  CHECK(code_of(Inbox::open(own.path(), "job", Missing::refuse)) == Code::absent);
  auto inbox = own.open();
  for (const auto* word : {"a", "b", "c"}) {
    REQUIRE(inbox.send(message_of(word)));
  }
  auto other = own.open();
  for (const auto* word : {"a", "b", "c"}) {
    const auto letter = other.take(0);
    CHECK(word_in(letter) == word);
    CHECK(other.done(letter->id));
  }
  CHECK(code_of(inbox.take(0)) == Code::empty);
  CHECK(code_of(inbox.take(os::monotonic_ns() + 1'000'000)) == Code::timed_out);
}

TEST_CASE("a message that is given back, or whose reader has ended, is the first again", "[inbox]") {
  const Own own;
  auto inbox = own.open();
  REQUIRE(inbox.send(message_of("a")));
  REQUIRE(inbox.send(message_of("b")));
  const auto letter = inbox.take(0);
  CHECK(word_in(letter) == "a");
  CHECK(inbox.give_back(letter->id));
  const auto outcome = test::in_child([&] {
    auto reader = Inbox::open(own.path(), "job", Missing::refuse);
    CHILD_REQUIRE(reader.has_value());
    CHILD_REQUIRE(reader->take(0)->message.words.back() == "a");
    ::raise(SIGKILL);
    return 0;
  });
  CHECK(outcome.signal == SIGKILL);
  CHECK(word_in(inbox.take(0)) == "a");
  CHECK(word_in(inbox.take(0)) == "b");
}

TEST_CASE("a message can be withdrawn until somebody has taken it; the others stay in their order", "[inbox]") {
  const Own own;
  auto inbox = own.open();
  CHECK_FALSE(*inbox.withdraw(1));
  REQUIRE(inbox.send(message_of("a")));
  const auto id = inbox.send(message_of("b"));
  REQUIRE(id);
  REQUIRE(inbox.send(message_of("c")));
  CHECK(*inbox.withdraw(*id));
  CHECK_FALSE(*inbox.withdraw(*id));
  CHECK(word_in(inbox.take(0)) == "a");
  const auto last = inbox.take(0);
  CHECK(word_in(last) == "c");
  CHECK_FALSE(*inbox.withdraw(last->id));
}

TEST_CASE("what is no message is dropped, and told", "[inbox]") {
  const Own own;
  auto inbox = own.open();
  auto store = store::Store::open(own.path(), os::effective_uid(), Missing::refuse);
  REQUIRE(store);
  store->allow_inboxes();
  auto queue = object::Queue::open(*store, store::inbox_name("job").view(), os::Access::write);
  REQUIRE(queue);
  std::vector<std::uint64_t> ids;
  const object::NewItem item{std::as_bytes(std::span("rubbish")), {}};
  REQUIRE(queue->push({&item, 1}, 0, ids));
  REQUIRE(inbox.send(message_of("a")));
  CHECK(code_of(inbox.take(0)) == Code::corrupt);
  CHECK(word_in(inbox.take(0)) == "a");
}

TEST_CASE("an inbox goes with its job's name, and only where it is asked for", "[inbox]") {
  const Own own;
  auto inbox = own.open();
  REQUIRE(inbox.send(message_of("a")));
  CHECK(code_of(Inbox::open(own.path(), "other", Missing::refuse)) == Code::absent);
  auto store = store::Store::open(own.path(), os::effective_uid(), Missing::refuse);
  REQUIRE(store);
  CHECK(code_of(object::Queue::open(*store, store::inbox_name("job").view(), os::Access::read)) == Code::usage);
  REQUIRE(Inbox::remove(own.path(), "job"));
  CHECK(code_of(Inbox::remove(own.path(), "job")) == Code::absent);
  CHECK(code_of(inbox.take(0)) == Code::absent);
  CHECK(test::files_in(own.path()).empty());
}

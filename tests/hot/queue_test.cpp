#include "hot/queue.hpp"
#include <fcntl.h>
#include <unistd.h>
#include "catch.hpp"
#include "support/process.hpp"
#include "told.hpp"

using namespace shm;
using os::Code;
using test::Call;
using Lines = test::Call::Lines;

namespace {
/// A call whose standard output is the file `path`, which is made where it is missing: in a child.
test::Outcome to_file(const std::string& path, const test::Act& act) {
  return test::in_child([&] {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);  // NOLINT: open(2) is variadic
    return file >= 0 && ::dup2(file, 1) == 1 ? act() : 99;
  });
}

/// What pop prints, its items one behind the other.
std::string pop(const test::OwnStore& store, std::vector<hot::Given> options = {}) {
  const test::Directory directory;
  const std::string file = directory / "out";
  test::succeeds(to_file(file, [&] { return Call(store, hot::queue_pop, {"q"}, std::move(options)).status; }));
  return test::content_of(file);
}

int push(const test::OwnStore& store, std::vector<std::string_view> items, std::vector<hot::Given> options = {}) {
  items.insert(items.begin(), "q");
  return Call(store, hot::queue_push, std::move(items), std::move(options)).status;
}

Lines len(const test::OwnStore& store) { return Call(store, hot::queue_len, {"q"}).lines; }
}  // namespace

TEST_CASE("a push makes the queue, and items come out in their order", "[hot]") {
  const test::OwnStore store;
  CHECK(push(store, {"a"}, {{"existing", ""}}) == Call::failed);
  CHECK(push(store, {"a", "b", "c"}) == 0);
  CHECK(push(store, {"first", "second"}, {{"front", ""}}) == 0);
  CHECK(push(store, {"urgent"}, {{"priority", "5"}}) == 0);
  CHECK(len(store) == Lines{"q queue: 6"});
  CHECK(pop(store) == "urgent");
  CHECK(pop(store, {{"count", "2"}}) == "firstsecond");
  CHECK(pop(store, {{"back", ""}}) == "c");
  CHECK(pop(store, {{"count", "9"}}) == "ab");
  CHECK(Call(store, hot::queue_pop, {"q"}).code == Code::empty);
  CHECK(Call(store, hot::queue_pop, {"other"}).code == Code::absent);
}

TEST_CASE("a key is pushed once", "[hot]") {
  const test::OwnStore store;
  CHECK(push(store, {"a"}, {{"unique", "k"}}) == 0);
  CHECK(Call(store, hot::queue_push, {"q", "b"}, {{"unique", "k"}}).code == Code::lost);
  CHECK(len(store) == Lines{"q queue: 1"});
}

TEST_CASE("what is not usual, or makes no sense, is not done at all", "[hot]") {
  const test::OwnStore store;
  CHECK(push(store, {"-"}) == hot::not_mine);  // standard input
  CHECK(push(store, {"a", "-"}) == hot::not_mine);
  CHECK(push(store, {"a", "b"}, {{"unique", "k"}}) == hot::not_mine);
  CHECK(push(store, {"a"}, {{"unique", ""}}) == hot::not_mine);
  CHECK(push(store, {"a"}, {{"priority", "1x"}}) == hot::not_mine);
  CHECK(push(store, {"a"}, {{"wait", "1.5s"}}) == hot::not_mine);
  CHECK(Call(store, hot::queue_pop, {"q"}, {{"count", "0"}}).status == hot::not_mine);
  CHECK(Call(store, hot::queue_pop, {"q"}, {{"wait", "soon"}}).status == hot::not_mine);
  CHECK(store.files().empty());
}

TEST_CASE("what can't be written is back where it was", "[hot]") {
  const test::OwnStore store;
  REQUIRE(push(store, {"a", "b", "c"}) == 0);
  for (const auto* count : {"1", "2"}) {
    test::succeeds(to_file("/dev/full", [&] {
      const Call call(store, hot::queue_pop, {"q"}, {{"count", count}});
      return call.status == 0 && call.lines == Lines{"error standard output"} ? 0 : 1;
    }));
  }
  CHECK(pop(store, {{"count", "3"}}) == "abc");
}

TEST_CASE("nothing is taken for a standard output that nobody reads, or that can't be written", "[hot]") {
  const test::OwnStore store;
  REQUIRE(push(store, {"a"}) == 0);
  test::succeeds(test::in_child([&] {
    int ends[2];
    const bool ready = ::pipe(&ends[0]) == 0 && ::dup2(ends[1], 1) == 1 && ::close(ends[0]) == 0;
    return ready && Call(store, hot::queue_pop, {"q"}).status == Call::failed ? 0 : 1;
  }));
  test::succeeds(test::in_child([&] {
    ::close(1);
    return Call(store, hot::queue_pop, {"q"}).status == Call::failed ? 0 : 1;
  }));
  CHECK(len(store) == Lines{"q queue: 1"});
}

TEST_CASE("len goes on with the next name", "[hot]") {
  const test::OwnStore store;
  REQUIRE(push(store, {"a"}) == 0);
  CHECK(Call(store, hot::queue_len, {"none", "q"}).lines == Lines{"error none", "q queue: 1"});
}

// Reading while others change: one state is seen, and no mix of two.
#include "segment/view.hpp"
#include <sys/wait.h>
#include <csignal>
#include "catch.hpp"
#include "segment/object.hpp"
#include "support/process.hpp"

using namespace test;
using shm::os::Result;
using shm::segment::root_words;
using shm::segment::Walk;

namespace {
// The root words' common value; ~0 if they differ.
Result<std::uint64_t> common(const Reader& reader) {
  const std::uint64_t first = reader.get_root(0);
  for (std::size_t i = 1; i < root_words; ++i) {
    if (reader.get_root(i) != first) {
      return ~std::uint64_t{0};
    }
  }
  return first;
}
void set_all(shm::segment::Transaction& change, std::uint64_t value) {
  for (std::size_t i = 0; i < root_words; ++i) {
    change.set_root(i, value);
  }
}
}  // namespace

TEST_CASE("words that a change under way has changed, even twice, are seen as they were", "[view]") {
  const Object object;
  Region region = object.open();
  const Region reader = object.open(Access::read);
  {
    auto change = must(region.begin());
    set_all(change, 5);
    must(change.commit());
  }
  auto change = must(region.begin());
  for (const std::uint64_t value : {6, 7, 8}) {
    set_all(change, value);
    CHECK(reader.read(common).value() == 5);
  }
  must(change.commit());
  CHECK(reader.read(common).value() == 8);
}

TEST_CASE("a large change under way, whose log has many parts, is read past", "[view]") {
  const Object object;
  Region region = object.open();
  const Region reader = object.open(Access::read);
  constexpr std::uint64_t words = 20000;
  Ref block;
  {
    auto change = must(region.begin());
    const auto fresh = change.allocate(words * 8);
    for (std::uint64_t i = 0; i < words; ++i) {
      fresh.put(i, i);
    }
    change.set_root(0, fresh.ref());
    must(change.commit());
    block = fresh.ref();
  }
  const auto sum = [&](const Reader& each) -> Result<std::uint64_t> {
    std::uint64_t total = 0;
    for (std::uint64_t i = 0; i < words; ++i) {
      total += each.get(block + i);
    }
    return total;
  };
  {
    auto change = must(region.begin());
    for (std::uint64_t i = 0; i < words; ++i) {
      change.set(block + i, 1);
    }
    CHECK(reader.read(sum).value() == words * (words - 1) / 2);
  }
  CHECK(reader.read(sum).value() == words * (words - 1) / 2);
}

TEST_CASE("what was seen of a change is not taken for the old state when its undoing has come as far back", "[view]") {
  const Object object;
  Region region = object.open();
  const Region reader = object.open(Access::read);
  int looks = 0;
  const auto seen = [&] {
    auto change = std::optional(must(region.begin()));
    change->set_root(0, 1);
    return reader.read([&](const Reader& each) -> Result<std::uint64_t> {
      if (looks++ > 0) {
        return each.get_root(1);
      }
      change->set_root(1, 7);  // a word that the reader does not know to be changed
      const std::uint64_t early = each.get_root(1);
      // The undoing stops in the middle, with as many entries left as there were when the reader began.
      Inspector::control(region).undo[0].offset = 0;
      change.reset();
      return early;
    });
  }();
  CHECK(looks == 2);
  CHECK(seen.value() == 0);
}

TEST_CASE("a reader that is overtaken looks again, and gives up in the end", "[view]") {
  const Object object;
  Region region = object.open();
  Region reader = object.open(Access::read);
  int looks = 0;
  CHECK(reader
            .read([&](const Reader& each) -> Result<std::uint64_t> {
              if (++looks < 30) {
                set_root(region, 0, static_cast<std::uint64_t>(looks));
              }
              return each.get_root(0);
            })
            .value() == 29);
  reader.set_patience(5 * ms);
  const auto never = [&](const Reader& each) -> Result<std::uint64_t> {
    set_root(region, 0, static_cast<std::uint64_t>(++looks));
    return each.get_root(0);
  };
  CHECK(code_of(reader.read(never)) == Code::timed_out);
  // A walk notices early that what it finds is of no use.
  std::uint64_t steps = 0;
  CHECK(code_of(reader.read([&](const Reader& each) -> Result<std::uint64_t> {
          set_root(region, 0, static_cast<std::uint64_t>(++looks));
          for (Walk walk(each); walk.step() && steps < 100'000;) {
            ++steps;
          }
          return 0;
        })) == Code::timed_out);
  CHECK(steps < 100'000);
}

TEST_CASE("what a look says is passed on, and damage goes before it", "[view]") {
  const Object object;
  const Region region = object.open(Access::read);
  const auto refuse = [](bool damaged) {
    return [damaged](const Reader& reader) -> Result<int> {
      if (damaged) {
        reader.mark_damaged();
      }
      return std::unexpected(shm::os::fail(Code::empty, "take from", "thing", "there is nothing"));
    };
  };
  CHECK(code_of(region.read(refuse(false))) == Code::empty);
  CHECK(code_of(region.read(refuse(true))) == Code::corrupt);
}

TEST_CASE("patience without end is that of readers too", "[view]") {
  const Object object;
  Region region = object.open();
  Region reader = object.open(Access::read);
  reader.set_patience(-1);
  int looks = 0;
  CHECK(reader
            .read([&](const Reader& each) -> Result<std::uint64_t> {
              if (++looks < 60) {
                set_root(region, 0, static_cast<std::uint64_t>(looks));
              }
              return each.get_root(0);
            })
            .value() == 59);
}

TEST_CASE("no reader ever sees half a change, of committing, giving up and dying writers", "[view]") {
  const Object object(0644);
  Crowd readers;
  auto& stop = shared<int>();
  for (int i = 0; i < 2; ++i) {
    readers.add([&] {
      const Region region = object.open(Access::read);
      int looks = 0;
      do {
        const std::uint64_t value = must(region.read(common));
        CHILD_REQUIRE(value != ~std::uint64_t{0});
        CHILD_REQUIRE(value % 2 == 0);
        ++looks;
      } while (look(stop) == 0);
      CHILD_REQUIRE(looks > 10);
      return 0;
    });
  }
  readers.go();
  const std::int64_t until = shm::os::monotonic_ns() + 700 * ms;
  for (unsigned round = 0; shm::os::monotonic_ns() < until; ++round) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      Region region = object.open();
      for (std::uint64_t i = 0;; ++i) {
        auto change = must(region.begin());
        set_all(change, i * 2 + 1);
        if (i % 3 != 0) {
          set_all(change, i * 2);
          must(change.commit());
        }
      }
    }
    ::usleep(500 + round * 37 % 3000);
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
  }
  tell(stop, 1);
  CHECK(readers.wait());
}

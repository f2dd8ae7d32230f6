// Words that are changed without the lock, and transactions that know of it.
#include "catch.hpp"
#include "segment/object.hpp"
#include "segment/region_word.hpp"
#include "segment/undo.hpp"
#include "support/process.hpp"

using namespace test;
using shm::os::Result;
using shm::segment::count_of;

namespace {
constexpr std::uint64_t words = 600;

void make(const OwnStore& store) {
  shm::store::NewObject fresh;
  fresh.kind = 99;
  const std::uint64_t first[] = {5, 6, 7};
  must(Region::create(*store, "words", fresh, {}, words * 8, std::as_bytes(std::span(first))));
}

Region open_words(const OwnStore& store, Access access = Access::write) {
  return must(Region::open(*store, "words", access));
}

std::uint64_t word(const Region& region, std::uint64_t index) {
  return must(
      region.read([&](const Reader& reader) -> Result<std::uint64_t> { return reader.get(Region::fixed() + index); }));
}

const auto add_one = [](std::uint64_t now, std::uint64_t& next) {
  next = now + 1;
  return true;
};

Code code_of(const Result<bool>& result) { return result ? Code{255} : result.error().code; }
}  // namespace

TEST_CASE("an object is made with memory of its own", "[word]") {
  const OwnStore store;
  make(store);
  auto region = open_words(store);
  CHECK(region.fixed_room() >= words * 8);
  CHECK(word(region, 0) == 5);
  CHECK(word(region, 2) == 7);
  CHECK(word(region, words - 1) == 0);
  // The heap begins behind it.
  auto change = must(region.begin());
  const auto block = change.allocate(100'000);
  CHECK(block.ref().offset >= Region::fixed().offset + words * 8);
  must(change.commit());
  CHECK(word(region, words - 1) == 0);
  shm::store::NewObject large;
  large.kind = 99;
  const auto refused = Region::create(*store, "large", large, {}, ~std::uint64_t{0}, {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::limit);
}

TEST_CASE("a word changes without lock, session or log", "[word]") {
  const OwnStore store;
  make(store);
  auto region = open_words(store);
  const auto generation = region.generation();
  CHECK(must(region.change_word(Region::fixed() + 1, add_one)));
  CHECK(word(region, 1) == 7);
  CHECK(Inspector::session(region) == 0);
  CHECK(region.generation() == generation);
  // What is refused is left alone.
  CHECK_FALSE(must(region.change_word(Region::fixed() + 1, [](std::uint64_t, std::uint64_t& next) {
    next = 99;
    return false;
  })));
  CHECK(word(region, 1) == 7);
  auto reader = open_words(store, Access::read);
  CHECK(code_of(reader.change_word(Region::fixed(), add_one)) == Code::denied);
  for (const std::uint64_t offset : {std::uint64_t{0}, Region::fixed().offset - 8, Region::fixed().offset + 4,
                                     std::uint64_t{1} << 30U, ~std::uint64_t{7}}) {
    INFO(offset);
    CHECK(code_of(region.change_word(Ref{offset}, add_one)) == Code::corrupt);
  }
  for (const std::uint64_t offset : {Region::fixed().offset + 4, std::uint64_t{1} << 30U, ~std::uint64_t{7}}) {
    INFO(offset);
    const auto seen = region.read_word(Ref{offset});
    REQUIRE_FALSE(seen);
    CHECK(seen.error().code == Code::corrupt);
  }
}

TEST_CASE("a word waits for the lock that somebody has", "[word]") {
  const OwnStore store;
  make(store);
  auto one = open_words(store);
  auto other = open_words(store);
  other.set_patience(0);
  {
    auto change = must(one.begin());
    CHECK(code_of(other.change_word(Region::fixed(), add_one)) == Code::timed_out);
    REQUIRE(change.set_shared(Region::fixed(), add_one));
    CHECK(word(other, 0) == 5);
    must(change.commit());
  }
  CHECK(must(other.change_word(Region::fixed(), add_one)));
  CHECK(word(one, 0) == 7);
  auto removing = must(one.begin());
  must(removing.remove());
  CHECK(code_of(other.change_word(Region::fixed(), add_one)) == Code::absent);
  CHECK_FALSE(other.read_word(Region::fixed()));
}

TEST_CASE("a word's change undoes what a killed one has left first", "[word]") {
  const OwnStore store;
  make(store);
  auto region = open_words(store);
  succeeds(in_child([&] {
    auto own = open_words(store);
    auto change = must(own.begin());
    change.set_shared(Region::fixed(), [](std::uint64_t, std::uint64_t& next) {
      next = 1000;
      return true;
    });
    ::_exit(0);
    return 1;
  }));
  CHECK(count_of(look(Inspector::control(region).head)) == 1);
  CHECK(word(region, 0) == 5);
  CHECK(must(region.read_word(Region::fixed())) == 5);
  CHECK(must(region.change_word(Region::fixed(), add_one)));
  CHECK(must(region.read_word(Region::fixed())) == 6);
  CHECK(word(region, 0) == 6);
}

TEST_CASE("a transaction keeps what changes without lock while it comes to the word", "[word]") {
  const OwnStore store;
  make(store);
  auto region = open_words(store);
  const Ref at = Region::fixed() + 2;
  const auto late = [&](std::uint64_t value) { Inspector::memory(region).store(at.offset, value); };
  const bool undone = GENERATE(false, true);
  {
    auto change = must(region.begin());
    int calls = 0;
    CHECK(change.set_shared(at, [&](std::uint64_t now, std::uint64_t& next) {
      if (++calls <= 3) {
        late(now + 10);  // between the look at the word and its change
      }
      next = now + 100;
      return true;
    }));
    CHECK(calls == 4);
    CHECK(change.get(at) == 137);
    CHECK(count_of(look(Inspector::control(region).head)) == 1);
    if (!undone) {
      must(change.commit());
    }
  }
  CHECK(word(region, 2) == (undone ? 37 : 137));
}

TEST_CASE("words that change twice in a transaction, or not at all, or many of them", "[word]") {
  const OwnStore store;
  make(store);
  auto region = open_words(store);
  {
    auto change = must(region.begin());
    CHECK(change.set_shared(Region::fixed(), add_one));
    CHECK(change.set_shared(Region::fixed(), add_one));
    CHECK(change.set_shared(Region::fixed() + 1, [](std::uint64_t, std::uint64_t&) { return true; }));
    CHECK_FALSE(change.set_shared(Region::fixed() + 2, [](std::uint64_t, std::uint64_t& next) {
      next = 1;
      return false;
    }));
    CHECK(count_of(look(Inspector::control(region).head)) == 2);
    CHECK(change.get(Region::fixed()) == 7);
  }
  CHECK(word(region, 0) == 5);
  CHECK(word(region, 2) == 7);
  for (const bool commits : {false, true}) {
    auto change = must(region.begin());
    for (std::uint64_t i = 3; i < words; ++i) {
      CHECK(change.set_shared(Region::fixed() + i, add_one));
    }
    if (commits) {
      must(change.commit());
    }
  }
  CHECK(word(region, 3) == 1);
  CHECK(word(region, words - 1) == 1);
  auto damaged = must(region.begin());
  CHECK_FALSE(damaged.set_shared(Reader::root(0), add_one));
  const auto refused = damaged.commit();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::corrupt);
}

TEST_CASE("who waits for an object is woken by a word's change", "[word]") {
  const OwnStore store;
  make(store);
  auto region = open_words(store);
  auto& control = Inspector::control(region);
  tell(control.sleepers, std::uint64_t{1});
  CHECK(must(region.change_word(Region::fixed(), add_one)));
  CHECK(look(control.sleepers) == 0);
}

TEST_CASE("many change words, one at a time and several at once, and none is lost", "[word][crowd]") {
  const OwnStore store;
  make(store);
  constexpr std::uint64_t rounds = sanitized ? 2'000 : 20'000;
  Crowd crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.add([&, i] {
      auto own = open_words(store);
      for (std::uint64_t round = 0; round < rounds; ++round) {
        if (i % 2 == 0 || round % 3 == 0) {
          must(own.change_word(Region::fixed() + round % 2, add_one));
        } else {
          auto change = must(own.begin());
          change.set_shared(Region::fixed(), add_one);
          change.set_shared(Region::fixed() + 1, add_one);
          must(change.commit());
        }
      }
      return 0;
    });
  }
  crowd.go();
  const std::uint64_t doubled = 2 * (rounds - (rounds + 2) / 3);  // two of them change both words in these rounds
  REQUIRE(crowd.wait());
  auto region = open_words(store);
  CHECK(word(region, 0) + word(region, 1) == 5 + 6 + 4 * rounds + doubled);
}

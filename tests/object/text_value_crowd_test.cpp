// Text values with several processes at them: kills at moments of chance, races, and files that make no sense.
#include <signal.h>
#include <unistd.h>
#include <cstring>
#include <random>
#include <string>
#include "catch.hpp"
#include "object/text_user.hpp"
#include "os/clock.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::bytes;
using test::code_of;
using test::ok;
using test::OwnStore;
using test::TextUser;

namespace {
// Its length follows from its letter, so that a mixture shows.
std::string content_of(unsigned letter, std::size_t unit) {
  return std::string((letter % 7 + 1) * unit, static_cast<char>('a' + letter % 7));
}

bool is_whole(const std::string& content, std::size_t unit) {
  return !content.empty() && content == content_of(static_cast<unsigned>(content[0] - 'a'), unit);
}

// Starts a child that acts for ever, kills it at a moment of chance, and does so `rounds` times.
template <class Act, class Check>
void kill_often(int rounds, std::int64_t longest_ns, Act act, Check check) {
  std::mt19937 random(4711);
  for (int round = 0; round < rounds; ++round) {
    test::Crowd crowd;
    crowd.add([&]() -> int {
      for (unsigned turn = 0;; ++turn) act(turn);
    });
    crowd.go();
    shm::os::sleep_until(shm::os::monotonic_ns() +
                         static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(longest_ns)));
    ::kill(crowd.pids()[0], SIGKILL);
    crowd.wait_for(0);
    check();
  }
}
}  // namespace

TEST_CASE("a writer that is killed leaves the old content or the new, whole", "[text][crowd]") {
  const std::size_t unit = GENERATE(std::size_t{1}, std::size_t{100}, std::size_t{1'500'000});
  const int rounds = test::sanitized || unit > 1000 ? 25 : 150;
  TextUser user(Type::text, content_of(0, unit));
  auto reader = TextValue::open(*user.store, "text", Access::read);
  kill_often(
      rounds, unit > 1000 ? 80'000'000 : 6'000'000,
      [&](unsigned turn) {
        auto own = TextValue::open(*user.store, "text", Access::write);
        CHILD_REQUIRE(own && own->set(bytes(content_of(turn, unit)), 0, Presence::existing));
      },
      [&] {
        const auto seen = reader->get();  // before anybody has put anything right
        REQUIRE(code_of(seen) == ok);
        REQUIRE(is_whole(std::string(seen->view()), unit));
        const std::int64_t began = shm::os::monotonic_ns();
        const auto held = user->swap(bytes(content_of(3, unit)), 0);
        REQUIRE(code_of(held) == ok);
        REQUIRE(held->view() == seen->view());
        REQUIRE(shm::os::monotonic_ns() - began < 10'000'000'000);
      });
}

TEST_CASE("an append that is killed is whole or absent", "[text][crowd]") {
  TextUser user(Type::bytes, "");
  const std::string piece = "0123456789ABCDEF#";
  kill_often(
      test::sanitized ? 20 : 100, 4'000'000,
      [&](unsigned) {
        auto own = TextValue::open(*user.store, "text", Access::write);
        CHILD_REQUIRE(own.has_value());
        for (int i = 0; i < 1000; ++i) CHILD_REQUIRE(own->append(bytes(piece), Presence::existing).has_value());
      },
      [&] {
        const auto seen = user->get();
        REQUIRE(code_of(seen) == ok);
        REQUIRE(seen->size() % piece.size() == 0);
        for (std::size_t at = 0; at < seen->size(); at += piece.size()) {
          if (seen->view().substr(at, piece.size()) != piece) FAIL("torn at " << at);
        }
        REQUIRE(user->set(bytes(""), 0, Presence::existing));
      });
}

TEST_CASE("a maker that is killed leaves a whole value or an absent one", "[text][crowd]") {
  const OwnStore store;
  kill_often(
      test::sanitized ? 20 : 100, 4'000'000,
      [&](unsigned) {
        CHILD_REQUIRE(TextValue::create(*store, "text", Type::text, bytes("whole"), 0, {}).has_value());
        auto own = TextValue::open(*store, "text", Access::write);
        CHILD_REQUIRE(own && own->take()->view() == "whole");
      },
      [&] {
        const auto there = TextValue::open(*store, "text", Access::read);
        const auto seen = there ? there->get() : std::unexpected(there.error());
        if (seen) {
          REQUIRE(seen->view() == "whole");
          REQUIRE(code_of(shm::object::remove(*store, "text")) == ok);
        } else {
          REQUIRE(seen.error().code == Code::absent);
        }
        // Whatever there was, the name can be had.
        REQUIRE(code_of(TextValue::create(*store, "text", Type::text, bytes("whole"), 0, {})) == ok);
        REQUIRE(code_of(shm::object::remove(*store, "text")) == ok);
      });
}

TEST_CASE("of those that take a value at once, exactly one gets it", "[text][crowd]") {
  const OwnStore store;
  auto& winners = test::shared<int>();
  const int rounds = test::sanitized ? 20 : 100;
  for (int round = 0; round < rounds; ++round) {
    REQUIRE(code_of(TextValue::create(*store, "text", Type::text, bytes("prize"), 0, {})) == ok);
    test::Crowd crowd;
    for (int n = 0; n < 2; ++n) {
      crowd.add([&] {
        auto own = TextValue::open(*store, "text", Access::write);
        const auto prize = own ? own->take() : std::unexpected(own.error());
        if (prize) {
          CHILD_REQUIRE(prize->view() == "prize");
          __atomic_add_fetch(&winners, 1, __ATOMIC_SEQ_CST);
        }
        return prize || prize.error().code == Code::absent ? 0 : 1;
      });
    }
    crowd.go();
    REQUIRE(crowd.wait());
    REQUIRE(winners == round + 1);
  }
}

TEST_CASE("of those that make a value at once, one does, and all append to it", "[text][crowd]") {
  const OwnStore store;
  auto& makers = test::shared<int>();
  test::Crowd crowd;
  for (int n = 0; n < 4; ++n) {
    crowd.add([&] {
      const auto made = TextValue::create(*store, "text", Type::text, bytes("."), 0, {});
      CHILD_REQUIRE(made || made.error().code == Code::exists);
      if (made) {
        __atomic_add_fetch(&makers, 1, __ATOMIC_SEQ_CST);
      }
      auto own = TextValue::open(*store, "text", Access::write);
      for (int i = 0; own && i < 500; ++i) CHILD_REQUIRE(own->append(bytes("x"), Presence::existing).has_value());
      return own ? 0 : 1;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  CHECK(makers == 1);
  CHECK(TextValue::open(*store, "text", Access::read)->get()->size() == 2001);
}

TEST_CASE("readers see one content and no mixture while it changes", "[text][crowd]") {
  TextUser user(Type::text, content_of(0, 300));
  auto& done = test::shared<int>();
  test::Crowd crowd;
  crowd.add([&] {
    auto own = TextValue::open(*user.store, "text", Access::write);
    for (unsigned turn = 0; turn < (test::sanitized ? 3000U : 30'000U); ++turn) {
      CHILD_REQUIRE(own->set(bytes(content_of(turn, 300)), 0, Presence::existing).has_value());
    }
    __atomic_store_n(&done, 1, __ATOMIC_SEQ_CST);
    return 0;
  });
  crowd.add([&] {
    const auto own = TextValue::open(*user.store, "text", Access::read);
    while (__atomic_load_n(&done, __ATOMIC_SEQ_CST) == 0) {
      const auto seen = own->get();
      CHILD_REQUIRE(seen && is_whole(std::string(seen->view()), 300));
    }
    return 0;
  });
  crowd.go();
  CHECK(crowd.wait());
}

TEST_CASE("where memory is full, the old content stays, and no half object", "[text]") {
  if (!test::can_mount()) {
    SKIP("needs mounts of its own");
  }
  const test::Directory place;
  test::succeeds(test::in_own_mounts([&] {
    CHILD_REQUIRE(test::mount_tmpfs(place.path().c_str(), "size=512k,mode=700"));
    const auto store =
        shm::store::Store::open(place.path() + "/store", ::geteuid(), shm::store::Missing::create).value();
    const std::string much(700'000, 'm');
    CHILD_REQUIRE(code_of(TextValue::create(store, "text", Type::text, bytes(much), 0, {})) == Code::full);
    CHILD_REQUIRE(test::files_in(place.path() + "/store").empty());
    CHILD_REQUIRE(TextValue::create(store, "text", Type::text, bytes("old"), 0, {}).has_value());
    auto value = TextValue::open(store, "text", Access::write);
    CHILD_REQUIRE(value.has_value());
    CHILD_REQUIRE(code_of(value->set(bytes(much), 0, Presence::existing)) == Code::full);
    CHILD_REQUIRE(code_of(value->swap(bytes(much), 0)) == Code::full);
    CHILD_REQUIRE(code_of(value->append(bytes(much), Presence::existing)) == Code::full);
    CHILD_REQUIRE(code_of(value->compare_and_set(bytes("old"), bytes(much))) == Code::full);
    CHILD_REQUIRE(test::text_of(value->get()) == "old");
    CHILD_REQUIRE(value->set(bytes(much.substr(0, 200'000)), 0, Presence::existing).has_value());
    return 0;
  }));
}

TEST_CASE("a file with words changed is refused or read, never a crash", "[text]") {
  TextUser user(Type::text, std::string(3000, 'x'));
  const std::string whole = test::content_of(user.store / "text");
  std::mt19937 random(815);
  for (int turn = 0; turn < 1500; ++turn) {
    std::string content = whole;
    for (unsigned n = 0; n < 1 + random() % 3; ++n) {
      const std::size_t words = (turn % 2 == 0 ? 3000U : whole.size()) / 8;
      const std::uint64_t value = random() % 3 == 0   ? random() % 5000
                                  : random() % 2 == 0 ? ~std::uint64_t{0} - random() % 100
                                                      : (std::uint64_t{random()} << 32U) | random();
      std::memcpy(&content[128 + random() % (words - 20) * 8], &value, sizeof value);
    }
    test::make_file(user.store / "text", content);
    (void)describe(*user.store, "text");
    auto value = TextValue::open(*user.store, "text", Access::write);
    if (!value) {
      CHECK((value.error().code == Code::corrupt || value.error().code == Code::absent ||
             value.error().code == Code::full));
    } else {
      test::succeeds(test::in_child([&] {  // a lock word may name a session that lives for ever
        auto own = TextValue::open(*user.store, "text", Access::write);
        (void)(own && own->get());
        return 0;
      }));
    }
    if (!test::exists(user.store / "text")) {
      REQUIRE(code_of(TextValue::create(*user.store, "text", Type::text, bytes("x"), 0, {})) == ok);
    }
  }
}

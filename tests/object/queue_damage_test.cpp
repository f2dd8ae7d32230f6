// A queue whose content somebody has spoilt: each operation ends, with an answer or an error, and the program lives.
#include <unistd.h>
#include <cstring>
#include <random>
#include "catch.hpp"
#include "object/queue_user.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using test::bytes_of;
using test::QueueUser;
using test::self;

namespace {
// Some items of every state, of several priorities, with keys.
void fill(QueueUser& q) {
  for (int i = 0; i < 24; ++i) {
    const std::string word(static_cast<std::size_t>(i * 7 % 50), 'x');
    const std::string key = i % 2 == 0 ? "key" + std::to_string(i) : "";
    const NewItem item{bytes_of(word), bytes_of(key), i % 3, End::back};
    std::vector<std::uint64_t> ids;
    REQUIRE(q->push(std::span(&item, 1), 0, ids));
  }
  for (int i = 0; i < 4; ++i) REQUIRE(q->release(q.take(), 3'600'000'000'000));
  for (int i = 0; i < 4; ++i) REQUIRE(q->bury(q.take()));
  REQUIRE(q->take(test::dead(), 2, -1, 0));
  REQUIRE(q->take(self(), 4, 3'600'000'000'000, 0));
}

void use_all(const shm::store::Store& store, std::mt19937& random) {
  auto opened = Queue::open(store, "jobs", Access::write);
  if (!opened) return;
  Queue& queue = *opened;
  (void)queue.stats();
  for (const auto state : {ItemState::ready, ItemState::held, ItemState::delayed, ItemState::buried}) {
    (void)queue.items(state);
  }
  (void)queue.peek(End::back, 5);
  std::vector<std::uint64_t> ids;
  for (int i = 0; i < 12; ++i) {
    const std::uint64_t id = 1 + random() % 26;
    const NewItem item{bytes_of("new"), bytes_of(i % 2 == 0 ? "key2" : ""), i % 4, i % 3 == 0 ? End::front : End::back};
    switch (random() % 8) {
      case 0: (void)queue.push(std::span(&item, 1), 0, ids); break;
      case 1: (void)queue.pop(i % 2 == 0 ? End::front : End::back, 1 + random() % 30, 0); break;
      case 2: (void)queue.take(self(), 2, -1, 0); break;
      case 3: (void)queue.acknowledge(std::span(&id, 1)); break;
      case 4: (void)queue.release(id, i % 2); break;
      case 5: (void)queue.bury(id); break;
      case 6: (void)queue.kick(random() % 2 == 0 ? std::span<const std::uint64_t>() : std::span(&id, 1)); break;
      default: (void)queue.touch(id, -1);
    }
  }
  (void)queue.clear();
  (void)queue.stats();
}
}  // namespace

TEST_CASE("a queue that is damaged anywhere crashes nobody and keeps nobody for ever", "[queue][damage]") {
  QueueUser q;
  fill(q);
  const std::string whole = test::content_of(q.store() / "jobs");
  const std::size_t words = whole.size() / 8;
  constexpr std::size_t first = 16;  // behind the header, whose sum would tell
  std::vector<std::size_t> used;
  for (std::size_t i = first; i < words; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, whole.data() + i * 8, 8);
    if (word != 0) used.push_back(i);
  }
  const unsigned rounds = test::sanitized ? 300 : 3000;
  test::succeeds(test::in_child([&] {
    std::mt19937 random(20261121);
    for (unsigned round = 0; round < rounds; ++round) {
      std::string content = whole;
      for (unsigned i = 1 + random() % 4; i > 0; --i) {
        // Another word's content makes rings and shared tails; numbers of all sizes make the rest.
        std::uint64_t word = std::uint64_t{random()} << (random() % 60);
        if (random() % 3 != 0) std::memcpy(&word, whole.data() + used[random() % used.size()] * 8, 8);
        std::memcpy(content.data() + used[random() % used.size()] * 8, &word, 8);
      }
      test::make_file(q.store() / "jobs", content);
      ::alarm(20);  // a loop without end would be the child's end
      use_all(*q.store(), random);
    }
    return 0;
  }));
}

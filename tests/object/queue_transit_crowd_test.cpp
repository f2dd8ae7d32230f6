// Large items of a queue among forked, killed and confused processes.
#include "object/queue_copier.hpp"

using namespace test;

TEST_CASE("a child uses its parent's queue for large items", "[queue][transit]") {
  QueueUser q;
  q.push(content(1, 50'000));
  test::succeeds(test::in_child([&] {
    CHILD_REQUIRE(push(*q, content(2, 50'000)) == ok);
    const auto items = q->pop(End::front, 1, 0);
    CHILD_REQUIRE(items && items->at(0).bytes.view() == content(1, 50'000));
    return 0;
  }));
  q.push(content(3, 50'000));
  CHECK(q.pop() == std::vector{content(2, 50'000)});
  CHECK(q.pop() == std::vector{content(3, 50'000)});
}

TEST_CASE("those that push and pop large items are killed at any moment", "[queue][transit][crowd]") {
  QueueLimits limits;
  limits.max_items = 8;
  QueueUser q(limits);
  constexpr std::size_t kills = 400 / scale;
  constexpr std::size_t most = 100'000;  // items of one process
  constexpr std::size_t at_once = 2;     // of either sort
  struct Seen {
    std::atomic<std::uint32_t> pushed[kills + 1];  // by that process, and acknowledged to it
    std::atomic<std::uint32_t> popped;
    std::atomic<std::uint8_t> got[kills + 1][most];
  };
  auto& seen = test::shared<Seen>();
  const auto size_of = [](std::uint64_t number) { return large_item - 200 + number % 5 * 1000; };
  const auto record = [&](const Item& item) {
    std::uint64_t number = 0;
    if (item.bytes.size() < 8) return false;
    std::memcpy(&number, item.bytes.data(), 8);
    if (number / most > kills || item.bytes.view() != content(number, size_of(number))) return false;
    seen.got[number / most][number % most] += 1;
    seen.popped += 1;
    return true;
  };
  test::Crowd crowd;
  const auto start = [&](std::size_t index, bool pushes) {
    crowd.add([&, index, pushes] {
      auto queue = q.open();
      for (std::uint32_t n = 0; n < most; ++n) {
        if (pushes) {
          const std::uint64_t number = index * most + n;
          CHILD_REQUIRE(push(queue, content(number, size_of(number)), End::back, -1) == ok);
          seen.pushed[index] = n + 1;
        } else {
          const auto items = queue.pop(End::front, 1, -1);
          CHILD_REQUIRE(items && record(items->at(0)));
        }
      }
      return 0;
    });
  };
  for (std::size_t i = 0; i < 2 * at_once; ++i) start(i, i % 2 == 0);
  crowd.go();
  std::mt19937 random(20261121);
  std::size_t started = 2 * at_once;
  for (std::size_t i = 0; i < kills; ++i) {
    shm::os::sleep_until(shm::os::monotonic_ns() + static_cast<std::int64_t>(random() % 3'000'000));
    ::kill(crowd.pids()[i], SIGKILL);
    REQUIRE(WIFSIGNALED(crowd.wait_for(i)));
    if (started < kills) start(started, i % 2 == 0), ++started;
  }
  for (auto items = q->pop(End::front, 1, 0); items; items = q->pop(End::front, 1, 0)) REQUIRE(record(items->at(0)));
  // What one that was killed a moment ago was pushing is looked after by who comes some time later.
  const std::int64_t until = shm::os::after(20'000'000'000);
  while (on_their_way(q) != 0 && shm::os::monotonic_ns() < until) {
    shm::os::sleep_until(shm::os::after(5'000'000));
    CHECK(q.code_of_pop() == Code::empty);
  }
  const auto stats = *q->stats();
  CHECK((stats.ready == 0 && stats.bytes == 0));
  CHECK(on_their_way(q) == 0);
  // What was popped by one that was killed before it could say so is not seen, and counted as popped all the same.
  std::size_t missing = 0;
  for (std::size_t i = 0; i < kills; ++i) {
    for (std::uint32_t n = 0; n < most; ++n) {
      const unsigned times = seen.got[i][n];
      REQUIRE(times <= 1);
      missing += n < seen.pushed[i] && times == 0 ? 1 : 0;
      REQUIRE((times == 0 || n <= seen.pushed[i]));
    }
  }
  CHECK(missing <= stats.popped - seen.popped);
  CHECK(stats.popped - seen.popped <= kills / 2);
  CHECK(stats.pushed == stats.popped);
  auto region = open_region(*q.store(), "jobs", Kind::queue, shm::os::Access::read);
  REQUIRE(code_of(region) == ok);
  CHECK(region->file_size() < std::uint64_t{1} << 20U);  // as much as it was after the first few
}

TEST_CASE("a list of items on their way that is damaged crashes nobody", "[queue][transit][damage]") {
  QueueUser q;
  for (int i = 0; i < 5; ++i) q.push(content(static_cast<std::uint64_t>(i), 50'000));
  const std::string large = content(1, 50'000);
  REQUIRE(soon([&] {
    test::Crowd crowd;
    for (const bool pushes : {true, false}) {
      crowd.add([&, pushes] {
        auto queue = q.open();
        for (;;) {
          if (pushes) {
            (void)push(queue, large);
          } else {
            (void)queue.pop(End::front, 1, 0);
          }
          if (*queue.len() > 20) (void)queue.clear();
        }
        return 0;
      });
    }
    crowd.go();
    shm::os::sleep_until(shm::os::monotonic_ns() + second / 200);
    for (std::size_t i = 0; i < 2; ++i) {
      ::kill(crowd.pids()[i], SIGKILL);
      (void)crowd.wait_for(i);
    }
    return on_their_way(q) > 0;
  }));
  {
    // Who was killed may have had the lock: a word there could come to name this process, for which all would wait.
    auto region = open_region(*q.store(), "jobs", Kind::queue, shm::os::Access::write);
    REQUIRE(code_of(region) == ok);
    REQUIRE(code_of(region->begin()) == ok);
  }
  const std::string whole = test::content_of(q.store() / "jobs");
  constexpr std::size_t first = 16;  // behind the header
  std::vector<std::size_t> used;
  for (std::size_t i = first; i < whole.size() / 8; ++i) {
    std::uint64_t word = 0;
    std::memcpy(&word, whole.data() + i * 8, 8);
    if (word != 0 && word < whole.size() * 8) used.push_back(i);  // the items' bytes are none
  }
  const unsigned rounds = test::sanitized ? 100 : 1000;
  test::succeeds(test::in_child([&] {
    std::mt19937 random(20261121);
    for (unsigned round = 0; round < rounds; ++round) {
      std::string damaged = whole;
      for (unsigned i = 1 + random() % 4; i > 0; --i) {
        std::uint64_t word = std::uint64_t{random()} << (random() % 60);
        if (random() % 3 != 0) std::memcpy(&word, whole.data() + used[random() % used.size()] * 8, 8);
        std::memcpy(damaged.data() + used[random() % used.size()] * 8, &word, 8);
      }
      test::make_file(q.store() / "jobs", damaged);
      ::alarm(20);
      auto queue = Queue::open(*q.store(), "jobs", shm::os::Access::write);
      if (!queue) continue;
      for (int i = 0; i < 8; ++i) {
        switch (random() % 4) {
          case 0: (void)push(*queue, content(9, 33'000), random() % 2 == 0 ? End::front : End::back); break;
          case 1: (void)queue->pop(random() % 2 == 0 ? End::front : End::back, 1, 0); break;
          case 2: (void)queue->take(test::self(), 1, -1, 0); break;
          default: random() % 4 == 0 ? (void)queue->clear() : (void)queue->stats();
        }
      }
    }
    return 0;
  }));
}

// Many processes at one queue, some of them killed: nothing is lost, nothing is handed out twice.
#include <sched.h>
#include <sys/wait.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <random>
#include "catch.hpp"
#include "object/queue_user.hpp"
#include "os/clock.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Code;
using test::bytes_of;
using test::code_of;
using test::ok;
using test::QueueUser;
using test::self;

namespace {
constexpr std::int64_t second = 1'000'000'000;
constexpr std::size_t scale = test::sanitized ? 10 : 1;

struct Mark {
  std::uint32_t process;
  std::uint32_t number;
};

bool push(Queue& queue, Mark mark, std::int64_t deadline_ns = 0) {
  const NewItem item{std::as_bytes(std::span(&mark, 1)), {}, 0, End::back};
  std::vector<std::uint64_t> ids;
  return queue.push(std::span(&item, 1), deadline_ns, ids).has_value();
}
Mark mark_of(const Item& item) {
  Mark mark{~0U, ~0U};
  if (item.bytes.size() == sizeof mark) std::memcpy(&mark, item.bytes.data(), sizeof mark);
  return mark;
}

template <class T>
T* shared_array(std::size_t count) {
  return static_cast<T*>(test::shared_memory(count * sizeof(T)));
}

template <class Condition>
bool soon(Condition condition) {
  for (const auto end = shm::os::monotonic_ns() + 10 * second; !condition();) {
    if (shm::os::monotonic_ns() > end) return false;
    ::sched_yield();
  }
  return true;
}
}  // namespace

TEST_CASE("what some push others pop, each once and in order", "[queue][crowd]") {
  QueueLimits limits;
  limits.max_items = GENERATE(0U, 3U);  // without limits, and waiting for room
  QueueUser q(limits);
  constexpr std::size_t pairs = 3;
  const std::size_t each = (limits.max_items == 0 ? 20'000 : 2'000) / scale;
  auto* seen = shared_array<std::atomic<std::uint8_t>>(pairs * each);
  auto& popped = test::shared<std::atomic<std::size_t>>();
  test::Crowd crowd;
  for (std::size_t i = 0; i < pairs; ++i) {
    crowd.add([&, i] {
      auto queue = q.open();
      for (std::size_t n = 0; n < each; ++n) {
        CHILD_REQUIRE(push(queue, {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(n)}, -1));
      }
      return 0;
    });
    crowd.add([&] {
      auto queue = q.open();
      std::int64_t last[pairs] = {-1, -1, -1};
      while (popped < pairs * each) {
        const auto items = queue.pop(End::front, 1, shm::os::monotonic_ns() + second / 50);
        if (!items) {
          CHILD_REQUIRE(items.error().code == Code::timed_out);
          continue;
        }
        const Mark mark = mark_of(items->at(0));
        CHILD_REQUIRE(mark.process < pairs && mark.number < each);
        CHILD_REQUIRE(last[mark.process] < mark.number);
        last[mark.process] = mark.number;
        seen[mark.process * each + mark.number] += 1;
        popped += 1;
      }
      return 0;
    });
  }
  crowd.go();
  REQUIRE(crowd.wait());
  CHECK(std::count(seen, seen + pairs * each, 1) == static_cast<std::ptrdiff_t>(pairs * each));
  CHECK(q->len() == 0);
}

TEST_CASE("a key is pushed by one of all", "[queue][crowd]") {
  QueueUser q;
  auto& pushed = test::shared<std::atomic<std::size_t>>();
  test::Crowd crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.add([&] {
      auto queue = q.open();
      for (int n = 0; n < 1000; ++n) {
        const std::string key = std::to_string(n);
        const NewItem item{bytes_of("x"), bytes_of(key), 0, End::back};
        std::vector<std::uint64_t> ids;
        const auto done = queue.push(std::span(&item, 1), 0, ids);
        CHILD_REQUIRE(done || done.error().code == Code::lost);
        pushed += done ? 1 : 0;
      }
      return 0;
    });
  }
  crowd.go();
  REQUIRE(crowd.wait());
  CHECK(pushed == 1000);
  CHECK(q->len() == 1000);
}

TEST_CASE("who waits for an item gets it when it comes, though it may only have been given back", "[queue][crowd]") {
  QueueUser q;
  auto& has_it = test::shared<std::atomic<bool>>();
  test::Crowd crowd;
  crowd.add([&] {
    auto queue = q.open();
    const auto items = queue.take(self(), 1, -1, -1);
    CHILD_REQUIRE(items && items->at(0).bytes.view() == "x");
    has_it = true;
    for (;;) ::pause();
    return 0;
  });
  crowd.go();
  q.push("x");
  REQUIRE(soon([&] { return has_it.load(); }));
  CHECK(q.code_of_pop() == Code::empty);
  CHECK(q->stats()->held == 1);
  SECTION("killed: it is back at once") {
    ::kill(crowd.pids()[0], SIGKILL);
    CHECK(WIFSIGNALED(crowd.wait_for(0)));
    CHECK(q.peek() == std::vector<std::string>{"x"});
    CHECK(q->stats()->returned == 1);
    CHECK(q.pop() == std::vector<std::string>{"x"});
  }
  SECTION("killed while another waits") {
    test::Crowd waiting;
    waiting.add([&] {
      auto queue = q.open();
      const auto items = queue.pop(End::front, 1, shm::os::monotonic_ns() + 10 * second);
      CHILD_REQUIRE(items && items->at(0).attempts == 1);
      return 0;
    });
    waiting.go();
    ::kill(crowd.pids()[0], SIGKILL);
    CHECK(waiting.wait());
    CHECK(WIFSIGNALED(crowd.wait_for(0)));
  }
}

TEST_CASE("who waits for a queue that is removed finds it absent", "[queue][crowd]") {
  QueueUser q;
  test::Crowd crowd;
  crowd.add([&] {
    auto queue = q.open();
    CHILD_REQUIRE(code_of(queue.pop(End::front, 1, -1)) == ok);
    CHILD_REQUIRE(code_of(queue.pop(End::front, 1, -1)) == Code::absent);
    CHILD_REQUIRE(code_of(queue.len()) == Code::absent);
    return 0;
  });
  crowd.go();
  auto region = open_region(*q.store(), "jobs", Kind::queue, shm::os::Access::write);
  REQUIRE(code_of(region) == ok);
  // Not before it is open there.
  q.push("x");
  REQUIRE(soon([&] { return q->len() == 0; }));
  auto change = region->begin();
  REQUIRE(code_of(change) == ok);
  CHECK(code_of(change->remove()) == ok);
  CHECK(crowd.wait());
  CHECK(q.store().files().empty());
}

TEST_CASE("a child of a holder does not hold what it held", "[queue][crowd]") {
  QueueUser q;
  q.push("x");
  auto& child = test::shared<std::atomic<int>>();
  test::Crowd crowd;
  crowd.add([&] {
    auto queue = q.open();
    CHILD_REQUIRE(queue.take(self(), 1, -1, 0));
    const int forked = ::fork();
    if (forked == 0) {
      // With its parent's Queue: it is another writer, and no holder.
      CHILD_REQUIRE(push(queue, {1, 1}));
      child = 1;
      (void)soon([&] { return child == 2; });
      ::_exit(0);
    }
    CHILD_REQUIRE(soon([&] { return child == 1; }));
    CHILD_REQUIRE(push(queue, {2, 2}));
    return 0;
  });
  crowd.go();
  REQUIRE(crowd.wait());
  CHECK(q->len() == 3);
  CHECK(q.pop() == std::vector<std::string>{"x"});
  CHECK(mark_of(q->pop(End::front, 1, 0)->at(0)).number == 1);
  child = 2;
}

TEST_CASE("pushers are killed at any moment: what was pushed is there, once, and nobody waits", "[queue][crowd]") {
  QueueLimits limits;
  limits.max_items = 1000;  // or they push faster than this test looks
  QueueUser q(limits);
  constexpr std::uint32_t kills = 300 / scale;
  auto* acknowledged = shared_array<std::atomic<std::uint32_t>>(kills);
  test::Crowd crowd;
  const auto start = [&](std::uint32_t index) {
    crowd.add([&, index] {
      auto queue = q.open();
      for (std::uint32_t n = 0;; ++n) {
        CHILD_REQUIRE(push(queue, {index, n}, -1));
        acknowledged[index] = n + 1;
      }
      return 0;
    });
  };
  constexpr std::uint32_t at_once = 3;
  for (std::uint32_t i = 0; i < at_once; ++i) start(i);
  crowd.go();
  std::mt19937 random(20261121);
  std::uint32_t next[kills] = {};
  const auto pop_some = [&] {
    const auto items = q->pop(End::front, 2 * limits.max_items, 0);
    if (!items) return items.error().code == Code::empty;
    return std::all_of(items->begin(), items->end(), [&](const Item& item) {
      const Mark mark = mark_of(item);
      return mark.process < kills && mark.number == next[mark.process]++;
    });
  };
  for (std::uint32_t i = 0; i < kills; ++i) {
    const std::uint32_t enough = 1 + random() % 100;
    bool right = true;
    REQUIRE(soon([&] {
      right = right && pop_some();
      return acknowledged[i] >= enough || !right;
    }));
    REQUIRE(right);
    ::kill(crowd.pids()[i], SIGKILL);
    CHECK(WIFSIGNALED(crowd.wait_for(i)));
    REQUIRE(pop_some());
    if (i + at_once < kills) start(i + at_once);
  }
  REQUIRE(pop_some());
  for (std::uint32_t i = 0; i < kills; ++i) {
    REQUIRE(next[i] >= acknowledged[i]);
    REQUIRE(next[i] <= acknowledged[i] + 1);  // it may have been killed before it could say so
  }
  CHECK(q->len() == 0);
}

TEST_CASE("workers are killed at any moment: every item is done, and acknowledged once", "[queue][crowd]") {
  QueueUser q;
  constexpr std::uint32_t items = 3000 / scale;
  constexpr std::size_t at_once = 3;
  constexpr std::size_t kills = 150 / scale;
  auto* done = shared_array<std::atomic<std::uint32_t>>(items);
  auto* acknowledged = shared_array<std::atomic<std::uint32_t>>(items);
  for (std::uint32_t n = 0; n < items; ++n) REQUIRE(push(*q, {0, n}));
  test::Crowd crowd;
  const auto start = [&](bool to_the_end) {
    crowd.add([&, to_the_end] {
      auto queue = q.open();
      for (;;) {
        const auto taken = queue.take(self(), 2, -1, to_the_end ? shm::os::monotonic_ns() + second / 5 : -1);
        if (!taken) {
          CHILD_REQUIRE(taken.error().code == Code::timed_out);
          return 0;
        }
        for (const auto& item : *taken) {
          done[mark_of(item).number] += 1;
          const std::uint64_t id = item.id;
          CHILD_REQUIRE(queue.acknowledge(std::span(&id, 1)));
          acknowledged[mark_of(item).number] += 1;
        }
      }
    });
  };
  for (std::size_t i = 0; i < at_once; ++i) start(false);
  crowd.go();
  std::mt19937 random(20261122);
  for (std::size_t i = 0; i < kills; ++i) {
    shm::os::sleep_until(shm::os::monotonic_ns() + static_cast<std::int64_t>(random() % 2'000'000));
    ::kill(crowd.pids()[i], SIGKILL);
    CHECK(WIFSIGNALED(crowd.wait_for(i)));
    if (i + at_once < kills) start(false);
  }
  start(true);
  CHECK(crowd.wait_for(kills) == 0);
  CHECK(q->len() == 0);
  const auto stats = *q->stats();
  CHECK(stats.held == 0);
  CHECK(stats.acknowledged == items);
  for (std::uint32_t n = 0; n < items; ++n) {
    REQUIRE(done[n] >= 1);
    REQUIRE(acknowledged[n] <= 1);
  }
}

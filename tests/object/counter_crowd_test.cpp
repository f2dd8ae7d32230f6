// Many processes at one counter: nothing is lost, nothing is seen twice, no limit is passed.
#include <sched.h>
#include <sys/wait.h>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <thread>
#include <vector>
#include "catch.hpp"
#include "object/counter.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::OwnStore;

namespace {
constexpr std::size_t processes = 8;
// Enough for processes to meet at the word even where a time slice holds many thousands of additions.
constexpr std::int64_t scale = test::sanitized ? 20 : 1;
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

void create(const OwnStore& store, std::int64_t number = 0, CounterLimits limits = {}) {
  REQUIRE(test::code_of(Counter::create(*store, "hits", limits, number, {})) == test::ok);
}

Counter opened(const OwnStore& store) {
  auto counter = Counter::open(*store, "hits", Access::write);
  if (!counter) {
    test::child_failed("the counter opens", __FILE__, __LINE__);
  }
  return std::move(*counter);
}

std::int64_t left(const OwnStore& store) { return Counter::open(*store, "hits", Access::read)->get().value(); }

// `work(counter, index)` in each of eight processes at once; whether all returned true.
template <class Work>
bool crowd_at(const OwnStore& store, Work work) {
  test::Crowd crowd;
  for (std::size_t i = 0; i < processes; ++i) {
    crowd.add([&, i] {
      Counter counter = opened(store);
      return work(counter, i) ? 0 : 1;
    });
  }
  crowd.go();
  return crowd.wait();
}

template <class Number>
Number* shared_array(std::size_t count) {
  return static_cast<Number*>(test::shared_memory(count * sizeof(Number)));
}
}  // namespace

TEST_CASE("eight processes add a million times each, and none is lost", "[counter][crowd]") {
  const OwnStore store;
  create(store);
  constexpr std::int64_t each = 1'000'000 / scale;
  CHECK(crowd_at(store, [&](Counter& counter, std::size_t) {
    std::int64_t before = 0;
    for (std::int64_t i = 0; i < each; ++i) {
      const auto now = counter.add(1);
      if (!now || *now <= before) {  // what one process sees only grows
        return false;
      }
      before = *now;
    }
    return true;
  }));
  CHECK(left(store) == processes * each);
}

TEST_CASE("threads with a counter each lose nothing", "[counter][crowd]") {
  const OwnStore store;
  create(store);
  constexpr std::int64_t each = 1'000'000 / scale;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      auto counter = Counter::open(*store, "hits", Access::write);
      for (std::int64_t n = 0; n < each; ++n) {
        (void)counter->add(n % 2 == 0 ? 3 : -1);
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(left(store) == 4 * each);
}

TEST_CASE("every sum is handed out once", "[counter][crowd]") {
  const OwnStore store;
  create(store);
  constexpr std::int64_t each = 500'000 / scale;
  auto* seen = shared_array<std::uint8_t>(processes * each + 1);
  CHECK(crowd_at(store, [&](Counter& counter, std::size_t) {
    for (std::int64_t i = 0; i < each; ++i) {
      ++seen[*counter.add(1)];  // a number of its own: no other process touches it, or the check below fails
    }
    return true;
  }));
  CHECK(seen[0] == 0);
  CHECK(std::count(seen + 1, seen + processes * each + 1, 1) == static_cast<std::ptrdiff_t>(processes * each));
}

TEST_CASE("a number set to its largest between two looks does not wrap round", "[counter][crowd]") {
  const OwnStore store;
  create(store);
  auto& done = test::shared<std::atomic<bool>>();
  auto& refused = test::shared<std::atomic<std::int64_t>>();
  test::Crowd crowd;
  crowd.add([&] {
    Counter counter = opened(store);
    while (!done.load()) {
      (void)counter.set(highest);
      (void)counter.set(0);
    }
    return 0;
  });
  crowd.add([&] {
    Counter counter = opened(store);
    for (std::int64_t i = 0; i < 1'000'000 / scale; ++i) {
      const auto sum = counter.add(1);
      if (sum && *sum < 0) {
        return 1;
      }
      refused += sum ? 0 : 1;
    }
    return 0;
  });
  crowd.go();
  CHECK(crowd.wait_for(1) == 0);
  done = true;
  CHECK(crowd.wait());
  CHECK(left(store) >= 0);
}

TEST_CASE("compare-and-set lets one of all through", "[counter][crowd]") {
  const OwnStore store;
  create(store);
  constexpr std::int64_t each = 50'000 / scale;
  CHECK(crowd_at(store, [&](Counter& counter, std::size_t) {
    for (std::int64_t i = 0; i < each; ++i) {
      for (std::int64_t found = counter.get().value();;) {
        const auto set = counter.compare_and_set(found, found + 1, &found);
        if (set) {
          break;
        }
        if (set.error().code != Code::lost) {
          return false;
        }
      }
    }
    return true;
  }));
  CHECK(left(store) == processes * each);
}

TEST_CASE("what is swapped in is swapped out once", "[counter][crowd]") {
  const OwnStore store;
  create(store);
  constexpr std::int64_t each = 1'000'000 / scale;
  auto* out = shared_array<std::int64_t>(processes);
  CHECK(crowd_at(store, [&](Counter& counter, std::size_t index) {
    for (std::int64_t i = 0; i < each; ++i) {
      out[index] += *counter.swap(static_cast<std::int64_t>(index) * each + i + 1);
    }
    return true;
  }));
  const std::int64_t count = processes * each;
  CHECK(std::accumulate(out, out + processes, left(store)) == count * (count + 1) / 2);
}

TEST_CASE("the highest of all wins, and the lowest", "[counter][crowd]") {
  const bool up = GENERATE(true, false);
  const OwnStore store;
  create(store);
  auto* best = shared_array<std::int64_t>(processes);
  CHECK(crowd_at(store, [&](Counter& counter, std::size_t index) {
    std::mt19937_64 random(index + 1);
    std::int64_t before = 0;
    for (std::int64_t i = 0; i < 100'000 / scale; ++i) {
      const auto bound = static_cast<std::int64_t>(random() >> 2U) * (up ? 1 : -1);
      const auto now = up ? counter.raise_to(bound) : counter.lower_to(bound);
      if (!now || (up ? *now < std::max(bound, before) : *now > std::min(bound, before))) {
        return false;
      }
      before = *now;
      best[index] = up ? std::max(best[index], bound) : std::min(best[index], bound);
    }
    return true;
  }));
  CHECK(left(store) == (up ? *std::max_element(best, best + processes) : *std::min_element(best, best + processes)));
}

TEST_CASE("a crowd at the limit never passes it", "[counter][crowd]") {
  const OwnStore store;
  constexpr std::int64_t max = 1000;
  CounterLimits limits;
  limits.min = 0;
  limits.max = max;
  SECTION("refused beyond it, and each place is given once") {
    create(store, 0, limits);
    auto* taken = shared_array<std::uint8_t>(max + 1);
    CHECK(crowd_at(store, [&](Counter& counter, std::size_t) {
      for (std::int64_t i = 0; i < max; ++i) {
        if (const auto place = counter.add(1); place) {
          ++taken[*place];
        } else if (place.error().code != Code::range) {
          return false;
        }
      }
      return true;
    }));
    CHECK(left(store) == max);
    CHECK(std::count(taken + 1, taken + max + 1, 1) == max);
  }
  SECTION("taken and given back, it stays within") {
    create(store, max, limits);
    auto* sums = shared_array<std::int64_t>(processes);
    CHECK(crowd_at(store, [&](Counter& counter, std::size_t index) {
      std::mt19937 random(static_cast<unsigned>(index));
      for (std::int64_t i = 0; i < 100'000 / scale; ++i) {
        const std::int64_t amount = static_cast<std::int64_t>(random() % 801) - 400;
        const auto sum = counter.add(amount);
        sums[index] += sum ? amount : 0;
        const std::int64_t now = sum ? *sum : counter.get().value();
        if (now < 0 || now > max) {
          return false;
        }
      }
      return true;
    }));
    CHECK(std::accumulate(sums, sums + processes, max) == left(store));
  }
  SECTION("stopped at it") {
    limits.on_limit = OnLimit::saturate;
    create(store, 0, limits);
    CHECK(crowd_at(store, [&](Counter& counter, std::size_t) {
      for (std::int64_t i = 0; i < max; ++i) {
        if (const auto now = counter.add(3); !now || *now > max) {
          return false;
        }
      }
      return true;
    }));
    CHECK(left(store) == max);
  }
  SECTION("wrapped round as often as there was cause") {
    limits.on_limit = OnLimit::wrap;
    create(store, 0, limits);
    auto* rounds = shared_array<std::int64_t>(processes);
    constexpr std::int64_t each = 50'000 / scale;
    CHECK(crowd_at(store, [&](Counter& counter, std::size_t index) {
      for (std::int64_t i = 0; i < each; ++i) {
        const auto now = counter.add(1);
        if (!now || *now > max) {
          return false;
        }
        rounds[index] += *now == 0 ? 1 : 0;
      }
      return true;
    }));
    const std::int64_t total = processes * each;
    CHECK(left(store) == total % (max + 1));
    CHECK(std::accumulate(rounds, rounds + processes, std::int64_t{0}) == total / (max + 1));
  }
}

TEST_CASE("killed at any moment, what was acknowledged is there", "[counter][crowd]") {
  const OwnStore store;
  create(store);
  constexpr std::size_t kills = test::sanitized ? 40 : 200;
  constexpr std::size_t at_once = 4;
  auto* acknowledged = shared_array<std::atomic<std::int64_t>>(kills);
  test::Crowd crowd;
  const auto start = [&](std::size_t index) {
    crowd.add([&, index] {
      Counter counter = opened(store);
      for (;;) {
        if (counter.add(1)) {
          acknowledged[index].fetch_add(1);
        }
      }
      return 0;
    });
  };
  for (std::size_t i = 0; i < at_once; ++i) {
    start(i);
  }
  crowd.go();
  std::mt19937 random(20261121);
  for (std::size_t i = 0; i < kills; ++i) {
    // Somewhere in its work: after a number of additions that is another for each.
    const std::int64_t enough = 1 + static_cast<std::int64_t>(random() % 500);
    while (acknowledged[i].load() < enough) {
      ::sched_yield();
    }
    ::kill(crowd.pids()[i], SIGKILL);
    CHECK(WIFSIGNALED(crowd.wait_for(i)));
    if (i + at_once < kills) {
      start(i + at_once);
    }
  }
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kills; ++i) {
    sum += acknowledged[i].load();
  }
  const std::int64_t number = left(store);
  CHECK(sum <= number);
  CHECK(number <= sum + static_cast<std::int64_t>(kills));  // each may have been killed before it could say so
  CHECK(*opened(store).add(1) == number + 1);               // and nobody is kept waiting
}

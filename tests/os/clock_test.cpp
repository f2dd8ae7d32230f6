#include "os/clock.hpp"
#include <ctime>
#include <set>
#include "catch.hpp"
#include "os/random.hpp"

using namespace shm::os;

namespace {
std::int64_t of(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}
}  // namespace

TEST_CASE("each clock is the one it says", "[clock]") {
  const auto between = [](clockid_t clock, std::int64_t (*read)() noexcept) {
    const std::int64_t before = of(clock);
    const std::int64_t now = read();
    CHECK(before <= now);
    CHECK(now <= of(clock));
  };
  between(CLOCK_REALTIME, realtime_ns);
  between(CLOCK_MONOTONIC, monotonic_ns);
  between(CLOCK_BOOTTIME, boottime_ns);
}

TEST_CASE("a random id is never 0 and never seen before", "[random]") {
  std::set<std::uint64_t> seen;
  std::uint64_t ones = 0;
  std::uint64_t zeros = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto id = random_id();
    REQUIRE(test::code_of(id) == test::ok);
    CHECK(*id != 0);
    CHECK(seen.insert(*id).second);
    ones |= *id;
    zeros |= ~*id;
  }
  CHECK(ones == ~std::uint64_t{0});  // every bit was seen set
  CHECK(zeros == ~std::uint64_t{0});
}

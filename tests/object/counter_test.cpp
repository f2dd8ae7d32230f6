#include "object/counter.hpp"
#include <limits>
#include <string>
#include "catch.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::code_of;
using test::ok;
using test::OwnStore;

namespace {
constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

CounterLimits between(std::int64_t min, std::int64_t max, OnLimit on_limit = OnLimit::fail) {
  CounterLimits limits;
  limits.min = min;
  limits.max = max;
  limits.on_limit = on_limit;
  limits.start = std::max(min, std::min<std::int64_t>(max, 0));
  return limits;
}

Counter make(const OwnStore& store, const CounterLimits& limits, std::int64_t number) {
  REQUIRE(code_of(Counter::create(*store, "hits", limits, number, {})) == ok);
  auto counter = Counter::open(*store, "hits", Access::write);
  REQUIRE(code_of(counter) == ok);
  return std::move(*counter);
}

// The number that came out; 4711 for an error, which no case below gives.
std::int64_t value(const shm::os::Result<std::int64_t>& result) { return result.value_or(4711); }
}  // namespace

TEST_CASE("a counter holds what it was made with, in every process", "[counter]") {
  const OwnStore store;
  auto limits = between(-10, 50, OnLimit::wrap);
  limits.start = 7;
  const Counter counter = make(store, limits, -3);
  CHECK(counter.get() == -3);
  CHECK(counter.limits().min == -10);
  CHECK(counter.limits().max == 50);
  CHECK(counter.limits().start == 7);
  CHECK(counter.limits().on_limit == OnLimit::wrap);
  test::succeeds(test::in_child([&] {
    auto other = Counter::open(*store, "hits", Access::write);
    CHILD_REQUIRE(other.has_value() && other->get() == -3 && other->limits().max == 50);
    CHILD_REQUIRE(value(other->add(5)) == 2);
    return 0;
  }));
  CHECK(counter.get() == 2);
  CHECK(Counter::open(*store, "hits", Access::read)->get() == 2);
}

TEST_CASE("each operation does what it says and returns what it says", "[counter]") {
  const OwnStore store;
  Counter counter = make(store, {}, 10);
  CHECK(value(counter.add(5)) == 15);
  CHECK(value(counter.add(-20)) == -5);
  CHECK(value(counter.add(0)) == -5);
  CHECK(value(counter.set(100)) == 100);
  CHECK(value(counter.swap(1)) == 100);
  CHECK(counter.get() == 1);
  CHECK(value(counter.compare_and_set(1, 2)) == 2);
  std::int64_t found = 0;
  CHECK(code_of(counter.compare_and_set(1, 3, &found)) == Code::lost);
  CHECK(found == 2);
  CHECK(counter.get() == 2);
  CHECK(code_of(counter.compare_and_set(1, 3)) == Code::lost);
  CHECK(value(counter.raise_to(9)) == 9);
  CHECK(value(counter.raise_to(4)) == 9);
  CHECK(value(counter.lower_to(12)) == 9);
  CHECK(value(counter.lower_to(-12)) == -12);
  CHECK(counter.reset() == 0);
  CHECK(counter.get() == 0);
}

TEST_CASE("without limits, 64 bits are the limit", "[counter]") {
  const OwnStore store;
  Counter counter = make(store, {}, highest);
  const auto refused = counter.add(1);
  CHECK(code_of(refused) == Code::range);
  CHECK(std::string(refused.error().why).find("maximum") != std::string::npos);
  CHECK(refused.error().advice != nullptr);
  CHECK(counter.get() == highest);
  CHECK(value(counter.add(lowest)) == -1);
  CHECK(code_of(counter.add(lowest)) == Code::range);
  CHECK(counter.get() == -1);
  CHECK(value(counter.set(lowest)) == lowest);
  CHECK(code_of(counter.add(-1)) == Code::range);
  CHECK(value(counter.add(highest)) == -1);
  CHECK(value(counter.compare_and_set(-1, highest)) == highest);
  CHECK(value(counter.lower_to(lowest)) == lowest);
  CHECK(value(counter.raise_to(highest)) == highest);
}

TEST_CASE("what a counter can't be made with is refused, and nothing is made", "[counter]") {
  const OwnStore store;
  const auto create = [&](const CounterLimits& limits, std::int64_t number) {
    return code_of(Counter::create(*store, "hits", limits, number, {}));
  };
  CHECK(create(between(1, 0), 0) == Code::usage);
  CHECK(create(between(highest, lowest), 0) == Code::usage);
  CHECK(create(between(0, 10), 11) == Code::range);
  CHECK(create(between(0, 10), -1) == Code::range);
  auto limits = between(0, 10);
  limits.start = 11;
  CHECK(create(limits, 5) == Code::range);
  limits.start = -1;
  CHECK(create(limits, 5) == Code::range);
  CHECK(store.files().empty());
  CHECK(create(between(0, 10), 10) == ok);
  CHECK(create(between(0, 10), 10) == Code::exists);
  CHECK(code_of(Counter::create(*store, "no/name", {}, 0, {})) == Code::usage);
}

TEST_CASE("a counter is open to whom its mode opens it", "[counter]") {
  if (!test::is_root()) {
    SKIP("needs root to be another user");
  }
  const test::Directory here;
  test::make_directory(here / "store", 0755);
  const auto owned = shm::store::Store::open(here / "store", 0, shm::store::Missing::refuse);
  REQUIRE(code_of(owned) == ok);
  REQUIRE(code_of(Counter::create(*owned, "hits", {}, 5, {0644, false, 0})) == ok);
  REQUIRE(code_of(Counter::create(*owned, "secret", {}, 5, {})) == ok);
  REQUIRE(code_of(Counter::create(*owned, "shared", {}, 5, {0660, true, 54400})) == ok);
  test::succeeds(test::as_user(54321, 54400, [&] {
    const auto store = shm::store::Store::open(here / "store", 54321, shm::store::Missing::refuse);
    CHILD_REQUIRE(store.has_value());
    CHILD_REQUIRE(Counter::open(*store, "hits", Access::read)->get() == 5);
    CHILD_REQUIRE(code_of(Counter::open(*store, "hits", Access::write)) == Code::denied);
    CHILD_REQUIRE(code_of(Counter::open(*store, "secret", Access::read)) == Code::denied);
    CHILD_REQUIRE(value(Counter::open(*store, "shared", Access::write)->add(1)) == 6);
    return 0;
  }));
  CHECK(Counter::open(*owned, "shared", Access::read)->get() == 6);
}

TEST_CASE("a removed counter does no harm and is not brought back", "[counter]") {
  const OwnStore store;
  Counter counter = make(store, {}, 10);
  REQUIRE(code_of(shm::store::remove_object(*store, "hits")) == ok);
  CHECK(value(counter.add(1)) == 11);
  CHECK(store.files().empty());
  Counter next = make(store, {}, 0);
  CHECK(value(counter.add(1)) == 12);
  CHECK(next.get() == 0);
}

// Every operation on every number, at and around all limits, against sums that can't overflow.
namespace {
__extension__ using Wide = __int128;

struct Model {
  CounterLimits limits;

  // The number that `wanted` becomes; none where it is refused.
  [[nodiscard]] std::optional<std::int64_t> fit(Wide wanted) const {
    const Wide size = Wide{limits.max} - limits.min + 1;
    if (wanted >= limits.min && wanted <= limits.max) {
      return static_cast<std::int64_t>(wanted);
    }
    if (limits.on_limit == OnLimit::fail) {
      return std::nullopt;
    }
    if (limits.on_limit == OnLimit::saturate) {
      return wanted < limits.min ? limits.min : limits.max;
    }
    if (wanted < limits.min) {  // as many sizes up as it takes
      wanted += ((limits.min - wanted) + size - 1) / size * size;
    } else {
      wanted -= ((wanted - limits.max) + size - 1) / size * size;
    }
    return static_cast<std::int64_t>(wanted);
  }
};

constexpr std::int64_t grid[] = {lowest, lowest + 1, lowest / 2,  -(std::int64_t{1} << 32),
                                 -101,   -100,       -99,         -7,
                                 -2,     -1,         0,           1,
                                 2,      7,          99,          100,
                                 101,    1L << 32,   highest / 2, highest - 1,
                                 highest};

// Runs one operation on `number` and compares the answer and what is left with what must be.
template <class Operation>
void try_one(Counter& counter, std::int64_t number, const char* what, std::int64_t operand,
             std::optional<std::int64_t> answer, std::int64_t left, Operation operation) {
  if (value(counter.set(number)) != number) {
    FAIL("set " << number);
  }
  const auto result = operation(counter);
  const bool right = answer ? (result && *result == *answer) : (!result && result.error().code == Code::range);
  if (!right || counter.get() != left) {
    const auto& limits = counter.limits();
    FAIL(what << " " << operand << " at " << number << " in " << limits.min << ".." << limits.max << ", policy "
              << static_cast<int>(limits.on_limit) << ": left " << counter.get().value() << ", not " << left);
  }
}

void try_all(Counter& counter, std::int64_t number) {
  const Model model{counter.limits()};
  for (const std::int64_t operand : grid) {
    const auto sum = model.fit(Wide{number} + operand);
    try_one(counter, number, "add", operand, sum, sum.value_or(number), [&](Counter& c) { return c.add(operand); });
    const auto set = model.fit(operand);
    try_one(counter, number, "set", operand, set, set.value_or(number), [&](Counter& c) { return c.set(operand); });
    try_one(counter, number, "swap", operand, set ? std::optional(number) : std::nullopt, set.value_or(number),
            [&](Counter& c) { return c.swap(operand); });
    try_one(counter, number, "cas", operand, set, set.value_or(number),
            [&](Counter& c) { return c.compare_and_set(number, operand); });
    // What does not have to move does not, not even where the operand alone would be refused.
    const auto raised = operand <= number ? std::optional(number) : set ? std::max(number, *set) : set;
    try_one(counter, number, "max", operand, raised, raised.value_or(number),
            [&](Counter& c) { return c.raise_to(operand); });
    const auto lowered = operand >= number ? std::optional(number) : set ? std::min(number, *set) : set;
    try_one(counter, number, "min", operand, lowered, lowered.value_or(number),
            [&](Counter& c) { return c.lower_to(operand); });
    counter.set(number);
    const auto lost = counter.compare_and_set(number ^ 1, operand);
    if (code_of(lost) != (set ? Code::lost : Code::range) || counter.get() != number) {
      FAIL("cas " << (number ^ 1) << " " << operand << " at " << number);
    }
  }
}
}  // namespace

TEST_CASE("every operation at every limit is as the sums say", "[counter]") {
  const std::pair<std::int64_t, std::int64_t> ranges[] = {{lowest, highest},
                                                          {lowest + 1, highest - 1},
                                                          {lowest, 0},
                                                          {0, highest},
                                                          {0, 100},
                                                          {-100, 100},
                                                          {-1, 1},
                                                          {7, 7},
                                                          {lowest, lowest},
                                                          {0, 1},
                                                          {highest, highest},
                                                          {lowest, -100},
                                                          {100, highest}};
  for (const auto& [min, max] : ranges) {
    for (const OnLimit policy : {OnLimit::fail, OnLimit::saturate, OnLimit::wrap}) {
      const OwnStore store;
      const auto limits = between(min, max, policy);
      Counter counter = make(store, limits, limits.start);
      for (const std::int64_t number : grid) {
        if (number >= min && number <= max) {
          try_all(counter, number);
        }
      }
      counter.set(max);
      CHECK(counter.reset() == limits.start);
      CHECK(counter.get() == limits.start);
    }
  }
}

#include "object/value.hpp"
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
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
constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
constexpr double largest = std::numeric_limits<double>::max();

Scalar i(std::int64_t number) { return Scalar::of(number); }
Scalar u(std::uint64_t number) { return {Type::uint64, number}; }
Scalar f(double number) { return {Type::float64, std::bit_cast<std::uint64_t>(number)}; }
Scalar b(bool yes) { return {Type::boolean, yes ? 1U : 0U}; }

Value make(const OwnStore& store, Scalar start) {
  REQUIRE(code_of(Value::create(*store, "rate", start, {})) == ok);
  auto value = Value::open(*store, "rate", Access::write);
  REQUIRE(code_of(value) == ok);
  return std::move(*value);
}

bool same(Scalar left, Scalar right) { return left.type == right.type && left.bits == right.bits; }
}  // namespace

TEST_CASE("a value keeps its type and number, in every process", "[value]") {
  for (const Scalar start : {i(-5), i(lowest), u(most), f(-1.5), f(-0.0), b(true), b(false)}) {
    const OwnStore store;
    Value value = make(store, start);
    CHECK(value.type() == start.type);
    CHECK(same(value.get().value(), start));
    test::succeeds(test::in_child([&] {
      const auto other = Value::open(*store, "rate", Access::read);
      CHILD_REQUIRE(other.has_value() && same(other->get().value(), start));
      return 0;
    }));
    CHECK(code_of(Value::create(*store, "rate", start, {})) == Code::exists);
  }
}

TEST_CASE("set, swap and compare-and-set do what they say", "[value]") {
  const OwnStore store;
  Value value = make(store, u(1));
  CHECK(code_of(value.set(u(most))) == ok);
  CHECK(same(value.get().value(), u(most)));
  CHECK(same(value.swap(u(7)).value(), u(most)));
  CHECK(code_of(value.compare_and_set(u(8), u(9))) == Code::lost);
  CHECK(same(value.get().value(), u(7)));
  CHECK(code_of(value.compare_and_set(u(7), u(9))) == ok);
  CHECK(same(value.get().value(), u(9)));
}

TEST_CASE("another type than the value's is refused, and nothing is changed", "[value]") {
  const Scalar scalars[] = {i(1), u(1), f(1), b(true)};
  for (const Scalar start : scalars) {
    const OwnStore store;
    Value value = make(store, start);
    for (const Scalar wrong : scalars) {
      if (wrong.type == start.type) {
        continue;
      }
      INFO(type_name(wrong.type) << " for " << type_name(start.type));
      CHECK(code_of(value.set(wrong)) == Code::wrong_kind);
      CHECK(code_of(value.swap(wrong)) == Code::wrong_kind);
      CHECK(code_of(value.compare_and_set(wrong, start)) == Code::wrong_kind);
      CHECK(code_of(value.compare_and_set(start, wrong)) == Code::wrong_kind);
      const bool uint_by_int = start.type == Type::uint64 && wrong.type == Type::int64;
      CHECK(code_of(value.add(wrong)) == (uint_by_int ? ok : std::optional(Code::wrong_kind)));
      CHECK(same(value.get().value(), uint_by_int ? u(2) : start));
      REQUIRE(code_of(value.set(start)) == ok);
    }
    CHECK(code_of(value.set({Type::none, 1})) == Code::wrong_kind);
  }
}

TEST_CASE("a sum that fits is had, another is refused and nothing changed", "[value]") {
  struct Row {
    Scalar start;
    Scalar amount;
    std::optional<Scalar> sum;
  };
  for (const Row& row : {
           Row{i(5), i(-7), i(-2)},
           {i(highest), i(1), {}},
           {i(highest), i(lowest), i(-1)},
           {i(lowest), i(-1), {}},
           {i(lowest), i(lowest), {}},
           {u(5), u(7), u(12)},
           {u(most), u(1), {}},
           {u(most - 1), u(1), u(most)},
           {u(5), i(-5), u(0)},
           {u(5), i(-6), {}},
           {u(0), i(-1), {}},
           {u(most), i(-1), u(most - 1)},
           {u(most), i(1), {}},
           {u(most), i(lowest), u((std::uint64_t{1} << 63U) - 1)},
           {u(std::uint64_t{1} << 63U), i(lowest), u(0)},
           {u((std::uint64_t{1} << 63U) - 1), i(lowest), {}},
           {u(std::uint64_t{1} << 63U), i(highest), u(most)},
           {f(0.1), f(0.2), f(0.1 + 0.2)},
           {f(largest), f(largest), {}},
           {f(-largest), f(-largest), {}},
           {f(largest), f(-largest), f(0)},
           {f(1e300), f(1), f(1e300)},
           {f(-0.0), f(-0.0), f(-0.0)},
           {f(std::numeric_limits<double>::denorm_min()), f(0), f(std::numeric_limits<double>::denorm_min())},
           {f(1), f(std::numeric_limits<double>::infinity()), {}},
           {f(1), f(std::numeric_limits<double>::quiet_NaN()), {}},
       }) {
    INFO(format_scalar(row.start).view() << " + " << format_scalar(row.amount).view());
    const OwnStore store;
    Value value = make(store, row.start);
    const auto sum = value.add(row.amount);
    CHECK(code_of(sum) == (row.sum ? ok : std::optional(Code::range)));
    if (sum && row.sum) {
      CHECK(same(*sum, *row.sum));
    }
    CHECK(same(value.get().value(), row.sum.value_or(row.start)));
  }
}

TEST_CASE("nothing is added to a truth value", "[value]") {
  const OwnStore store;
  Value value = make(store, b(true));
  CHECK(code_of(value.add(b(true))) == Code::wrong_kind);
  CHECK(same(value.get().value(), b(true)));
}

TEST_CASE("floats compare as numbers", "[value]") {
  const OwnStore store;
  Value value = make(store, f(-0.0));
  CHECK(code_of(value.compare_and_set(f(0.0), f(1))) == ok);  // one number, two forms
  CHECK(code_of(value.compare_and_set(f(1), f(0.0))) == ok);
  CHECK(code_of(value.compare_and_set(f(-0.0), f(2))) == ok);
  CHECK(code_of(value.compare_and_set(f(0.0), f(3))) == Code::lost);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(code_of(value.set(f(nan))) == ok);
  CHECK(code_of(value.compare_and_set(f(nan), f(1))) == Code::lost);  // which equals nothing
}

TEST_CASE("eight processes add to a value, and none is lost", "[value][crowd]") {
  constexpr int processes = 8;
  constexpr int each = test::sanitized ? 10'000 : 500'000;
  const Scalar start = GENERATE(i(0), u(0), f(0));
  const Scalar amount = start.type == Type::float64 ? f(1) : Scalar{start.type, 1};
  const OwnStore store;
  Value value = make(store, start);
  test::Crowd crowd;
  for (int n = 0; n < processes; ++n) {
    crowd.add([&] {
      auto own = Value::open(*store, "rate", Access::write);
      for (int turn = 0; turn < each; ++turn) {
        if (!own || !own->add(amount)) {
          return 1;
        }
      }
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  const auto total = static_cast<std::uint64_t>(processes) * each;
  CHECK(same(value.get().value(),
             start.type == Type::float64 ? f(static_cast<double>(total)) : Scalar{start.type, total}));
}

TEST_CASE("of all that set a truth value from false, one did", "[value][crowd]") {
  const OwnStore store;
  Value value = make(store, b(false));
  auto& winners = test::shared<int>();
  constexpr int rounds = test::sanitized ? 20 : 100;
  for (int round = 0; round < rounds; ++round) {
    test::Crowd crowd;
    for (int n = 0; n < 4; ++n) {
      crowd.add([&] {
        auto own = Value::open(*store, "rate", Access::write);
        const auto set = own->compare_and_set(b(false), b(true));
        if (set) {
          __atomic_add_fetch(&winners, 1, __ATOMIC_SEQ_CST);
        }
        return set || set.error().code == Code::lost ? 0 : 1;
      });
    }
    crowd.go();
    REQUIRE(crowd.wait());
    REQUIRE(code_of(value.set(b(false))) == ok);
  }
  CHECK(winners == rounds);
}

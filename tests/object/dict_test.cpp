// Dicts: what their operations do to keys, values, limits and ends, and to each other's.
#include <limits>
#include "object/dict_user.hpp"
#include "os/clock.hpp"

using namespace shm;
using object::Dict;
using os::Code;
using test::bytes_of;
using test::code_of;
using test::DictUser;
using test::ok;
using test::Pairs;
using When = Dict::When;

namespace {
constexpr std::int64_t long_ns = 3'600'000'000'000;
constexpr std::int64_t past_ns = 1;  // over at once

std::string many(char letter, std::size_t size) { return std::string(size, letter); }
}  // namespace

TEST_CASE("a dict keeps any bytes by any key but an empty one") {
  DictUser dict;
  using namespace std::string_literals;
  const Pairs pairs = {{"a", ""},  {"b\0c"s, "\0\xff"s}, {many('k', 1000), many('v', 100'000)},
                       {"=", "="}, {"\xff\xfe", "x"},    {"12345678", "12345678"}};
  for (const auto& [key, value] : pairs) CHECK(dict.set(key, value) == ok);
  CHECK(dict.all() == pairs);
  CHECK(dict.len() == pairs.size());
  for (const auto& [key, value] : pairs) CHECK(dict.get(key) == value);
  CHECK(dict.get("absent") == std::nullopt);
  CHECK(dict.set("", "x") == Code::usage);
  CHECK(code_of(dict->get(bytes_of(""))) == Code::empty);
  CHECK(dict.all("b") == Pairs{{"b\0c"s, "\0\xff"s}});
}

TEST_CASE("what is read back is what was set, whether it is a number or only looks like one") {
  DictUser dict;
  for (const auto* value :
       {"0", "-1", "7", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809",
        "007", "-0", "+1", " 1", "1 ", "1.0", "-", "--1", "0x1", "1e3", "00", "123456789012345678901"}) {
    INFO(value);
    CHECK(dict.set("key", value) == ok);
    CHECK(dict.get("key") == value);
    CHECK(code_of(dict->compare_and_set(bytes_of("key"), bytes_of(value), bytes_of(value))) == ok);
    CHECK(code_of(dict->compare_and_set(bytes_of("key"), bytes_of("2"), bytes_of("3"))) == Code::lost);
  }
}

TEST_CASE("a value is replaced by one of any size") {
  DictUser dict;
  std::uint64_t others = 0;
  for (int i = 0; i < 10; ++i) {
    const std::string key = "other" + std::to_string(i);
    CHECK(dict.set(key, many('o', 50)) == ok);
    others += key.size() + 50;
  }
  for (const std::size_t size : {1U, 9U, 8U, 0U, 70U, 64U, 5000U, 3U, 100U, 101U, 40U, 90U}) {
    CHECK(dict.set("key", many('x', size)) == ok);
    CHECK(dict.get("key") == many('x', size));
    CHECK(dict.bytes() == others + 3 + size);
    CHECK(dict.set("key", "5") == ok);
    CHECK(dict.get("key") == "5");
    CHECK(dict.bytes() == others + 3 + 8);
    CHECK(dict.set("key", many('y', size)) == ok);
    CHECK(dict.get("key") == many('y', size));
  }
  CHECK(dict.len() == 11);
}

TEST_CASE("setting several is one change, and the last of a key counts") {
  DictUser dict;
  const Dict::Pair pairs[] = {
      {bytes_of("a"), bytes_of("1")}, {bytes_of("b"), bytes_of("longer than before")}, {bytes_of("a"), bytes_of("2")}};
  CHECK(code_of(dict->set(pairs, 0)) == ok);
  CHECK(dict.all() == Pairs{{"a", "2"}, {"b", "longer than before"}});
  const Dict::Pair bad[] = {{bytes_of("c"), bytes_of("1")}, {bytes_of(""), bytes_of("2")}};
  CHECK(code_of(dict->set(bad, 0)) == Code::usage);
  CHECK(dict.len() == 2);
  const Dict::Pair shorter[] = {{bytes_of("b"), bytes_of("s")}, {bytes_of("b"), bytes_of("longer once more")}};
  CHECK(code_of(dict->set(shorter, 0)) == ok);
  CHECK(dict.get("b") == "longer once more");
}

TEST_CASE("setting only what is there, or is not, is all or nothing") {
  DictUser dict;
  CHECK(dict.set("a", "1", 0, When::present) == Code::empty);
  CHECK(dict.set("a", "1", 0, When::absent) == ok);
  CHECK(dict.set("a", "2", 0, When::absent) == Code::lost);
  CHECK(dict.set("a", "3", 0, When::present) == ok);
  const Dict::Pair pairs[] = {{bytes_of("b"), bytes_of("1")}, {bytes_of("a"), bytes_of("2")}};
  CHECK(code_of(dict->set(pairs, 0, When::absent)) == Code::lost);
  CHECK(code_of(dict->set(pairs, 0, When::present)) == Code::empty);
  CHECK(dict.all() == Pairs{{"a", "3"}});
}

TEST_CASE("numbers are added to, exactly to the ends of their type") {
  DictUser dict;
  std::int64_t sum = 0;
  CHECK(dict.add("n", 5, &sum) == ok);
  CHECK(sum == 5);
  CHECK(dict.add("n", -7, &sum) == ok);
  CHECK(sum == -2);
  CHECK(dict.get("n") == "-2");
  CHECK(dict.add("n", 0, &sum) == ok);
  CHECK(sum == -2);
  CHECK(dict.set("n", "9223372036854775807") == ok);
  CHECK(dict.add("n", 1) == Code::range);
  CHECK(dict.add("n", std::numeric_limits<std::int64_t>::min(), &sum) == ok);
  CHECK(sum == -1);
  CHECK(dict.set("text", "007") == ok);
  CHECK(dict.add("text", 1) == Code::wrong_kind);
  const Dict::Amount amounts[] = {{bytes_of("n"), 1}, {bytes_of("new"), 2}, {bytes_of("text"), 1}};
  std::int64_t sums[3];
  CHECK(code_of(dict->add(amounts, sums)) == Code::wrong_kind);
  CHECK(dict.all() == Pairs{{"n", "-1"}, {"text", "007"}});
  CHECK(code_of(dict->add(std::span(amounts).first(2), sums)) == ok);
  CHECK(sums[0] == 0);
  CHECK(sums[1] == 2);
  CHECK(dict.bytes() == 1 + 8 + 3 + 8 + 4 + 3);
}

TEST_CASE("keys are removed, and taken with their values") {
  DictUser dict;
  CHECK(code_of(dict->take(bytes_of("a"), 0)) == Code::empty);
  CHECK(dict.set("a", "one") == ok);
  CHECK(dict.set("b", "2") == ok);
  const Dict::Bytes keys[] = {bytes_of("a"), bytes_of("absent"), bytes_of("a")};
  CHECK(*dict->remove(keys, 0) == 1);
  CHECK(code_of(dict->remove(keys, 0)) == Code::empty);
  CHECK(dict->take(bytes_of("b"), 0)->view() == "2");
  CHECK(dict.all().empty());
  CHECK(dict.bytes() == 0);
  CHECK(code_of(dict->remove(keys, os::monotonic_ns() + 1'000'000)) == Code::timed_out);
}

TEST_CASE("swap, setdefault and cas look at what is there") {
  DictUser dict;
  CHECK(code_of(dict->swap(bytes_of("a"), bytes_of("1"), 0)) == Code::empty);
  CHECK(dict->set_default(bytes_of("a"), bytes_of("first"), 0)->view() == "first");
  CHECK(dict->set_default(bytes_of("a"), bytes_of("second"), 0)->view() == "first");
  CHECK(dict->swap(bytes_of("a"), bytes_of("third"), 0)->view() == "first");
  CHECK(code_of(dict->compare_and_set(bytes_of("a"), bytes_of("first"), bytes_of("x"))) == Code::lost);
  CHECK(code_of(dict->compare_and_set(bytes_of("a"), bytes_of("third"), bytes_of("4"))) == ok);
  CHECK(code_of(dict->compare_and_set(bytes_of("b"), bytes_of("third"), bytes_of("4"))) == Code::empty);
  CHECK(dict.get("a") == "4");
}

TEST_CASE("limits hold, and what goes makes room") {
  object::DictLimits limits;
  limits.max_items = 2;
  limits.max_bytes = 40;
  DictUser dict(limits);
  CHECK(dict.set("a", many('x', 20)) == ok);
  CHECK(dict.set("b", many('x', 18)) == ok);
  CHECK(dict.set("b", many('x', 19)) == Code::limit);
  CHECK(dict.set("c", "") == Code::limit);
  CHECK(dict.add("c", 1) == Code::limit);
  CHECK(dict.set("b", "2") == ok);
  CHECK(dict.set("b", many('x', 18)) == ok);
  CHECK(dict.bytes() == 40);
  CHECK(dict.remove("a"));
  const Dict::Pair pairs[] = {{bytes_of("c"), bytes_of("1")}, {bytes_of("d"), bytes_of("1")}};
  CHECK(code_of(dict->set(pairs, 0)) == Code::limit);
  CHECK(dict.all() == Pairs{{"b", many('x', 18)}});
  CHECK(dict.set("c", "1") == ok);
  CHECK(dict.set("b", "1", past_ns) == ok);
  CHECK(dict.set("d", "1") == ok);  // what is over is in nobody's way
  CHECK(dict.all() == Pairs{{"c", "1"}, {"d", "1"}});
}

TEST_CASE("a key that is over is absent to every operation") {
  DictUser dict;
  const auto fresh = [&] {
    CHECK(dict.set("stays", "1") == ok);
    CHECK(dict.set("ends", "5", past_ns) == ok);
  };
  fresh();
  CHECK(dict.len() == 1);
  CHECK(dict.all() == Pairs{{"stays", "1"}});
  CHECK(dict.get("ends") == std::nullopt);
  CHECK_FALSE(dict.remove("ends"));
  CHECK(code_of(dict->take(bytes_of("ends"), 0)) == Code::empty);
  CHECK(code_of(dict->swap(bytes_of("ends"), bytes_of("1"), 0)) == Code::empty);
  CHECK(code_of(dict->compare_and_set(bytes_of("ends"), bytes_of("5"), bytes_of("1"))) == Code::empty);
  CHECK(code_of(dict->expire(bytes_of("ends"), long_ns)) == Code::empty);
  CHECK(code_of(dict->time_left(bytes_of("ends"))) == Code::empty);
  CHECK(dict.set("ends", "1", 0, When::present) == Code::empty);
  std::int64_t sum = 0;
  CHECK(dict.add("ends", 2, &sum) == ok);
  CHECK(sum == 2);
  CHECK(*dict->time_left(bytes_of("ends")) == std::nullopt);
  fresh();
  CHECK(dict.set("ends", "new", 0, When::absent) == ok);
  fresh();
  CHECK(dict->set_default(bytes_of("ends"), bytes_of("other"), 0)->view() == "other");
  fresh();
  CHECK(*dict->clear() == 1);
}

TEST_CASE("an end is set, kept by what changes the value in part, and taken away") {
  DictUser dict;
  const auto ends = [&](std::string_view key) {
    const auto left = dict->time_left(bytes_of(key));
    REQUIRE(code_of(left) == ok);
    CHECK((!*left || (**left > long_ns / 2 && **left <= long_ns)));
    return left->has_value();
  };
  CHECK(dict.set("n", "1", long_ns) == ok);
  CHECK(ends("n"));
  CHECK(dict.add("n", 1) == ok);
  CHECK(ends("n"));
  CHECK(code_of(dict->compare_and_set(bytes_of("n"), bytes_of("2"), bytes_of(many('l', 200)))) == ok);
  CHECK(ends("n"));
  CHECK(code_of(dict->expire(bytes_of("n"), 0)) == ok);
  CHECK_FALSE(ends("n"));
  CHECK(dict.get("n") == many('l', 200));
  CHECK(code_of(dict->expire(bytes_of("n"), long_ns)) == ok);
  CHECK(ends("n"));
  CHECK(dict.set("n", "plain") == ok);
  CHECK_FALSE(ends("n"));
  CHECK(dict->items("")->end(0).boottime_ns == 0);
}

TEST_CASE("what is over is freed by later changes, a few at a time") {
  DictUser dict;
  constexpr int count = 500;
  for (int i = 0; i < count; ++i) {
    CHECK(dict.set("stays" + std::to_string(i), "1") == ok);
    CHECK(dict.set("ends" + std::to_string(i), "1", i % 2 == 0 ? past_ns : long_ns) == ok);
  }
  CHECK(dict.len() == count + count / 2);
  for (int i = 0; i < count; ++i) CHECK(dict.add("stays0", 1) == ok);
  // A number is 8 bytes, and all keys are of these lengths.
  std::uint64_t bytes = 0;
  for (const auto& [key, value] : dict.all()) bytes += key.size() + 8;
  CHECK(dict.bytes() == bytes);
  CHECK(dict.len() == count + count / 2);
}

TEST_CASE("several keys are read at one moment") {
  DictUser dict;
  CHECK(dict.set("a", "1") == ok);
  const Dict::Bytes keys[] = {bytes_of("a"), bytes_of("b"), bytes_of("a")};
  std::optional<object::DictValue> values[3];
  values[1] = object::DictValue(7);  // what was there before is not what the key has
  REQUIRE(code_of(dict->get(keys, values)) == ok);
  CHECK(values[0]->view() == "1");
  CHECK_FALSE(values[1].has_value());
  CHECK(values[2]->number() == 1);
  CHECK(code_of(dict->wait_for(keys, values, os::monotonic_ns() + 1'000'000)) == Code::timed_out);
  CHECK(dict->contains(keys) == false);
  CHECK(dict->contains(std::span(keys).first(1)) == true);
}

TEST_CASE("who may only read, reads; an object of another kind is none") {
  DictUser dict;
  CHECK(dict.set("a", "1") == ok);
  const auto reader = dict.open(os::Access::read);
  CHECK(reader.get(bytes_of("a"))->view() == "1");
  CHECK(*reader.len() == 1);
  CHECK(code_of(object::open_region(*dict.store(), "names", object::Kind::queue, os::Access::read)) ==
        Code::wrong_kind);
  const auto found = object::describe(*dict.store(), "names");
  REQUIRE(found);
  CHECK(found->kind == object::Kind::dict);
  CHECK(found->keys == 1);
}

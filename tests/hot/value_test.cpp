#include "hot/value.hpp"
#include "catch.hpp"
#include "object/text_value.hpp"
#include "object/value.hpp"
#include "told.hpp"

using namespace shm;
using os::Code;
using test::Call;
using Lines = test::Call::Lines;

namespace {
std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

void make(const test::OwnStore& store, std::string_view name, object::Scalar start) {
  REQUIRE(object::Value::create(*store, name, start, {}).has_value());
}
void make(const test::OwnStore& store, std::string_view name, object::Type type, std::string_view content) {
  REQUIRE(object::TextValue::create(*store, name, type, bytes_of(content), 0, {}).has_value());
}
}  // namespace

TEST_CASE("a value is set in its type, which it keeps") {
  const test::OwnStore store;
  make(store, "i", object::Scalar::of(1));
  CHECK(Call(store, hot::value_set, {"i", "7"}).lines == Lines{"i value: 7"});
  CHECK(Call(store, hot::value_get, {"i"}).lines == Lines{"i value: 7"});
  CHECK(Call(store, hot::value_set, {"i", "x"}).code == Code::usage);
  CHECK(Call(store, hot::value_set, {"i", "7"}, {{"type", "uint"}}).code == Code::wrong_kind);
  CHECK(Call(store, hot::value_set, {"i", "7"}, {{"type", "text"}}).code == Code::wrong_kind);
  CHECK(Call(store, hot::value_get, {"i"}).used == "i");
}

TEST_CASE("a value that is not there is made by who says its type") {
  const test::OwnStore store;
  CHECK(Call(store, hot::value_set, {"v", "7"}).code == Code::absent);
  CHECK(Call(store, hot::value_set, {"v", "7"}, {{"type", "int"}, {"existing", ""}}).code == Code::absent);
  CHECK(store.files().empty());
  CHECK(Call(store, hot::value_set, {"v", "7"}, {{"type", "uint"}}).lines == Lines{"v value: 7"});
  CHECK(Call(store, hot::value_set, {"v", "8"}, {{"type", "uint"}, {"new", ""}}).code == Code::exists);
  CHECK(Call(store, hot::value_set, {"t", "ä"}, {{"type", "text"}}).lines == Lines{"t text: ä"});
  CHECK(Call(store, hot::value_set, {"t", "b"}, {{"type", "text"}, {"new", ""}}).code == Code::exists);
  CHECK(Call(store, hot::value_get, {"v", "t"}).lines == Lines{"v value: 7", "t text: ä"});
}

TEST_CASE("words that make no sense are refused before anything is made") {
  const test::OwnStore store;
  const std::vector<std::vector<hot::Given>> senseless = {{{"existing", ""}, {"new", ""}},
                                                          {{"new", ""}},
                                                          {{"type", "int"}, {"ttl", "5"}},
                                                          {{"type", "text"}, {"ttl", "0"}}};
  for (const auto& options : senseless) {
    const Call call(store, hot::value_set, {"v", "7"}, options);
    CHECK(call.status == hot::not_mine);
    CHECK(call.lines == Lines{"refused"});
  }
  CHECK(Call(store, hot::value_set, {"v", "7"}, {{"type", "number"}}).status == hot::not_mine);
  CHECK(store.files().empty());
  make(store, "i", object::Scalar::of(1));
  CHECK(Call(store, hot::value_set, {"i", "7"}, {{"ttl", "5"}}).status == hot::not_mine);
  CHECK(Call(store, hot::value_swap, {"i", "7"}, {{"ttl", "5"}}).status == hot::not_mine);
  CHECK(Call(store, hot::value_get, {"i"}).lines == Lines{"i value: 1"});
}

TEST_CASE("numbers are swapped, compared and added to") {
  const test::OwnStore store;
  make(store, "u", {object::Type::uint64, 5});
  CHECK(Call(store, hot::value_add, {"u", "-2"}).lines == Lines{"u value: 3"});
  CHECK(Call(store, hot::value_add, {"u", "-4"}).code == Code::range);
  CHECK(Call(store, hot::value_swap, {"u", "9"}).lines == Lines{"u value: 3"});
  CHECK(Call(store, hot::value_cas, {"u", "3", "4"}).code == Code::lost);
  CHECK(Call(store, hot::value_cas, {"u", "9", "4"}).lines == Lines{"u value: 4"});
  make(store, "b", {object::Type::boolean, 1});
  CHECK(Call(store, hot::value_add, {"b", "1"}).code == Code::wrong_kind);
}

TEST_CASE("texts and bytes are set, swapped and compared") {
  const test::OwnStore store;
  make(store, "b", object::Type::bytes, "one");
  CHECK(Call(store, hot::value_set, {"b", "two"}).lines == Lines{"b bytes: two"});
  CHECK(Call(store, hot::value_swap, {"b", "three"}).lines == Lines{"b bytes: two"});
  CHECK(Call(store, hot::value_cas, {"b", "two", "four"}).code == Code::lost);
  CHECK(Call(store, hot::value_cas, {"b", "three", "four"}).lines == Lines{"b bytes: four"});
  CHECK(Call(store, hot::value_cas, {"b", "-", "-"}).status == hot::not_mine);
  CHECK(Call(store, hot::value_add, {"b", "1"}).code == Code::wrong_kind);
}

TEST_CASE("of several names, each is answered; those that are not there by what was given for them") {
  const test::OwnStore store;
  make(store, "i", object::Scalar::of(1));
  const Call call(store, hot::value_get, {"none", "i"});
  CHECK(call.status == 0);
  CHECK(call.lines == Lines{"error none", "i value: 1"});
  CHECK(Call(store, hot::value_get, {"none", "i"}, {{"default", "x"}}).lines == Lines{"none default: x", "i value: 1"});
  CHECK(Call(store, hot::value_get, {"i", "a/b"}).lines.empty());
}

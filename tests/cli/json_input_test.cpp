#include "cli/json_input.hpp"
#include "catch.hpp"

using shm::cli::JsonType;
using shm::cli::JsonValue;
using shm::cli::most_json_depth;
using shm::cli::parse_json;

namespace {
JsonValue parsed(std::string_view text) {
  auto value = parse_json(text);
  INFO(text);
  INFO((value ? "" : value.error().why));
  REQUIRE(value.has_value());
  return std::move(*value);
}
}  // namespace

TEST_CASE("whole numbers are exact to the ends of their types") {
  CHECK(parsed("9223372036854775807").type == JsonType::integer);
  CHECK(parsed("9223372036854775807").integer == INT64_MAX);
  CHECK(parsed("-9223372036854775808").integer == INT64_MIN);
  CHECK(parsed("9223372036854775808").type == JsonType::natural);
  CHECK(parsed("18446744073709551615").natural == UINT64_MAX);
  CHECK(parsed("18446744073709551615").digits() == "18446744073709551615");
  CHECK(parsed("-7").digits() == "-7");
}

TEST_CASE("what is no whole number of 64 bits keeps its digits") {
  CHECK(parsed("1.50").type == JsonType::real);
  CHECK(parsed("1.50").real == 1.5);
  CHECK(parsed("1.50").digits() == "1.50");
  CHECK(parsed("18446744073709551616").type == JsonType::real);
  CHECK(parsed("18446744073709551616").digits() == "18446744073709551616");
  CHECK(parsed("1E2").digits() == "1E2");
}

TEST_CASE("strings are bytes, NUL and quotes included") {
  using namespace std::string_view_literals;
  CHECK(parsed(R"("a\u0000b\"\n")").text == "a\0b\"\n"sv);
  CHECK(parsed(R"("\u00e4")").text == "\xc3\xa4");
  CHECK_FALSE(parse_json("\"\xff\"").has_value());
}

TEST_CASE("members stay in the order they were written, and the last of a key counts") {
  const auto object = parsed(R"( {"b": 1, "a": [true, null, {"c": "d"}], "b": 2} )");
  REQUIRE(object.type == JsonType::object);
  REQUIRE(object.items.size() == 3);
  CHECK(object.items[0].key == "b");
  CHECK(object.items[1].key == "a");
  REQUIRE(object.find("b") != nullptr);
  CHECK(object.find("b")->integer == 2);
  CHECK(object.find("c") == nullptr);
  const auto& list = object.items[1];
  REQUIRE(list.items.size() == 3);
  CHECK(list.items[0].boolean);
  CHECK(list.items[0].key.empty());
  CHECK(list.items[1].type == JsonType::null);
  REQUIRE(list.items[2].find("c") != nullptr);
  CHECK(list.items[2].find("c")->text == "d");
}

TEST_CASE("an empty array or object has no items") {
  CHECK(parsed("[]").items.empty());
  CHECK(parsed("{}").items.empty());
  CHECK(parsed("[[],{}]").items.size() == 2);
}

TEST_CASE("what is no JSON is refused, and where is said") {
  const auto missing = parse_json("{\"a\": 1,\n \"b\" 2}");
  REQUIRE_FALSE(missing.has_value());
  CHECK(missing.error().line == 2);
  CHECK(missing.error().column == 6);
  CHECK(missing.error().why.find("':'") != std::string::npos);
  CHECK(missing.error().message().starts_with("line 2, column 6: "));
  for (const auto* text : {"", " ", "{", "[1,]", "1 2", "{1:2}", "nul", "1e999", "'a'", "01"}) {
    INFO(text);
    const auto refused = parse_json(text);
    REQUIRE_FALSE(refused.has_value());
    CHECK_FALSE(refused.error().why.empty());
    CHECK(refused.error().why.find("json.exception") == std::string::npos);
  }
}

TEST_CASE("nesting has an end") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(parse_json(nested(most_json_depth)).has_value());
  const auto deeper = parse_json(nested(most_json_depth + 1));
  REQUIRE_FALSE(deeper.has_value());
  CHECK(deeper.error().message() == "more than 500 arrays and objects in one another");
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')).has_value());
}

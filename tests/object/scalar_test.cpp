#include "object/scalar.hpp"
#include <bit>
#include <clocale>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include "catch.hpp"

using namespace shm::object;
using shm::os::Code;
using test::code_of;
using test::ok;

namespace {
constexpr Type types[] = {Type::int64, Type::uint64, Type::float64, Type::boolean};

std::string text(Scalar scalar) { return std::string(format_scalar(scalar).view()); }
Scalar of(double number) { return {Type::float64, std::bit_cast<std::uint64_t>(number)}; }

void round_trip(Scalar scalar) {
  const auto back = parse_scalar(scalar.type, text(scalar));
  if (!back || back->bits != scalar.bits || back->type != scalar.type) {
    FAIL(type_name(scalar.type) << " " << scalar.bits << " is written as " << text(scalar));
  }
}
}  // namespace

TEST_CASE("types have names, and names types", "[scalar]") {
  for (const Type type : types) {
    CHECK_FALSE(type_name(type).empty());
    CHECK(type_of_name(type_name(type)) == type);
  }
  CHECK(type_of_name("text") == Type::text);
  CHECK(type_of_name("bytes") == Type::bytes);
  for (const auto* word : {"", "INT", "int64", "Text", "byte", "none", " int", "int "}) {
    CHECK(type_of_name(word) == Type::none);
  }
  for (const unsigned number : {0U, 7U, 8U, 1000U, 65535U}) {
    CHECK(type_name(static_cast<Type>(number)).empty());
  }
  // These numbers stand in files.
  CHECK(static_cast<int>(Type::int64) == 1);
  CHECK(static_cast<int>(Type::uint64) == 2);
  CHECK(static_cast<int>(Type::float64) == 3);
  CHECK(static_cast<int>(Type::boolean) == 4);
  CHECK(static_cast<int>(Type::text) == 5);
  CHECK(static_cast<int>(Type::bytes) == 6);
}

TEST_CASE("numbers are read", "[scalar]") {
  struct Row {
    Type type;
    const char* text;
    std::uint64_t bits;
  };
  const auto minus = [](std::uint64_t number) { return ~number + 1; };
  for (const Row& row : {
           Row{Type::int64, "0", 0},
           {Type::int64, "-0", 0},
           {Type::int64, "5", 5},
           {Type::int64, "+5", 5},
           {Type::int64, "-5", minus(5)},
           {Type::int64, "007", 7},
           {Type::int64, "9223372036854775807", 9223372036854775807U},
           {Type::int64, "-9223372036854775808", 9223372036854775808U},
           {Type::uint64, "+5", 5},
           {Type::uint64, "18446744073709551615", ~std::uint64_t{0}},
           {Type::float64, "5", std::bit_cast<std::uint64_t>(5.0)},
           {Type::float64, "+.5", std::bit_cast<std::uint64_t>(0.5)},
           {Type::float64, "-1.5e3", std::bit_cast<std::uint64_t>(-1500.0)},
           {Type::float64, "1E2", std::bit_cast<std::uint64_t>(100.0)},
           {Type::float64, "-0", std::bit_cast<std::uint64_t>(-0.0)},
           {Type::float64, "4.9e-324", 1},
           {Type::float64, "1.7976931348623157e308", 0x7fefffffffffffffU},
           {Type::boolean, "true", 1},
           {Type::boolean, "1", 1},
           {Type::boolean, "yes", 1},
           {Type::boolean, "on", 1},
           {Type::boolean, "false", 0},
           {Type::boolean, "0", 0},
           {Type::boolean, "no", 0},
           {Type::boolean, "off", 0},
       }) {
    INFO(type_name(row.type) << " '" << row.text << "'");
    const auto read = parse_scalar(row.type, row.text);
    REQUIRE(code_of(read) == ok);
    CHECK(read->type == row.type);
    CHECK(read->bits == row.bits);
  }
}

TEST_CASE("what is no number makes no sense", "[scalar]") {
  for (const Type type : types) {
    for (const std::string word :
         {"",   " ",  "5 ",  " 5",  "5x",  "0x5",  "--5", "++5", "+-5", "-+5", "-",    "+", ".",
          "e5", "5e", "1 2", "1,5", "1_0", "TRUE", "Yes", "t",   "\n5", "5\n", "five", "-e"}) {
      INFO(type_name(type) << " '" << word << "'");
      CHECK(code_of(parse_scalar(type, word)) == Code::usage);
    }
    CHECK(code_of(parse_scalar(type, std::string("5\0", 2))) == Code::usage);
  }
  for (const Type type : {Type::int64, Type::uint64}) {
    for (const auto* word : {"1.5", "1e3", "nan", "inf"}) {
      CHECK(code_of(parse_scalar(type, word)) == Code::usage);
    }
  }
  for (const Type type : {Type::none, Type::text, Type::bytes, static_cast<Type>(99)}) {
    CHECK(code_of(parse_scalar(type, "5")) == Code::wrong_kind);
  }
}

TEST_CASE("what does not fit is out of range", "[scalar]") {
  const std::string huge(400, '9');
  for (const auto& word : {std::string("9223372036854775808"), std::string("-9223372036854775809"), huge}) {
    CHECK(code_of(parse_scalar(Type::int64, word)) == Code::range);
  }
  for (const auto& word : {std::string("18446744073709551616"), std::string("-1"), std::string("-5"), "-" + huge,
                           std::string("-9223372036854775809"), huge}) {
    INFO(word);
    CHECK(code_of(parse_scalar(Type::uint64, word)) == Code::range);
  }
  for (const std::string word : {"1e309", "-1e309", "inf", "-inf", "+inf", "infinity", "nan", "NAN", "-nan"}) {
    INFO(word);
    CHECK(code_of(parse_scalar(Type::float64, word)) == Code::range);
  }
}

TEST_CASE("numbers are written as they are read", "[scalar]") {
  CHECK(text(Scalar::of(std::numeric_limits<std::int64_t>::min())) == "-9223372036854775808");
  CHECK(text({Type::uint64, ~std::uint64_t{0}}) == "18446744073709551615");
  CHECK(text({Type::boolean, 0}) == "false");
  CHECK(text({Type::boolean, 1}) == "true");
  CHECK(text(of(0.1)) == "0.1");
  CHECK(text(of(5)) == "5");
  CHECK(text(of(-0.0)) == "-0");
  CHECK(text(of(1e300)) == "1e+300");
  CHECK(text(of(-std::numeric_limits<double>::denorm_min())) == "-5e-324");
}

TEST_CASE("every number that is written reads back as the same", "[scalar]") {
  std::mt19937_64 random(4711);
  for (int i = 0; i < 100000; ++i) {
    const std::uint64_t bits = random();
    const std::uint64_t small = bits >> (random() % 64);  // of every length
    for (const std::uint64_t each : {bits, small, ~small}) {
      round_trip({Type::int64, each});
      round_trip({Type::uint64, each});
      if (std::isfinite(std::bit_cast<double>(each))) {
        round_trip({Type::float64, each});
      }
    }
  }
  for (unsigned exponent = 0; exponent < 2047; ++exponent) {
    for (const std::uint64_t mantissa : {std::uint64_t{0}, std::uint64_t{1}, (std::uint64_t{1} << 52U) - 1}) {
      round_trip({Type::float64, std::uint64_t{exponent} << 52U | mantissa});
    }
  }
  round_trip({Type::boolean, 0});
  round_trip({Type::boolean, 1});
}

TEST_CASE("a locale changes nothing", "[scalar]") {
  // Neither reading nor writing asks for one; where there is none to set, there is nothing to go wrong.
  const char* before = std::setlocale(LC_ALL, nullptr);
  const std::string saved = before != nullptr ? before : "C";
  for (const auto* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "C.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr) {
      CHECK(text(of(1.5)) == "1.5");
      CHECK(parse_scalar(Type::float64, "1.5").has_value());
      CHECK_FALSE(parse_scalar(Type::float64, "1,5").has_value());
    }
  }
  std::setlocale(LC_ALL, saved.c_str());
}

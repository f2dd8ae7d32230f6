// Elements as text and bits, their sums and order.
#include "object/element.hpp"
#include "catch.hpp"

using namespace shm::object;
using shm::os::Code;

namespace {
constexpr Element all[] = {Element::int8,   Element::uint8, Element::int16,  Element::uint16,  Element::int32,
                           Element::uint32, Element::int64, Element::uint64, Element::float32, Element::float64};
constexpr Element none = static_cast<Element>(11);

Code code_of(const shm::os::Result<Bits>& result) { return result ? Code{255} : result.error().code; }

std::string text(Element type, std::string_view number) {
  const auto bits = parse_element(type, number);
  return bits ? std::string(format_element(type, *bits).view()) : "refused";
}

/// "refused" if the sum does not fit.
std::string sum(Element type, std::string_view number, std::string_view amount) {
  Bits result = 0;
  const bool fits = add_to(type, parse_element(type, number).value(), parse_amount(type, amount).value(), result);
  return fits ? std::string(format_element(type, result).view()) : "refused";
}
}  // namespace

TEST_CASE("types have names and sizes", "[element]") {
  for (const Element type : all) {
    CHECK(element_of_name(element_name(type)) == type);
    CHECK(size_of(type) > 0);
  }
  CHECK(element_of_name("l") == Element::int64);
  CHECK(element_of_name("I") == Element::uint32);
  CHECK(element_of_name("float32") == Element::float32);
  CHECK(element_name(Element::float64) == "double");
  CHECK(element_of_name("u") == Element::none);
  CHECK(element_of_name("") == Element::none);
  CHECK(size_of(Element::uint16) == 2);
  CHECK(size_of(Element::none) == 0);
  CHECK(size_of(none) == 0);
  CHECK(element_name(none).empty());
}

TEST_CASE("numbers are read as what they are", "[element]") {
  CHECK(text(Element::int8, "-128") == "-128");
  CHECK(text(Element::int8, "+5") == "5");
  CHECK(text(Element::uint64, "18446744073709551615") == "18446744073709551615");
  CHECK(text(Element::float32, "0.1") == "0.1");
  CHECK(text(Element::float64, "0.1") == "0.1");
  CHECK(text(Element::float32, "16777217") == "16777216");
  CHECK(code_of(parse_element(Element::int8, "128")) == Code::range);
  CHECK(code_of(parse_element(Element::uint8, "-1")) == Code::range);
  CHECK(code_of(parse_element(Element::uint8, "-x")) == Code::usage);
  CHECK(code_of(parse_element(Element::float32, "1e39")) == Code::range);
  CHECK(code_of(parse_element(Element::float64, "inf")) == Code::range);
  for (const Element type : all) {
    for (const char* word : {"", " 1", "1 ", "x", "+-1", "--1", "0x1"}) {
      INFO(word);
      CHECK(code_of(parse_element(type, word)) == Code::usage);
    }
  }
}

TEST_CASE("what does not fit is no sum", "[element]") {
  CHECK(sum(Element::int8, "127", "1") == "refused");
  CHECK(sum(Element::int8, "127", "-255") == "-128");
  CHECK(sum(Element::int8, "-128", "255") == "127");
  CHECK(sum(Element::uint8, "0", "-1") == "refused");
  CHECK(sum(Element::uint8, "255", "-255") == "0");
  CHECK(sum(Element::int64, "-9223372036854775808", "18446744073709551615") == "9223372036854775807");
  CHECK(sum(Element::int64, "9223372036854775807", "1") == "refused");
  CHECK(sum(Element::uint64, "18446744073709551615", "-9223372036854775808") == "9223372036854775807");
  CHECK(sum(Element::uint64, "18446744073709551615", "18446744073709551615") == "refused");
  CHECK(sum(Element::float64, "1e308", "1e308") == "refused");
  CHECK(sum(Element::float32, "0.1", "0.2") == "0.3");
}

TEST_CASE("elements compare as numbers", "[element]") {
  const auto bits = [](Element type, std::string_view number) { return parse_element(type, number).value(); };
  CHECK(less(Element::int16, bits(Element::int16, "-1"), bits(Element::int16, "1")));
  CHECK_FALSE(less(Element::uint16, bits(Element::uint16, "65535"), bits(Element::uint16, "1")));
  CHECK(less(Element::float32, bits(Element::float32, "-0.5"), bits(Element::float32, "0")));
  CHECK(equal(Element::float64, bits(Element::float64, "-0.0"), bits(Element::float64, "0")));
  CHECK_FALSE(equal(Element::int64, bits(Element::int64, "-1"), bits(Element::int64, "1")));
}

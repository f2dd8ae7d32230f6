#include "os/text.hpp"
#include <string>
#include "catch.hpp"

using shm::os::FileName;
using shm::os::Text;

TEST_CASE("a text holds what fits, and says that it was cut", "[text]") {
  Text<4> text;
  CHECK(text.empty());
  CHECK(text.view().empty());
  text.add("ab");
  CHECK(text.view() == "ab");
  CHECK_FALSE(text.cut());
  text.add("c");
  CHECK(text.view() == "abc");
  CHECK_FALSE(text.cut());
  SECTION("one more byte does not fit") {
    text.add("d");
    CHECK(text.view() == "abc");
    CHECK(text.cut());
  }
  SECTION("nothing more fits even if there is nothing to cut") {
    text.add("");
    CHECK_FALSE(text.cut());
  }
  SECTION("cleared, it is as new") {
    text.add("defg").clear();
    CHECK(text.empty());
    CHECK_FALSE(text.cut());
    CHECK(*text.c_str() == '\0');
  }
}

TEST_CASE("a text ends with NUL at every length, and nothing is written behind it", "[text]") {
  struct {
    Text<8> text;
    char guard[8] = {'g', 'u', 'a', 'r', 'd', 'i', 'a', 'n'};
  } around;
  for (int i = 0; i < 20; ++i) {
    around.text.add("x");
    const std::size_t length = std::min<std::size_t>(static_cast<std::size_t>(i) + 1, 7);
    CHECK(around.text.view() == std::string(length, 'x'));
    CHECK(std::string(around.text.c_str()).size() == length);
  }
  CHECK(std::string_view(around.guard, 8) == "guardian");
}

TEST_CASE("a copy of a text is equal, and knows that it was cut", "[text]") {
  Text<4> cut("abcdef");
  Text<4> copy(cut);
  CHECK(copy.view() == "abc");
  CHECK(copy.cut());
  Text<4> other("xy");
  other = copy;
  CHECK(other.view() == "abc");
  CHECK(other.cut());
  auto& itself = other;
  other = itself;
  CHECK(other.view() == "abc");
  other = Text<4>("z");
  CHECK(other.view() == "z");
  CHECK_FALSE(other.cut());
}

TEST_CASE("a text writes numbers", "[text]") {
  const auto decimal = [](std::uint64_t number) { return std::string(Text<32>().add_decimal(number).view()); };
  CHECK(decimal(0) == "0");
  CHECK(decimal(10) == "10");
  CHECK(decimal(18446744073709551615U) == "18446744073709551615");
  const auto hex = [](std::uint64_t number) { return std::string(Text<32>().add_hex(number).view()); };
  CHECK(hex(0) == "0000000000000000");
  CHECK(hex(0x123456789abcdef0U) == "123456789abcdef0");
  CHECK(hex(~std::uint64_t{0}) == "ffffffffffffffff");
}

TEST_CASE("a file name has room for one byte more than the kernel takes", "[text]") {
  // So what was cut is refused by the kernel, and never taken for a name that is there.
  CHECK(FileName(std::string(255, 'n')).view().size() == 255);
  CHECK(FileName(std::string(300, 'n')).view().size() == 256);
}

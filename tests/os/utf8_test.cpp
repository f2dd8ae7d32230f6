#include "os/utf8.hpp"
#include <string>
#include "catch.hpp"

using namespace shm::os;
using namespace std::string_literals;

TEST_CASE("UTF-8 at the borders of its lengths", "[utf8]") {
  for (const auto& good : {""s, "\0"s, "\x7f"s, "\u0080"s, "\u07ff"s, "\u0800"s, "\ud7ff"s, "\ue000"s, "\uffff"s,
                           "\U00010000"s, "\U0010ffff"s}) {
    CHECK(is_utf8(good));
    CHECK(is_utf8(good + good));
    CHECK_FALSE(is_utf8(good + "\x80"));
  }
  for (const auto& bad : {"\xc0\x80"s, "\xe0\x9f\xbf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\xe2\x82"s, "\xff"s}) {
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("a text's beginning is cut between characters", "[utf8]") {
  CHECK(first_characters("", 3).empty());
  CHECK(first_characters("abc", 0).empty());
  CHECK(first_characters("abc", 2) == "ab");
  CHECK(first_characters("abc", 3) == "abc");
  CHECK(first_characters("abc", 9) == "abc");
  CHECK(first_characters("\u00e4\u20ac\U0001f600x", 3) == "\u00e4\u20ac\U0001f600");
}

#include "cli/base64.hpp"
#include "catch.hpp"
#include "cli/output.hpp"

using namespace shm::cli;
using namespace std::string_literals;

TEST_CASE("base64 as RFC 4648 has it", "[base64]") {
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64("\xff\xfe\xfd\xfb\xf0\x00"s) == "//79+/AA");
}

TEST_CASE("UTF-8 is told from other bytes", "[base64]") {
  for (const auto& good : {""s, "plain"s, "\0"s, "\x7f"s, "\u0080"s, "\u07ff"s, "\u0800"s, "\ud7ff"s, "\ue000"s,
                           "\uffff"s, "\U00010000"s, "\U0010ffff"s, "gr\u00fcn"s}) {
    INFO(base64(good));
    CHECK(is_utf8(good));
  }
  for (const auto& bad :
       {"\x80"s, "\xff"s, "\xc3"s, "a\xe2\x82"s, "\xc0\x80"s, "\xc1\xbf"s, "\xe0\x9f\xbf"s, "\xf0\x8f\xbf\xbf"s,
        "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s, "\xf8\x88\x80\x80\x80"s, "\xc3("s, "latin \xfc"s}) {
    INFO(base64(bad));
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("bytes in JSON are a string, or a field that says what they are", "[base64]") {
  CHECK(Json().add_bytes("item", "gr\u00fcn\n").text() == "{\"item\":\"gr\u00fcn\\n\"}");
  CHECK(Json().add_bytes("item", "\xff").text() == "{\"item_base64\":\"/w==\"}");
}

TEST_CASE("what base64 has made is read back, and nothing else is") {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    CHECK(shm::cli::from_base64(shm::cli::base64(all)) == all);
    all += static_cast<char>(i);
  }
  for (const auto* text :
       {"A", "AA", "AAA", "AA=", "AA==A", "A===", "====", "AB==", "AAB=", "AA A", "AA-_", "AAAA\n"}) {
    INFO(text);
    CHECK_FALSE(shm::cli::from_base64(text).has_value());
  }
}

#include "cli/line.hpp"
#include <string>
#include "catch.hpp"

using shm::cli::split_line;
using Words = std::vector<std::string>;

namespace {
Words split(std::string line) {
  std::vector<std::string_view> words;
  const char* why = split_line({line.data(), line.size()}, words);
  INFO(line);
  CHECK(why == nullptr);
  return {words.begin(), words.end()};
}

bool refused(std::string line, std::string_view says) {
  std::vector<std::string_view> words;
  const char* why = split_line({line.data(), line.size()}, words);
  return why != nullptr && std::string_view(why).find(says) != std::string_view::npos;
}
}  // namespace

TEST_CASE("blanks separate words", "[line]") {
  CHECK(split("").empty());
  CHECK(split(" \t \n ").empty());
  CHECK(split("a") == Words{"a"});
  CHECK(split("  counter\tincr  hits 5 ") == Words{"counter", "incr", "hits", "5"});
  CHECK(split("a\nb") == Words{"a", "b"});
  CHECK(split("a\rb\v") == Words{"a\rb\v"});
}

TEST_CASE("quotes are a shell's", "[line]") {
  CHECK(split("'a b'") == Words{"a b"});
  CHECK(split("a'b c'd") == Words{"ab cd"});
  CHECK(split("''") == Words{""});
  CHECK(split("\"\" ''x") == Words{"", "x"});
  CHECK(split("'it'\\''s'") == Words{"it's"});
  CHECK(split(R"("a\"b\\c\$d\`e")") == Words{R"(a"b\c$d`e)"});
  CHECK(split(R"("\a\ \'")") == Words{R"(\a\ \')"});
  CHECK(split(R"('\a"')") == Words{R"(\a")"});
  CHECK(split(R"(\a\ b\\ \"\' \#)") == Words{R"(a b\)", R"("')", "#"});
  CHECK(split("'a\nb' \"c\nd\"") == Words{"a\nb", "c\nd"});
  CHECK(split("\"#\" a\\\nb") == Words{"#", "a\nb"});
  CHECK(split("$HOME `x` a|b;c&&d >e *? ~ {1,2} !x =") ==
        Words{"$HOME", "`x`", "a|b;c&&d", ">e", "*?", "~", "{1,2}", "!x", "="});
}

TEST_CASE("a word that begins with # ends the line", "[line]") {
  CHECK(split("# all of it 'open").empty());
  CHECK(split("a #b c") == Words{"a"});
  CHECK(split("a#b '#c' \\#d \"\"# #e") == Words{"a#b", "#c", "#d", "#"});
}

TEST_CASE("what is not whole is refused", "[line]") {
  CHECK(refused("'a", "quote"));
  CHECK(refused("a \"b", "quote"));
  CHECK(refused("\"b\\", "quote"));
  CHECK(refused("\"b\\\"", "quote"));
  CHECK(refused("a\\", "backslash"));
  CHECK(refused(std::string("a\0b", 3), "NUL"));
  CHECK(refused(std::string("'a\0b'", 5), "NUL"));
  CHECK(refused(std::string("\"\0\"", 3), "NUL"));
  CHECK(refused(std::string("\\\0", 2), "NUL"));
  CHECK(refused(std::string("\"\\\0\"", 4), "NUL"));
}

TEST_CASE("the words of the line before are forgotten", "[line]") {
  std::vector<std::string_view> words = {"old"};
  std::string line = "new";
  CHECK(split_line({line.data(), line.size()}, words) == nullptr);
  CHECK(words == std::vector<std::string_view>{"new"});
}

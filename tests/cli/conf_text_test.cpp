#include "cli/conf_text.hpp"
#include "catch.hpp"

using shm::cli::read_conf_text;

namespace {
// "section|key|value|line" of each entry, then "!fault" of each fault.
std::vector<std::string> read(std::string_view text) {
  std::vector<std::string> all;
  const auto found = read_conf_text(text);
  for (const auto& entry : found.entries) {
    all.push_back(entry.section + "|" + entry.key + "|" + entry.value + "|" + std::to_string(entry.line));
  }
  for (const auto& fault : found.faults) {
    all.push_back("!" + fault.message());
  }
  return all;
}
using All = std::vector<std::string>;
}  // namespace

TEST_CASE("Keys, values, sections and their lines") {
  CHECK(read("a = 1\n\n# no\n ; no\n\tb=2 = 3 \n[Service]\nNice=5\n") ==
        All{"|a|1|1", "|b|2 = 3|5", "Service|Nice|5|7"});
  CHECK(read("") == All{});
  CHECK(read("a =") == All{"|a||1"});
  CHECK(read("a = 1\r\nb = 2\r\n") == All{"|a|1|1", "|b|2|2"});
}

TEST_CASE("What commands have is left alone: '#', quotes, tabs, equal signs") {
  CHECK(read("command = echo \"#1\" # 'x' ; y=z\tt") == All{"|command|echo \"#1\" # 'x' ; y=z\tt|1"});
}

TEST_CASE("A line that ends in a backslash goes on, past comments") {
  CHECK(read("a = 1 \\\n  # no\n  2 \\\n3\nb = 4") == All{"|a|1  2  3|1", "|b|4|5"});
  CHECK(read("a = 1 \\") == All{"!line 1: ends in '\\', and no line follows"});
}

TEST_CASE("Every fault is found, and the other lines are read") {
  const auto found = read("first\na = 1\n[]\n[x\n= 3\nb = 2\x01\nc = 3");
  REQUIRE(found.size() == 7);
  CHECK(found[0] == "|a|1|2");
  CHECK(found[1] == "|c|3|7");
  CHECK(found[2] == "!line 1: 'first' sets nothing (write KEY = VALUE)");
  CHECK(found[3] == "!line 3: '[]' is no section (write [Service])");
  CHECK(found[4] == "!line 4: '[x' is no section (write [Service])");
  CHECK(found[5] == "!line 5: '= 3' sets nothing (write KEY = VALUE)");
  CHECK(found[6] == "!line 6: has a control character");
}

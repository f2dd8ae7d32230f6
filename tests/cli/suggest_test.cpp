#include "cli/suggest.hpp"
#include "catch.hpp"

using shm::cli::did_you_mean;
using shm::cli::nearest;

namespace {
const std::vector<std::string_view> verbs = {"cas", "create", "decr",  "get", "incr",
                                             "max", "min",    "reset", "set", "swap"};
}

TEST_CASE("a slip finds the word that was meant", "[suggest]") {
  CHECK(nearest("inrc", verbs) == "incr");   // two swapped
  CHECK(nearest("icr", verbs) == "incr");    // one left out
  CHECK(nearest("inccr", verbs) == "incr");  // one too many
  CHECK(nearest("imcr", verbs) == "incr");   // another
  CHECK(nearest("cre", verbs) == "create");  // the beginning
  CHECK(nearest("craete", verbs) == "create");
  CHECK(nearest("rest", verbs) == "reset");
}

TEST_CASE("another word finds none", "[suggest]") {
  for (const auto* word : {"", "x", "zzz", "pineapple", "q"}) {
    INFO(word);
    CHECK(nearest(word, verbs).empty());
  }
  CHECK(nearest(std::string(65, 'i'), verbs).empty());
  CHECK(nearest("incr", {}).empty());
}

TEST_CASE("the nearest of several is taken", "[suggest]") {
  CHECK(nearest("sett", verbs) == "set");
  CHECK(nearest("get", verbs) == "get");
  CHECK(nearest("mim", verbs) == "min");
}

TEST_CASE("a suggestion is a clause of its own, or nothing", "[suggest]") {
  CHECK(did_you_mean("inrc", verbs) == "; did you mean 'incr'?");
  CHECK(did_you_mean("quiett", {"quiet"}, "--") == "; did you mean '--quiet'?");
  CHECK(did_you_mean("zzz", verbs).empty());
}

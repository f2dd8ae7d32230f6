#include "verbs/rows.hpp"
#include <algorithm>
#include <random>
#include <string>
#include "catch.hpp"

using namespace shm::verbs;
using shm::object::Kind;

namespace {
std::vector<std::string> sorted_names(const std::vector<std::string>& names) {
  Rows rows;
  for (const auto& name : names) {
    rows.add({name, "state of " + name, Kind::counter, 1, 0600, 4096});
  }
  rows.sort();
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < rows.count(); ++i) {
    const Row row = rows[i];
    REQUIRE(row.state == "state of " + std::string(row.name));
    sorted.emplace_back(row.name);
  }
  return sorted;
}
}  // namespace

TEST_CASE("rows say what was added", "[rows]") {
  Rows rows;
  rows.sort();
  CHECK(rows.count() == 0);
  Rows one;
  one.add({"name", "a state", job_kind, UINT32_MAX, 0100640, UINT64_MAX});
  one.sort();
  REQUIRE(one.count() == 1);
  const Row row = one[0];
  CHECK(row.name == "name");
  CHECK(row.state == "a state");
  CHECK(row.kind == job_kind);
  CHECK(row.uid == UINT32_MAX);
  CHECK(row.mode == 0640);
  CHECK(row.size == UINT64_MAX);
}

TEST_CASE("kinds are called as users call them", "[rows]") {
  CHECK(listed_kind(Kind::counter) == "counter");
  CHECK(listed_kind(job_kind) == "job");
  CHECK(listed_kind(Kind::none) == "?");
}

TEST_CASE("rows are sorted as their names are by their bytes", "[rows]") {
  const std::vector<std::string> special = {"b",
                                            "a",
                                            "",
                                            "counter-1",
                                            "counter-",
                                            "counter",
                                            "counter-2",
                                            "counter-10000000",
                                            "\xff",
                                            "counter-1",
                                            "\x7f",
                                            std::string(255, 'x'),
                                            "counter-100000000",
                                            std::string(254, 'x') + "y"};
  auto expected = special;
  std::sort(expected.begin(), expected.end());
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  CHECK(sorted_names(special) == expected);
}

TEST_CASE("many rows are sorted, whatever their names begin with", "[rows]") {
  std::mt19937 random(1);
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) {
    std::string name = random() % 2 == 0 ? "counter-of-the-family-" : "";
    for (auto left = random() % 20; left > 0; --left) {
      name += "ab\xe9"[random() % 3];
    }
    names.push_back(name);
  }
  auto expected = names;
  std::sort(expected.begin(), expected.end());
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  CHECK(sorted_names(names) == expected);
}

TEST_CASE("of a name that is met twice one row is left, of each kind", "[rows]") {
  Rows rows;
  for (const Kind kind : {job_kind, Kind::counter, job_kind, Kind::counter, Kind::array}) {
    rows.add({"name-that-is-longer", "", kind, 0, 0, 0});
  }
  rows.add({"name-that-is-longes", "", Kind::counter, 0, 0, 0});
  rows.sort();
  REQUIRE(rows.count() == 4);
  CHECK(rows[0].kind == Kind::array);
  CHECK(rows[1].kind == Kind::counter);
  CHECK(rows[2].kind == job_kind);
  CHECK(rows[3].name == "name-that-is-longes");
}

TEST_CASE("a text that is longer than a block is kept whole", "[rows]") {
  Rows rows;
  const std::string state(200'000, 's');
  rows.add({"a", "first", Kind::value, 0, 0, 0});
  rows.add({"b", state, Kind::value, 0, 0, 0});
  rows.add({"c", "last", Kind::value, 0, 0, 0});
  rows.sort();
  CHECK(rows[0].state == "first");
  CHECK(rows[1].state == state);
  CHECK(rows[2].state == "last");
}

// Finding blocks by hash while the index grows and shrinks.
#include "segment/hash_index.hpp"
#include <cstring>
#include <set>
#include <string>
#include "catch.hpp"
#include "segment/object.hpp"

using namespace shm;
using segment::HashIndex;
using segment::Reader;
using segment::Ref;
using segment::Region;

namespace {
constexpr HashIndex by_number(5, 1);  // an entry: number, link, hash

struct Object : test::Object {
  Region region = test::Object::open();
};

std::uint64_t hash_of(std::uint64_t number) { return segment::hash_of(std::as_bytes(std::span(&number, 1)), 1); }

Ref find(const Reader& reader, std::uint64_t number) {
  return by_number.find(reader, hash_of(number), [&](Ref entry) { return reader.get(entry) == number; });
}

void insert(Region& region, std::uint64_t number) {
  auto change = region.begin();
  REQUIRE(change);
  const auto entry = change->allocate(24);
  entry.put(0, number);
  entry.put(2, hash_of(number));
  by_number.insert(*change, entry.ref());
  REQUIRE(change->commit());
}
}  // namespace

TEST_CASE("every entry is found while the index grows, and no other") {
  Object object;
  constexpr std::uint64_t many = 5000;
  for (std::uint64_t i = 0; i < many; ++i) {
    insert(object.region, i);
  }
  auto change = object.region.begin();
  CHECK(by_number.size(*change) == many);
  for (std::uint64_t i = 0; i < many; ++i) {
    REQUIRE(find(*change, i));
  }
  CHECK_FALSE(find(*change, many));
  for (std::uint64_t i = 0; i < many; i += 2) {
    const Ref entry = find(*change, i);
    by_number.erase(*change, entry);
    change->free(entry);
  }
  CHECK(by_number.size(*change) == many / 2);
  for (std::uint64_t i = 0; i < many; ++i) {
    REQUIRE(static_cast<bool>(find(*change, i)) == (i % 2 == 1));
  }
  REQUIRE(change->commit());
}

TEST_CASE("an index is cleared as a whole, and used again") {
  Object object;
  for (std::uint64_t i = 0; i < 100; ++i) {
    insert(object.region, i);
  }
  {
    auto change = object.region.begin();
    by_number.clear(*change);
    REQUIRE(change->commit());
  }
  {
    auto change = object.region.begin();
    CHECK(by_number.size(*change) == 0);
    CHECK_FALSE(find(*change, 5));
  }
  insert(object.region, 5);
  CHECK(find(*object.region.begin(), 5));
}

TEST_CASE("hashes differ by content, by length and by seed") {
  std::set<std::uint64_t> seen;
  const std::string zeros(40, '\0');
  for (std::size_t size = 0; size <= zeros.size(); ++size) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      CHECK(seen.insert(segment::hash_of(std::as_bytes(std::span(zeros.data(), size)), seed)).second);
    }
  }
}

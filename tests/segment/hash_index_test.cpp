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
constexpr HashIndex by_number(5);  // an entry: a number

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
  const auto entry = change->allocate(8);
  entry.put(0, number);
  by_number.insert(*change, hash_of(number), entry.ref());
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
    by_number.erase(*change, hash_of(i), entry);
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

TEST_CASE("blocks of one hash are all found, and give back what they took") {
  Object object;
  constexpr std::uint64_t many = 30;  // more than a bucket has slots, twice over
  std::vector<Ref> blocks;
  auto change = object.region.begin();
  for (std::uint64_t i = 0; i < many; ++i) {
    const auto block = change->allocate(8);
    block.put(0, i);
    by_number.insert(*change, 77, block.ref());
    blocks.push_back(block.ref());
  }
  const auto found = [&](std::uint64_t i) {
    return by_number.find(*change, 77, [&](Ref block) { return change->get(block) == i; });
  };
  for (std::uint64_t i = 0; i < many; ++i) {
    REQUIRE(found(i) == blocks[i]);
  }
  for (std::uint64_t i = 0; i < many; i += 2) {
    by_number.erase(*change, 77, blocks[i]);
  }
  for (std::uint64_t i = 0; i < many; ++i) {
    REQUIRE(found(i) == (i % 2 == 1 ? blocks[i] : Ref{}));
  }
  for (std::uint64_t i = 1; i < many; i += 2) {
    by_number.erase(*change, 77, blocks[i]);
  }
  CHECK(by_number.size(*change) == 0);
  CHECK(by_number.buckets(*change) < 8);  // it is as small as it began
  REQUIRE(change->commit());
}

TEST_CASE("a block takes another one's place, and has a mark of its own") {
  Object object;
  insert(object.region, 1);
  insert(object.region, 2);
  auto change = object.region.begin();
  const auto other = change->allocate(8);
  other.put(0, 1);
  const Ref old = find(*change, 1);
  by_number.replace(*change, hash_of(1), old, other.ref(), true);
  change->free(old);
  CHECK(find(*change, 1) == other.ref());
  CHECK(by_number.size(*change) == 2);
  std::set<std::uint64_t> marked;
  std::set<std::uint64_t> unmarked;
  for (std::uint64_t i = 0; i < by_number.buckets(*change); ++i) {
    by_number.visit(*change, i, [&](Ref block, bool is) { (is ? marked : unmarked).insert(change->get(block)); });
  }
  CHECK(marked == std::set<std::uint64_t>{1});
  CHECK(unmarked == std::set<std::uint64_t>{2});
  by_number.replace(*change, hash_of(1), other.ref(), other.ref(), false);
  by_number.erase(*change, hash_of(1), other.ref());
  CHECK_FALSE(find(*change, 1));
  REQUIRE(change->commit());
}

TEST_CASE("who visits bucket after bucket meets every block, though the index grows") {
  Object object;
  constexpr std::uint64_t many = 500;
  for (std::uint64_t i = 0; i < many; ++i) {
    insert(object.region, i);
  }
  std::set<std::uint64_t> met;
  for (std::uint64_t bucket = 0, more = many;; ++bucket, ++more) {
    {
      auto change = object.region.begin();
      if (bucket >= by_number.buckets(*change)) {
        break;
      }
      by_number.visit(*change, bucket, [&](Ref block, bool) { met.insert(change->get(block)); });
    }
    insert(object.region, more);
  }
  CHECK(met.size() >= many);
  CHECK(*std::next(met.begin(), many - 1) == many - 1);
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

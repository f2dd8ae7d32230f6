// Reading what may make no sense.
#include "segment/reader.hpp"
#include <cstring>
#include "catch.hpp"
#include "segment/object.hpp"

using namespace test;
using shm::os::Buffer;
using shm::segment::heap_start;
using shm::segment::Walk;

namespace {
const std::string text = "a text of some length, which is no multiple of eight";

struct WithText {
  Object object;
  Region region = object.open();
  Ref block;
  WithText() {
    auto change = must(region.begin());
    const auto fresh = change.allocate(text.size());
    fresh.put_bytes(0, std::as_bytes(std::span(text)));
    change.set_root(0, fresh.ref());
    block = fresh.ref();
    must(change.commit());
  }
};
}  // namespace

TEST_CASE("a word outside, or between words, is 0 and remembered", "[reader]") {
  const WithText with;
  Region region = with.object.open();
  const std::uint64_t end = must(region.begin()).size_of(with.block) + with.block.offset;
  CHECK(end > heap_start);
  const std::uint64_t capacity = look(Inspector::control(region).capacity);
  for (const std::uint64_t at : {capacity, capacity - 4, std::uint64_t{4}, ~std::uint64_t{0}, ~std::uint64_t{7}}) {
    INFO(at);
    const auto change = must(region.begin());
    CHECK(change.get({at}) == 0);
    CHECK(change.damaged());
    CHECK(change.failed());
    const auto seen =
        region.read([&](const Reader& reader) -> shm::os::Result<std::uint64_t> { return reader.get({at}); });
    CHECK(code_of(seen) == Code::corrupt);
  }
  const auto change = must(region.begin());
  CHECK(change.get({capacity - 8}) == 0);
  CHECK_FALSE(change.damaged());
}

TEST_CASE("bytes are copied and compared to the last one and no further", "[reader]") {
  WithText with;
  const auto change = must(with.region.begin());
  for (std::size_t size = 0; size <= text.size(); ++size) {
    Buffer into;
    REQUIRE(into.add("before "));
    REQUIRE(change.copy(with.block, size, into));
    REQUIRE(into.view() == "before " + text.substr(0, size));
    REQUIRE(change.equal(with.block, size, std::as_bytes(std::span(text).first(size))));
    if (size > 0) {
      std::string other = text.substr(0, size);
      other.back() ^= 1;
      REQUIRE_FALSE(change.equal(with.block, size, std::as_bytes(std::span(other))));
      REQUIRE_FALSE(change.equal(with.block, size - 1, std::as_bytes(std::span(other))));
    }
  }
  CHECK_FALSE(change.damaged());
}

TEST_CASE("content of any length goes in and comes out as it was, also past a change under way", "[reader]") {
  const Object object;
  Region region = object.open();
  const Region other = object.open(Access::read);
  const std::string marks(6000, '!');
  std::string content;
  for (int i = 0; i < 5000; ++i) {
    content += static_cast<char>('a' + i * i % 23);
  }
  for (std::size_t size = 240; size < 5000; size += size < 300 ? 1 : 333) {
    const std::string_view expected = std::string_view(content).substr(content.size() - size);
    Ref block;
    {
      auto change = must(region.begin());
      const auto fresh = change.allocate(size + 16);
      fresh.put_bytes(0, std::as_bytes(std::span(marks).first(size + 16)));
      fresh.put_bytes(1, std::as_bytes(std::span(expected)));
      block = fresh.ref();
      must(change.commit());
    }
    auto change = must(region.begin());
    Buffer into;
    REQUIRE(change.copy(block + 1, size, into));
    REQUIRE(into.view() == expected);
    into.clear();
    REQUIRE(change.copy(block, 8, into));
    REQUIRE(into.view() == "!!!!!!!!");
    change.set(block + 3, 0);
    const auto seen = other.read([&](const Reader& reader) -> shm::os::Result<bool> {
      Buffer bytes;
      return reader.copy(block + 1, size, bytes) && bytes.view() == expected;
    });
    REQUIRE(seen.value());
    must(change.commit());
  }
}

TEST_CASE("bytes that are not there are not copied", "[reader]") {
  WithText with;
  const std::uint64_t capacity = look(Inspector::control(with.region).capacity);
  const std::pair<std::uint64_t, std::uint64_t> senseless[] = {
      {0, 8},        {with.block.offset, capacity}, {with.block.offset, ~std::uint64_t{0}}, {with.block.offset + 4, 8},
      {capacity, 1}, {~std::uint64_t{7}, 16}};
  for (const auto& [at, size] : senseless) {
    INFO(at << ", " << size);
    const auto change = must(with.region.begin());
    Buffer into;
    REQUIRE(into.add("x"));
    CHECK_FALSE(change.copy({at}, size, into));
    CHECK(into.view() == "x");
    CHECK(change.damaged());
  }
}

TEST_CASE("a walk in a circle ends", "[reader]") {
  WithText with;
  {
    auto change = must(with.region.begin());
    change.set(with.block, with.block);
    must(change.commit());
  }
  const auto steps = [&](const Reader& reader) {
    std::uint64_t count = 0;
    Walk walk(reader);
    for (Ref each = with.block; each && walk.step(); each = reader.ref(each)) {
      ++count;
    }
    return count;
  };
  const auto change = must(with.region.begin());
  CHECK(steps(change) <= look(Inspector::control(with.region).capacity) / 16);
  CHECK(change.damaged());
  const Region reader = with.object.open(Access::read);
  CHECK(code_of(reader.read([&](const Reader& each) -> shm::os::Result<std::uint64_t> { return steps(each); })) ==
        Code::corrupt);
}

TEST_CASE("a walk in a circle ends although what it changes makes the object grow", "[reader]") {
  WithText with;
  auto change = must(with.region.begin());
  const std::uint64_t capacity = look(Inspector::control(with.region).capacity);
  std::uint64_t steps = 0;
  Walk walk(change);
  while (walk.step() && steps < capacity) {
    change.set(with.block, with.block);
    ++steps;
  }
  CHECK(steps <= capacity / 16);
  CHECK(code_of(change.commit()) == Code::corrupt);
}

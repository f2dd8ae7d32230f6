// Blocks: bytes at any offset, numbers that change atomically, and what is refused.
#include "object/block.hpp"
#include <cstring>
#include <string>
#include "catch.hpp"
#include "support/own_store.hpp"
#include "support/process.hpp"

using namespace shm::object;
using shm::os::Access;
using shm::os::Code;
using test::OwnStore;
using Width = Block::Width;

namespace {
constexpr Code ok{255};

template <class T>
Code code_of(const shm::os::Result<T>& result) {
  return result ? ok : result.error().code;
}

Block make(const OwnStore& store, std::uint64_t size) {
  REQUIRE(code_of(Block::create(*store, "b", size, {}, {})) == ok);
  return std::move(Block::open(*store, "b", Access::write).value());
}

std::string all_of(const Block& block) {
  std::string bytes(block.size(), '?');
  REQUIRE(block.read(0, std::as_writable_bytes(std::span(bytes))));
  return bytes;
}
}  // namespace

TEST_CASE("bytes are read and written at any offset", "[block]") {
  const OwnStore store;
  auto block = make(store, 700);
  std::string model(700, '\0');
  char next = 1;
  for (const std::size_t offset : {0, 1, 7, 8, 9, 255, 256, 300}) {
    for (const std::size_t size : {0, 1, 2, 7, 8, 9, 17, 255, 264, 300}) {
      std::string piece(size, '\0');
      for (auto& each : piece) {
        each = ++next;
      }
      REQUIRE(block.write(offset, std::as_bytes(std::span(piece))));
      model.replace(offset, size, piece);
      std::string back(size, '?');
      REQUIRE(block.read(offset, std::as_writable_bytes(std::span(back))));
      CHECK(back == piece);
    }
    CHECK(all_of(block) == model);
  }
  REQUIRE(block.fill(3, 690, std::byte{9}));
  model.replace(3, 690, std::string(690, 9));
  CHECK(all_of(block) == model);
}

TEST_CASE("what lies outside a block is left alone", "[block]") {
  const OwnStore store;
  auto block = make(store, 13);
  const std::string two = "ab";
  const auto bytes = std::as_bytes(std::span(two));
  CHECK(code_of(block.write(11, bytes)) == ok);
  for (const std::uint64_t offset : {std::uint64_t{12}, std::uint64_t{13}, ~std::uint64_t{0}, ~std::uint64_t{0} - 1}) {
    CHECK(code_of(block.write(offset, bytes)) == Code::range);
    CHECK(code_of(block.fill(offset, 2, std::byte{1})) == Code::range);
    std::string into = "xy";
    CHECK(code_of(block.read(offset, std::as_writable_bytes(std::span(into)))) == Code::range);
    CHECK(into == "xy");
  }
  std::uint64_t seen = 0;
  CHECK(code_of(block.compare_and_set(Width::bits64, 8, seen, 1)) == Code::range);
  CHECK(code_of(block.compare_and_set(Width::bits32, 12, seen, 1)) == Code::range);
  CHECK(code_of(block.add(Width::bits64, 3, 1)) == Code::usage);
  CHECK(code_of(block.add(Width::bits32, 8, 1)) == ok);
  CHECK(all_of(block) == std::string("\0\0\0\0\0\0\0\0\1\0\0ab", 13));
  CHECK(code_of(Block::create(*store, "c", 0, {}, {})) == Code::usage);
  CHECK(code_of(Block::create(*store, "c", ~std::uint64_t{0}, {}, {})) == Code::limit);
}

TEST_CASE("numbers in a block change atomically", "[block]") {
  const OwnStore store;
  auto block = make(store, 16);
  std::uint64_t seen = 0;
  CHECK(code_of(block.compare_and_set(Width::bits32, 4, seen, 0xfffffffeU)) == ok);
  seen = 5;
  CHECK(code_of(block.compare_and_set(Width::bits32, 4, seen, 1)) == Code::lost);
  CHECK(seen == 0xfffffffeU);
  CHECK(block.add(Width::bits32, 4, 3).value() == 1);
  CHECK(block.add(Width::bits64, 8, ~std::uint64_t{0}).value() == ~std::uint64_t{0});
  CHECK(block.add(Width::bits64, 8, 1).value() == 0);
  CHECK(block.add(Width::bits32, 0, 0).value() == 0);
}

TEST_CASE("who may only read a block does not change it", "[block]") {
  const OwnStore store;
  make(store, 16);
  auto block = std::move(Block::open(*store, "b", Access::read).value());
  const std::string two = "ab";
  std::uint64_t seen = 0;
  CHECK(code_of(block.write(0, std::as_bytes(std::span(two)))) == Code::denied);
  CHECK(code_of(block.fill(0, 1, std::byte{1})) == Code::denied);
  CHECK(code_of(block.compare_and_set(Width::bits64, 0, seen, 1)) == Code::denied);
  CHECK(code_of(block.add(Width::bits64, 0, 1)) == Code::denied);
  CHECK(all_of(block) == std::string(16, '\0'));
}

TEST_CASE("a block whose payload begins elsewhere is none", "[block]") {
  const OwnStore store;
  shm::store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::block);
  object.payload_size = 64;
  REQUIRE(shm::store::create_object(*store, "b", object));
  CHECK(code_of(Block::open(*store, "b", Access::read)) == Code::corrupt);
  CHECK(code_of(describe(*store, "b")) == Code::corrupt);
}

TEST_CASE("many add to the numbers of a block", "[block][crowd]") {
  const OwnStore store;
  auto block = make(store, 8);
  constexpr std::uint64_t rounds = 20'000;
  test::Crowd crowd;
  for (int who = 0; who < 4; ++who) {
    crowd.add([&, who] {
      auto own = std::move(Block::open(*store, "b", Access::write).value());
      for (std::uint64_t i = 0; i < rounds; ++i) {
        (void)own.add(Width::bits32, static_cast<std::uint64_t>(who % 2) * 4, 1);
      }
      return 0;
    });
  }
  crowd.go();
  REQUIRE(crowd.wait());
  CHECK(block.add(Width::bits64, 0, 0).value() == (rounds * 2 << 32U | rounds * 2));
}

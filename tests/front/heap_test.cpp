// The front door's memory: aligned, nobody else's, and used again.
#include "front/heap.hpp"
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <set>
#include <vector>
#include "catch.hpp"

using namespace shm::front;

namespace {
/// The address space that this process has, in pages.
long mapped_pages() {
  long pages = -1;
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  if (file != nullptr) {
    if (std::fscanf(file, "%ld", &pages) != 1) {
      pages = -1;
    }
    std::fclose(file);
  }
  return pages;
}

struct Block {
  unsigned char* bytes;
  std::size_t size;
  unsigned char mark;
  [[nodiscard]] bool whole() const {
    for (std::size_t i = 0; i < size; ++i) {
      if (bytes[i] != mark) {
        return false;
      }
    }
    return true;
  }
};
}  // namespace

TEST_CASE("blocks of every size are aligned and nobody else's", "[front]") {
  std::mt19937 random(7);
  std::vector<Block> blocks;
  int wrong = 0;
  for (int turn = 0; turn < 4000; ++turn) {
    const auto mark = static_cast<unsigned char>(turn);
    const bool large = turn % 100 == 0;
    const std::size_t size = random() % (large ? 300'000 : 600);
    const auto choice = random() % 3;
    if (choice == 0 && !blocks.empty()) {
      auto& block = blocks[random() % blocks.size()];
      wrong += block.whole() ? 0 : 1;
      give_back(block.bytes);
      block = blocks.back();
      blocks.pop_back();
    } else if (choice == 1 && !blocks.empty()) {
      auto& block = blocks[random() % blocks.size()];
      block.bytes = static_cast<unsigned char*>(resize(block.bytes, size));
      block.size = std::min(block.size, size);
      wrong += block.whole() ? 0 : 1;  // what was in it is in it
      block = {block.bytes, size, mark};
      std::memset(block.bytes, mark, size);
    } else {
      blocks.push_back({static_cast<unsigned char*>(allocate(size)), size, mark});
      wrong += reinterpret_cast<std::uintptr_t>(blocks.back().bytes) % 16 == 0 ? 0 : 1;
      std::memset(blocks.back().bytes, mark, size);
    }
  }
  for (const auto& block : blocks) {
    wrong += block.whole() ? 0 : 1;
    give_back(block.bytes);
  }
  CHECK(wrong == 0);
  give_back(nullptr);
  give_back(resize(nullptr, 5));
}

TEST_CASE("what is given back is used again, so that nothing grows", "[front]") {
  for (const std::size_t size : {1U, 16U, 100U, 5000U, 65'000U}) {
    CAPTURE(size);
    std::set<void*> places;
    for (int i = 0; i < 1000; ++i) {
      void* const one = allocate(size);
      void* const other = allocate(size);
      places.insert({one, other});
      give_back(one);
      give_back(other);
    }
    CHECK(places.size() == 2);
  }
  const long before = mapped_pages();
  REQUIRE(before > 0);
  for (int i = 0; i < 1000; ++i) {
    auto* const block = static_cast<char*>(allocate(1 << 20));
    REQUIRE(block != nullptr);
    block[0] = block[(1 << 20) - 1] = 'x';
    give_back(block);
  }
  CHECK(mapped_pages() < before + 10'000);  // of the 256000 that were asked for
}

TEST_CASE("more than there can be is refused, and changes nothing", "[front]") {
  for (const std::size_t size : {SIZE_MAX, SIZE_MAX - 15, SIZE_MAX - 16, SIZE_MAX - 4096, SIZE_MAX / 2}) {
    CHECK(allocate(size) == nullptr);
  }
  auto* const block = static_cast<char*>(allocate(10));
  std::strcpy(block, "as it was");
  CHECK(resize(block, SIZE_MAX / 2) == nullptr);
  CHECK(std::string(block) == "as it was");
  const auto before = allocations();
  give_back(block);
  CHECK(allocations() == before);
  give_back(allocate(1));
  CHECK(allocations() == before + 1);
}

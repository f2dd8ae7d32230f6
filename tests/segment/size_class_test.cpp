// The sizes of blocks.
#include "segment/size_class.hpp"
#include "catch.hpp"

using namespace shm::segment;

TEST_CASE("the classes grow, and each holds what is asked of it", "[size_class]") {
  for (std::size_t i = 0; i < size_classes; ++i) {
    const std::uint64_t size = class_size(i);
    INFO("class " << i << " of " << size);
    CHECK(size % 16 == 0);
    CHECK(class_of(size) == i);
    CHECK(class_of(size - 15) == i);
    CHECK(class_of(size + 1) == i + 1);
    if (i > 0) {
      CHECK(class_size(i - 1) < size);
    }
    if (i > 3) {
      CHECK(size - class_size(i - 1) <= size / 4);  // no more is lost
    }
  }
  for (std::uint64_t size = 1; size < 100000; ++size) {
    const std::size_t size_class = class_of(size);
    REQUIRE(class_size(size_class) >= size);
    REQUIRE((size_class == 0 || class_size(size_class - 1) < size));
  }
}

TEST_CASE("a block's first word holds its class and the next block", "[size_class]") {
  for (const std::uint64_t next :
       {std::uint64_t{0}, heap_start, std::uint64_t{1} << 36U, (std::uint64_t{1} << 56U) - 16}) {
    for (const std::size_t size_class : {std::size_t{0}, size_classes - 1, std::size_t{255}}) {
      CHECK(next_of(block_head(next, size_class)) == next);
      CHECK(class_in(block_head(next, size_class)) == size_class);
    }
  }
}

#include "os/checksum.hpp"
#include <string>
#include "catch.hpp"

using shm::os::Checksum;

namespace {
std::string of(std::string_view text) {
  Checksum sum;
  sum.add(text);
  return std::string(sum.digits().view());
}
}  // namespace

// As xxh128sum(1) says.
TEST_CASE("a checksum is XXH3-128's") {
  CHECK(of("") == "99aa06d3014798d86001c324468d497f");
  CHECK(of("hello\n") == "6bba86c7e069f56d5a10b435f1c8e49c");
  CHECK(of(std::string(100'000, 'x')) == "0fe996a84987456bd8b99a30e426ac41");
}

TEST_CASE("a checksum does not depend on the pieces, and can be asked for on the way") {
  std::string text;
  for (int i = 0; i < 5'000; ++i) {
    text += std::to_string(i * 7919);
  }
  for (const std::size_t piece : {1UL, 3UL, 64UL, 255UL, 1024UL, 4096UL}) {
    Checksum sum;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      sum.add(std::string_view(text).substr(at, piece));
      CHECK(sum.digits().view().size() == 32);
    }
    CHECK(sum.digits().view() == of(text));
  }
}

TEST_CASE("any one changed bit changes the checksum") {
  std::string text(300, 'a');
  const std::string before = of(text);
  for (char& each : text) {
    each ^= 1;
    CHECK(of(text) != before);
    each ^= 1;
  }
}

#include "store/header.hpp"
#include <cstring>
#include <random>
#include <string>
#include <vector>
#include "catch.hpp"

using namespace shm::store;
using shm::os::Code;
using test::code_of;
using test::ok;

namespace {
constexpr std::uint64_t file_size = 4096;
using Bytes = std::vector<std::byte>;

Header sample() {
  Header header = new_header(0x1122334455667788, 1'700'000'000'000'000'000);
  header.kind = 1;
  header.type = 2;
  header.payload_size = 64;
  for (std::size_t i = 0; i < config_words; ++i) {
    header.config[i] = i * 0x0101010101010101U;
  }
  header.check = checksum(header);
  return header;
}

Bytes bytes_of(const Header& header) {
  Bytes bytes(sizeof header);
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

std::optional<Code> read(const Bytes& bytes, std::uint64_t size = file_size) {
  return code_of(read_header(bytes, size, "hits"));
}

std::string why(Header header, std::uint64_t size = file_size) {
  const auto refused = read_header(bytes_of(header), size, "hits");
  REQUIRE(code_of(refused) == Code::corrupt);
  CHECK(std::string(refused.error().object) == "hits");
  CHECK(refused.error().advice != nullptr);
  return refused.error().why;
}
}  // namespace

TEST_CASE("a header is read as it was written", "[header]") {
  const Header written = sample();
  const auto read = read_header(bytes_of(written), file_size, "hits");
  REQUIRE(code_of(read) == ok);
  CHECK(std::memcmp(&*read, &written, sizeof written) == 0);
  CHECK(read->payload_offset == 128);
}

TEST_CASE("a header is where this test says, for files outlive programs", "[header]") {
  const Bytes bytes = bytes_of(sample());
  const auto u32 = [&](std::size_t at) { return *reinterpret_cast<const std::uint32_t*>(&bytes[at]); };
  const auto u64 = [&](std::size_t at) { return *reinterpret_cast<const std::uint64_t*>(&bytes[at]); };
  CHECK(std::memcmp(bytes.data(), "shmctl\n\0", 8) == 0);
  CHECK(u32(8) == 1);
  CHECK(u32(12) == 0x01020304);
  CHECK(u32(16) == (1U | 2U << 16U));
  CHECK(u32(20) == 128);
  CHECK(u64(24) == 64);
  CHECK(u64(32) == 0x1122334455667788U);
  CHECK(u64(40) == 1'700'000'000'000'000'000U);
  CHECK(u64(56) == 0x0101010101010101U);
  CHECK(u64(120) == 0xb4c2b3b6872c92b9U);  // another sum means that no file of before can be read
}

TEST_CASE("whatever byte is changed, in whatever way, the header is corrupt", "[header]") {
  const Bytes good = bytes_of(sample());
  REQUIRE(read(good) == ok);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (unsigned change = 1; change < 256; ++change) {
      Bytes bad = good;
      bad[at] ^= static_cast<std::byte>(change);
      if (read(bad) != Code::corrupt) {
        FAIL("byte " << at << " xor " << change);
      }
    }
  }
}

TEST_CASE("whatever two bytes are swapped, the header is corrupt", "[header]") {
  const Bytes good = bytes_of(sample());
  for (std::size_t left = 0; left < good.size(); ++left) {
    for (std::size_t right = left + 1; right < good.size(); ++right) {
      Bytes bad = good;
      std::swap(bad[left], bad[right]);
      if (bad != good && read(bad) != Code::corrupt) {
        FAIL("bytes " << left << " and " << right);
      }
    }
  }
}

TEST_CASE("cut at any length, the header is corrupt", "[header]") {
  const Bytes good = bytes_of(sample());
  for (std::size_t length = 0; length < good.size(); ++length) {
    const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(read(cut, length) == Code::corrupt);
    CHECK(read(cut) == Code::corrupt);           // fewer bytes than the file has
    CHECK(read(good, length) == Code::corrupt);  // more bytes than the file has
  }
  for (std::uint64_t size = 128; size < 128 + 64; ++size) {
    CHECK(read(good, size) == Code::corrupt);
  }
  CHECK(read(good, 128 + 64) == ok);
}

TEST_CASE("zeros, ones and noise are no header", "[header]") {
  CHECK(read({}) == Code::corrupt);
  for (const auto fill : {0x00, 0xff, 0x20, 0x78}) {
    CHECK(read(Bytes(4096, static_cast<std::byte>(fill))) == Code::corrupt);
  }
  std::mt19937_64 random(20261121);
  for (int i = 0; i < 20000; ++i) {
    Bytes noise = bytes_of(sample());
    const std::size_t from = i % 2 == 0 ? 0 : 8;  // half of them behind a magic number that is right
    for (std::size_t at = from; at < noise.size(); ++at) {
      noise[at] = static_cast<std::byte>(random());
    }
    if (read(noise) != Code::corrupt) {
      FAIL("seed 20261121, header " << i);
    }
  }
}

TEST_CASE("a header says why it is refused", "[header]") {
  Header header = sample();
  const auto sealed = [&] {
    header.check = checksum(header);
    return header;
  };
  SECTION("another format version") {
    header.version = 2;
    CHECK(why(sealed()).find("version") != std::string::npos);
  }
  SECTION("the other byte order") {
    header.endian = 0x04030201;
    header.version = 0x01000000;
    CHECK(why(sealed()).find("byte order") != std::string::npos);
  }
  SECTION("not shmctl's") {
    header.magic[0] = 'S';
    CHECK(why(sealed()).find("not an object") != std::string::npos);
  }
  SECTION("no kind") {
    header.kind = 0;
    CHECK(why(sealed()).find("damaged") != std::string::npos);
  }
  SECTION("a wrong sum") {
    header.check ^= 1;
    CHECK(why(header).find("damaged") != std::string::npos);
  }
  SECTION("cut short") { CHECK(why(header, 150).find("cut short") != std::string::npos); }
  SECTION("too short for a header") { CHECK(why(header, 100).find("too short") != std::string::npos); }
}

TEST_CASE("sizes that overflow are seen", "[header]") {
  constexpr std::uint64_t most = ~std::uint64_t{0};
  const auto with = [](std::uint32_t offset, std::uint64_t payload) {
    Header header = sample();
    header.payload_offset = offset;
    header.payload_size = payload;
    header.check = checksum(header);
    return bytes_of(header);
  };
  for (const std::uint64_t payload : {most, most - 127, most - 128, most / 2, std::uint64_t{1} << 63U,
                                      std::uint64_t{4096}, std::uint64_t{4096 - 127}}) {
    CHECK(read(with(128, payload)) == Code::corrupt);
  }
  for (const std::uint32_t offset : {0U, 1U, 127U, 4097U, 0x80000000U, 0xffffffffU}) {
    CHECK(read(with(offset, 0)) == Code::corrupt);
    CHECK(read(with(offset, most)) == Code::corrupt);
    CHECK(read(with(offset, most - offset + 1)) == Code::corrupt);
  }
  CHECK(read(with(128, 4096 - 128)) == ok);
  CHECK(read(with(4096, 0)) == ok);
  CHECK(read(with(0xffffffffU, most - 0xffffffffU), most) == ok);  // a file could be that large
}

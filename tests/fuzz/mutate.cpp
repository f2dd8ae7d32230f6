#include "fuzz/mutate.hpp"
#include <cstring>
#include <random>
#include "store/header.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace fuzz {

namespace {
using shm::store::Header;

void repair_header(std::uint8_t* data, std::size_t size) {
  if (size < sizeof(Header)) {
    return;
  }
  Header header;
  std::memcpy(&header, data, sizeof header);
  const Header good = shm::store::new_header(header.id, header.created_ns);
  std::memcpy(&header.magic[0], &good.magic[0], sizeof header.magic);
  header.version = good.version;
  header.endian = good.endian;
  header.check = shm::store::checksum(header);
  std::memcpy(data, &header, sizeof header);
}

// Content that matters is at the beginning or among the words that are not 0.
std::size_t choose_word(std::mt19937& random, const std::uint8_t* data, std::size_t words) {
  std::size_t at = 0;
  for (int i = 0; i < 20; ++i) {
    at = random() % words;
    std::uint64_t word = 0;
    std::memcpy(&word, data + at * 8, 8);
    if (word != 0) {
      break;
    }
  }
  return at;
}
}  // namespace

std::size_t mutate_file(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  std::mt19937 random(seed);
  if (random() % 8 == 0 || size < sizeof(Header)) {
    size = LLVMFuzzerMutate(data, size, most);
  } else {
    const std::size_t words = size / 8;
    for (unsigned i = random() % 4 + 1; i > 0; --i) {
      const std::size_t at = choose_word(random, data, words) * 8;
      std::uint64_t word = 0;
      std::memcpy(&word, data + at, 8);
      word = likely_word(random, word, size);
      if (random() % 8 == 0) {  // or what stands elsewhere
        std::memcpy(&word, data + choose_word(random, data, words) * 8, 8);
      }
      std::memcpy(data + at, &word, 8);
    }
  }
  if (random() % 16 != 0) {
    repair_header(data, size);
  }
  return size;
}

}  // namespace fuzz

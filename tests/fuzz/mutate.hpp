// Changes a file as one would who knows that it is made of words: offsets into itself, counts, flags.
#pragma once
#include <cstddef>
#include <cstdint>

namespace fuzz {

/// For LLVMFuzzerCustomMutator. The header's checksum is right again afterwards, in most cases.
std::size_t mutate_file(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed);

/// A value for a word, with what may hurt more often than not; `size`: of the file.
template <class Random>
std::uint64_t likely_word(Random& random, std::uint64_t old, std::uint64_t size) {
  switch (random() % 10) {
    case 0: return 0;
    case 1: return ~std::uint64_t{0};
    case 2: return old + 1;
    case 3: return old - 1;
    case 4: return old ^ std::uint64_t{1} << random() % 64;
    case 5: return random() % (size / 16 + 1) * 16 + 8;  // where a block's content may be
    case 6: return random() % (size / 8 + 1) * 8;
    case 7: return random() % 300;
    case 8: return std::uint64_t{random()} << random() % 64;
    default: return old + 8;
  }
}

}  // namespace fuzz

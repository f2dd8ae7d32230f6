// What stands for a C library's functions in the front door does what those do: compiled here under other names.
#include <cstring>
#include <numeric>
#include <vector>
#include "catch.hpp"
#define memcpy bare_memcpy
#define memmove bare_memmove
#define memset bare_memset
#define memcmp bare_memcmp
#define bcmp bare_bcmp
#define memchr bare_memchr
#define strlen bare_strlen
#define strcmp bare_strcmp
#include "front/runtime_memory.cpp"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef bcmp
#undef memchr
#undef strlen
#undef strcmp

namespace {
constexpr std::size_t room = 80;
using Bytes = std::vector<unsigned char>;

Bytes numbered() {
  Bytes bytes(room);
  std::iota(bytes.begin(), bytes.end(), static_cast<unsigned char>(100));
  return bytes;
}
int sign(int number) { return (number > 0) - (number < 0); }
}  // namespace

TEST_CASE("memory is copied as by the C library, where the two places overlap too", "[front]") {
  int wrong = 0;
  for (std::size_t size = 0; size <= 33; ++size) {
    for (std::size_t from = 0; from <= 40; ++from) {
      for (std::size_t to = 0; to <= 40; ++to) {
        Bytes mine = numbered();
        Bytes theirs = numbered();
        const void* const at = bare_memmove(&mine[to], &mine[from], size);
        std::memmove(&theirs[to], &theirs[from], size);
        wrong += mine == theirs && at == &mine[to] ? 0 : 1;
        if (to + size <= from || from + size <= to) {
          mine = numbered();
          wrong += bare_memcpy(&mine[to], &mine[from], size) == &mine[to] && mine == theirs ? 0 : 1;
        }
      }
    }
  }
  CHECK(wrong == 0);
  Bytes large(1 << 20, 7);
  Bytes copy(large.size());
  bare_memcpy(copy.data(), large.data(), large.size());
  CHECK(copy == large);
}

TEST_CASE("memory is filled as by the C library", "[front]") {
  int wrong = 0;
  for (std::size_t size = 0; size <= 40; ++size) {
    for (std::size_t to = 0; to <= 16; ++to) {
      for (const int value : {0, 1, 255, -1, 0x1234}) {
        Bytes mine = numbered();
        Bytes theirs = numbered();
        wrong += bare_memset(&mine[to], value, size) == &mine[to] ? 0 : 1;
        std::memset(&theirs[to], value, size);
        wrong += mine == theirs ? 0 : 1;
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("memory is compared and searched as by the C library", "[front]") {
  int wrong = 0;
  for (std::size_t size = 0; size <= 40; ++size) {
    for (std::size_t at = 0; at <= size; ++at) {
      for (const int value : {0, 1, 127, 128, 255}) {
        const Bytes one(room, 128);
        Bytes other = one;
        other[at] = static_cast<unsigned char>(value);
        wrong += sign(bare_memcmp(one.data(), other.data(), size)) == sign(std::memcmp(one.data(), other.data(), size))
                     ? 0
                     : 1;
        wrong += (bare_bcmp(one.data(), other.data(), size) == 0) == (one == other || at == size) ? 0 : 1;
        for (const int wanted : {value, value - 256, 5}) {
          wrong += bare_memchr(other.data(), wanted, size) == std::memchr(other.data(), wanted, size) ? 0 : 1;
        }
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("strings are measured and compared as by the C library", "[front]") {
  int wrong = 0;
  for (std::size_t size = 0; size <= 70; ++size) {
    const std::string text(size, 'x');
    wrong += bare_strlen(text.c_str()) == size ? 0 : 1;
  }
  for (const char* one : {"", "a", "b", "ab", "abc", "\x7f", "\x80", "\xff", "a\xff"}) {
    for (const char* other : {"", "a", "b", "ab", "abc", "\x7f", "\x80", "\xff", "a\xff"}) {
      wrong += sign(bare_strcmp(one, other)) == sign(std::strcmp(one, other)) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

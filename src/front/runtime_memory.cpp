// What every compiler's code calls to copy, fill and compare memory, for a program without a C library. Compiled so
// that no loop in here becomes a call of itself. Any thread.
#include <cstddef>

extern "C" {
void* memcpy(void* to, const void* from, std::size_t size) {
  void* const begin = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
  return begin;
}

void* memmove(void* to, const void* from, std::size_t size) {
  auto* const target = static_cast<char*>(to);
  const auto* const source = static_cast<const char*>(from);
  if (target <= source || target >= source + size) {
    return memcpy(to, from, size);
  }
  while (size-- != 0) {
    target[size] = source[size];
  }
  return to;
}

void* memset(void* to, int value, std::size_t size) {
  void* const begin = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(value) : "memory");
  return begin;
}

int memcmp(const void* one, const void* other, std::size_t size) {
  const auto* a = static_cast<const unsigned char*>(one);
  const auto* b = static_cast<const unsigned char*>(other);
  for (; size != 0; --size, ++a, ++b) {
    if (*a != *b) {
      return *a < *b ? -1 : 1;
    }
  }
  return 0;
}

// What clang makes of a memcmp() of which only 0 matters.
int bcmp(const void* one, const void* other, std::size_t size) { return memcmp(one, other, size); }

void* memchr(const void* in, int wanted, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(in);
  for (; size != 0; --size, ++at) {
    if (*at == static_cast<unsigned char>(wanted)) {
      return const_cast<unsigned char*>(at);
    }
  }
  return nullptr;
}

std::size_t strlen(const char* text) {
  const char* end = text;
  while (*end != '\0') {
    ++end;
  }
  return static_cast<std::size_t>(end - text);
}

int strcmp(const char* one, const char* other) {
  while (*one != '\0' && *one == *other) {
    ++one, ++other;
  }
  return static_cast<unsigned char>(*one) - static_cast<unsigned char>(*other);
}
}

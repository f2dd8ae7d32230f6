// A string in fixed storage, for names and paths that are put together on the way to a system call. Always
// NUL-terminated; what does not fit sets cut() and nothing is written past the end. One thread at a time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace shm::os {

/// Whether `text` begins so. How long it is needs not be known: of each variable of an environment that would cost more
/// than the rest.
template <std::size_t Size>
[[gnu::always_inline]] inline bool begins_with(const char* text, const char (&start)[Size]) noexcept {
  for (std::size_t i = 0; i + 1 < Size; ++i) {
    if (text[i] != start[i]) {  // the NUL at its end too
      return false;
    }
  }
  return true;
}

template <std::size_t Capacity>
class Text {
 public:
  Text() noexcept { text_[0] = '\0'; }
  explicit Text(std::string_view start) noexcept : Text() { add(start); }
  // A copy touches only what is used: an untouched page of stack costs nothing, a touched one a page fault.
  Text(const Text& other) noexcept : Text(other.view()) { cut_ = other.cut_; }
  Text& operator=(const Text& other) noexcept {
    if (this != &other) {
      clear();
      add(other.view());
      cut_ = other.cut_;
    }
    return *this;
  }
  ~Text() = default;

  Text& add(std::string_view more) noexcept {
    for (const char c : more) {
      if (size_ + 1 >= Capacity) {
        cut_ = true;
        break;
      }
      text_[size_++] = c;
    }
    text_[size_] = '\0';
    return *this;
  }
  Text& add_decimal(std::uint64_t number) noexcept {
    char digits[20];
    std::size_t at = sizeof digits;
    do {
      digits[--at] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number != 0);
    return add({&digits[at], sizeof digits - at});
  }
  /// Sixteen hexadecimal digits.
  Text& add_hex(std::uint64_t number) noexcept {
    for (int shift = 60; shift >= 0; shift -= 4) {
      add({&"0123456789abcdef"[(number >> static_cast<unsigned>(shift)) & 15U], 1});
    }
    return *this;
  }

  [[nodiscard]] const char* c_str() const noexcept { return &text_[0]; }
  [[nodiscard]] std::string_view view() const noexcept { return {&text_[0], size_}; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] bool cut() const noexcept { return cut_; }
  void clear() noexcept {
    size_ = 0;
    cut_ = false;
    text_[0] = '\0';
  }

 private:
  std::size_t size_ = 0;
  bool cut_ = false;
  char text_[Capacity];
};

using Path = Text<1024>;  ///< as long as a store's path may be
/// As long as the kernel takes a name, and one more: what was cut to fit is refused there, not taken for another name.
using FileName = Text<257>;

}  // namespace shm::os

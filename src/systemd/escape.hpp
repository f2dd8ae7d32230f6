// Text in names that systemd and D-Bus take: what is not plain there is written by its number. Pure.
#pragma once
#include <string>
#include <string_view>

namespace shm::systemd {

/// Letters, digits and `also` as they are, every other byte as `mark` and two hexadecimal digits.
inline std::string escaped(std::string_view text, std::string_view also, std::string_view mark) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::string_view digits = "0123456789abcdef";
  std::string name;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos || also.find(c) != std::string_view::npos) {
      name += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      name += mark;
      name += digits[byte >> 4U];
      name += digits[byte & 15U];
    }
  }
  return name;
}

}  // namespace shm::systemd

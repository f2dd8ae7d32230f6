#include "cli/base64.hpp"
#include <array>
#include <cstdint>

namespace shm::cli {

namespace {
constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::uint8_t, 256> values_of_digits() {
  std::array<std::uint8_t, 256> values{};
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}
}  // namespace

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8U | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    const std::size_t known = bytes.size() - at < 3 ? bytes.size() - at : 3;
    for (std::size_t i = 0; i < 4; ++i) {  // n bytes make n+1 digits
      text += i <= known ? digits[group >> (18U - 6U * i) & 63U] : '=';
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  constexpr auto values = values_of_digits();
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t at = 0; at + 4 <= text.size(); at += 4) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      group = group << 6U | values[static_cast<unsigned char>(text[at + i])];
    }
    for (const unsigned shift : {16U, 8U, 0U}) {
      bytes += static_cast<char>(group >> shift & 0xffU);
    }
  }
  for (auto left = text; !bytes.empty() && left.ends_with('=') && text.size() - left.size() < 2;) {
    left.remove_suffix(1);
    bytes.pop_back();
  }
  if (base64(bytes) != text) {  // a strange digit, bits that mean nothing, too few digits
    return std::nullopt;
  }
  return bytes;
}

}  // namespace shm::cli

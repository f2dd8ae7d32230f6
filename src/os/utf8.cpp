#include "os/utf8.hpp"
#include <cstdint>

namespace shm::os {

bool is_utf8(std::string_view bytes) noexcept {
  for (std::size_t at = 0; at < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >> 5U == 6 ? 2 : lead >> 4U == 14 ? 3 : lead >> 3U == 30 ? 4 : 0;
    if (length == 0 || bytes.size() - at < length) {
      return false;
    }
    std::uint32_t code = length == 1 ? lead : lead & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      const auto next = static_cast<unsigned char>(bytes[at + i]);
      if (next >> 6U != 2) {
        return false;
      }
      code = code << 6U | (next & 63U);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      return false;
    }
    at += length;
  }
  return true;
}

std::string_view first_characters(std::string_view text, std::size_t most) noexcept {
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    const bool begins = static_cast<unsigned char>(text[end]) >> 6U != 2;
    if (begins && seen++ == most) {
      break;
    }
  }
  return text.substr(0, end);
}

}  // namespace shm::os

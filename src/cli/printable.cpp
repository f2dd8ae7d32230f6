#include "cli/printable.hpp"

namespace shm::cli {

std::string printable(std::string_view text) {
  std::string line;
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool second_set = before == 0xc2 && byte >= 0x80 && byte < 0xa0;  // U+0080 to U+009F, in UTF-8
    line += byte < 0x20 || byte == 0x7f || second_set ? '?' : c;
    before = byte;
  }
  return line;
}

}  // namespace shm::cli

// Text of unknown origin, made fit for a terminal: names of files that others made, command lines, what the user typed.
// Pure.
#pragma once
#ifndef SHMCTL_FREESTANDING
#include <string>
#endif
#include <string_view>

namespace shm::cli {

/// Calls `emit(c)` for each byte of `text`, with '?' for each control character: it must not steer the terminal.
template <class Emit>
void for_each_printable(std::string_view text, Emit emit) {
  unsigned char before = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool second_set = before == 0xc2 && byte >= 0x80 && byte < 0xa0;  // U+0080 to U+009F, in UTF-8
    emit(byte < 0x20 || byte == 0x7f || second_set ? '?' : c);
    before = byte;
  }
}

#ifndef SHMCTL_FREESTANDING
/// The same as a string.
std::string printable(std::string_view text);
#endif

}  // namespace shm::cli

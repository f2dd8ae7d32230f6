// Which bytes are text. Pure.
#pragma once
#include <string_view>

namespace shm::os {

/// Whether `bytes` are well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes) noexcept;

/// The longest beginning of `text`, which is UTF-8, of `most` characters at most.
std::string_view first_characters(std::string_view text, std::size_t most) noexcept;

}  // namespace shm::os

// Bytes of any kind on their way into JSON, whose strings can only be UTF-8. Pure.
#pragma once
#include <string>
#include <string_view>

namespace shm::cli {

/// RFC 4648, with padding, without line breaks.
std::string base64(std::string_view bytes);

/// Whether `bytes` are well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes) noexcept;

}  // namespace shm::cli

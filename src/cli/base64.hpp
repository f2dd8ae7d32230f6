// Bytes of any kind on their way into JSON, whose strings can only be UTF-8. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include "os/utf8.hpp"

namespace shm::cli {

/// RFC 4648, with padding, without line breaks.
std::string base64(std::string_view bytes);
/// The bytes of which that is what base64() makes; nothing for any other text.
std::optional<std::string> from_base64(std::string_view text);

using os::is_utf8;

}  // namespace shm::cli

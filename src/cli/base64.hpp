// Bytes of any kind on their way into JSON, whose strings can only be UTF-8. Pure.
#pragma once
#include <string>
#include <string_view>
#include "os/utf8.hpp"

namespace shm::cli {

/// RFC 4648, with padding, without line breaks.
std::string base64(std::string_view bytes);

using os::is_utf8;

}  // namespace shm::cli

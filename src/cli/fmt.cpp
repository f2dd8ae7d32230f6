// fmt's code, compiled once. Debian has it as a shared library only, and the program is static; header-only in every
// file, it makes up most of the build.
#define FMT_HEADER_ONLY 1
#include <fmt/format.h>

namespace {
using Format = std::string (*)(fmt::string_view, fmt::format_args);
// Functions of a header are written out where they are used: these are all that the rest of the program calls.
[[gnu::used]] constexpr Format vformat = &fmt::vformat;
[[gnu::used]] constexpr auto assert_fail = &fmt::detail::assert_fail;
[[gnu::used]] void on_error() { fmt::detail::throw_format_error(""); }
}  // namespace

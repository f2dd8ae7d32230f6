// Numbers, sizes and times that options say, for the verbs of all kinds. Single-threaded.
#pragma once
#include <optional>
#include "cli/call.hpp"

namespace shm::verbs {

/// A whole number, `least` or more, that option --`option` says; `otherwise` without it. Throws Usage.
std::uint64_t number_of(const cli::Call& call, std::string_view option, std::uint64_t least, std::uint64_t otherwise);
/// A number of bytes, with K, M or G behind it for powers of 1024; nothing if it is none.
std::optional<std::uint64_t> bytes_in(std::string_view text) noexcept;
/// A number of bytes, 1 or more, with K, M or G behind it for powers of 1024; 0 without the option. Throws Usage.
std::uint64_t size_of(const cli::Call& call, std::string_view option);
/// A time in nanoseconds; `otherwise` without the option. Throws Usage.
std::int64_t time_of(const cli::Call& call, std::string_view option, std::int64_t otherwise);

}  // namespace shm::verbs

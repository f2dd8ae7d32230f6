// How the values of a unit's properties are written, as systemd.resource-control(5) and systemd.time(7) have it.
// Nothing comes back where a text is no such value. Pure functions; only scope_property.cpp and its tests use them.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "systemd/scope_property.hpp"

namespace shm::systemd {

inline constexpr std::uint64_t infinity = UINT64_MAX;

/// 512M, 1.5G, 4096, infinity; a K is 1024.
std::optional<std::uint64_t> read_bytes(std::string_view text);
/// 20% or 12.5%, in millionths of the whole.
std::optional<std::uint64_t> read_percent(std::string_view text);
/// 90, 1h 30min, 500ms, infinity; in microseconds.
std::optional<std::uint64_t> read_time_span(std::string_view text);
std::optional<std::uint64_t> read_count(std::string_view text);
std::optional<bool> read_yes_no(std::string_view text);
/// TERM, SIGTERM or 15.
std::optional<std::int32_t> read_signal(std::string_view text);
/// 0-3,7: the bits of a mask, the lowest first.
std::optional<std::vector<std::uint8_t>> read_number_set(std::string_view text);
/// What blanks separate.
std::vector<std::string> read_words(std::string_view text);

}  // namespace shm::systemd

// Times as users write them: 500ms, 30s, 5m, 2h, 1d, or plain seconds; and as users read them. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shm::cli {

/// The same as parse_duration(), for what may be something else: then nothing.
std::optional<std::int64_t> read_duration(std::string_view text);

/// Nanoseconds, from 0 to about 292 years; decimals are taken (1.5s). Throws Usage; `option` names it there.
std::int64_t parse_duration(std::string_view text, std::string_view option);

/// How long to wait for something: a duration, or `forever`, which is -1.
std::int64_t parse_patience(std::string_view text, std::string_view option);

/// "3 s", "4 min", "2 h 5 min", "3 d": as exact as a reader needs.
std::string format_age(std::int64_t ns);
/// "2026-11-21 00:51:02", local time; `ns` since 1970, UTC.
std::string format_time(std::int64_t ns);

}  // namespace shm::cli

// Moments as users write them. Pure, but for the machine's time zone.
#pragma once
#include <cstdint>
#include <string_view>

namespace shm::cli {

/// Nanoseconds since 1970, UTC, of "2026-11-21 18:30", "2026-11-21", "18:30" (the next such time) or "@SECONDS"; local
/// time; seconds may follow (18:30:05), a T may stand for the blank. Throws Usage for what is none, or is not after
/// `now_ns`; `option` names it there.
std::int64_t parse_moment(std::string_view text, std::string_view option, std::int64_t now_ns);

/// The same for moments to look back to: "18:30" is the last such time, and "2h", a duration, is so long before
/// `now_ns`. Never negative; it may be after `now_ns`.
std::int64_t parse_past(std::string_view text, std::string_view option, std::int64_t now_ns);

}  // namespace shm::cli

// Times as people read them. Fixed storage, no exceptions, no library: for every program. One thread.
#pragma once
#include <cstdint>
#include "os/text.hpp"

namespace shm::cli {

using TimeText = os::Text<64>;

/// "3 s", "4 min", "2 h 5 min": how old something is.
TimeText age_text(std::int64_t ns) noexcept;
/// "0.034 s", "12.5 s", "4 min": how long something took.
TimeText span_text(std::int64_t ns) noexcept;
/// "2026-11-21 00:51:02", local time, of a moment since 1970, UTC.
TimeText time_text(std::int64_t ns) noexcept;

}  // namespace shm::cli

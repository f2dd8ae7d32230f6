// Why a job was not run. A value; any thread.
#pragma once
#include <cstdint>
#include <string_view>

namespace shm::guard {

/// On record as numbers: never reuse one.
enum class Why : std::uint8_t {
  held,       ///< and not to be waited for
  timed_out,  ///< waited until the deadline
  nested,     ///< held by a run that this process is part of: waiting would never end
  displaced,  ///< a newer caller took the one place of those who wait (--on-busy queue)
  paused,     ///< free or not, no run is to begin (pause.hpp)
  too_soon,   ///< the last run began less than --once-per ago
  too_late,   ///< --start-deadline has passed
  occupied,   ///< held, and an older caller keeps the one place of those who wait (--keep oldest)
};
/// One word for people and programs: "busy", "timed-out", "nested", "displaced", "paused", "too-soon", "too-late",
/// "occupied".
std::string_view name_of(Why why) noexcept;

}  // namespace shm::guard

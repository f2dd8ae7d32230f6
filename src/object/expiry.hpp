// When something ends, as an object keeps it: by the clock that counts suspend, for the boot in which it was said, and
// by the calendar for any other boot. Any thread.
#pragma once
#include <cstdint>

namespace shm::object {

struct Expiry {
  std::int64_t boottime_ns = 0;  ///< 0: never
  std::uint64_t boot = 0;        ///< os::boot_id(), folded; 0: it could not be known
  std::int64_t realtime_ns = 0;  ///< since 1970, UTC

  /// `ttl_ns` from now; 0: never.
  static Expiry after(std::int64_t ttl_ns) noexcept;
  /// At that moment of the calendar; 0: never.
  static Expiry at(std::int64_t realtime_ns) noexcept;
  /// This moment, for over_at().
  static Expiry now() noexcept;
  [[nodiscard]] bool over() const noexcept { return boottime_ns != 0 && over_at(now()); }
  [[nodiscard]] bool over_at(const Expiry& now) const noexcept;
};

}  // namespace shm::object

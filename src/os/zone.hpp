// Local time for a program without a C library: what a time zone's file (tzfile(5), RFC 8536) or a rule in the form of
// the variable TZ (tzset(3)) says of a moment. What can't be understood is UTC, as it is for the C library. A file is
// read by whoever looks, and believed as far as it can do no harm. One thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace shm::os {

/// A moment as people say it.
struct DateTime {
  std::int64_t year = 1970;
  int month = 1;  ///< from 1
  int day = 1;    ///< from 1
  int hour = 0;
  int minute = 0;
  int second = 0;
};

/// Seconds since 1970, UTC, as a calendar and a clock say them.
DateTime date_time_of(std::int64_t seconds) noexcept;

/// Seconds east of UTC at that moment, as a zone's file says; 0 where it says nothing of sense.
std::int64_t offset_by_file(std::span<const std::byte> content, std::int64_t seconds) noexcept;
/// The same by a rule, such as "CET-1CEST,M3.5.0,M10.5.0/3".
std::int64_t offset_by_rule(std::string_view rule, std::int64_t seconds) noexcept;

/// What TZ means, or where it is not set, what the machine means.
std::int64_t local_offset(std::int64_t seconds) noexcept;

}  // namespace shm::os

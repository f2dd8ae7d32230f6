// When something is to happen again and again, as people write it: the five fields of a crontab, or systemd's calendar
// events (systemd.time(7)). Pure.
#pragma once
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace shm::cli {

/// What OnCalendar= is to be given: several where cron means "either of the two". Five fields are cron's, and so are
/// its names (@daily), but for @reboot, which is no time of the calendar. The error says what is wrong.
std::expected<std::vector<std::string>, std::string> calendar_of(std::string_view text);

/// Why `text` is no calendar event; empty: it is one. Takes what systemd 252 takes, but for what nobody writes.
std::string fault_of_calendar(std::string_view text);

}  // namespace shm::cli

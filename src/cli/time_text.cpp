#include "cli/time_text.hpp"
#include "os/zone.hpp"
#ifndef SHMCTL_FREESTANDING
#include <ctime>
#endif

namespace shm::cli {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;

// With zeros in front, as far as `digits` goes.
void add_number(TimeText& text, std::int64_t number, std::size_t digits) noexcept {
  const auto plain = os::Text<32>().add_decimal(static_cast<std::uint64_t>(number));
  for (std::size_t i = plain.view().size(); i < digits; ++i) {
    text.add("0");
  }
  text.add(plain.view());
}

// The C library's, where there is one: it knows whatever a machine may call a zone.
os::DateTime local_time(std::int64_t seconds) noexcept {
#ifdef SHMCTL_FREESTANDING
  return os::date_time_of(seconds + os::local_offset(seconds));
#else
  const auto then = static_cast<std::time_t>(seconds);
  std::tm local{};
  localtime_r(&then, &local);
  return {
      local.tm_year + std::int64_t{1900}, local.tm_mon + 1, local.tm_mday, local.tm_hour, local.tm_min, local.tm_sec};
#endif
}
}  // namespace

TimeText age_text(std::int64_t ns) noexcept {
  const std::int64_t seconds = ns < 0 ? 0 : ns / second_ns;
  TimeText text;
  const auto add = [&text](std::int64_t number, std::string_view unit) {
    text.add_decimal(static_cast<std::uint64_t>(number)).add(unit);
  };
  if (seconds < 120) {
    add(seconds, " s");
  } else if (seconds < 7200) {
    add(seconds / 60, " min");
  } else if (seconds < 172800) {
    add(seconds / 3600, " h ");
    add(seconds / 60 % 60, " min");
  } else {
    add(seconds / 86400, " d ");
    add(seconds / 3600 % 24, " h");
  }
  return text;
}

TimeText span_text(std::int64_t ns) noexcept {
  if (ns >= 120 * second_ns) {
    return age_text(ns);
  }
  const std::int64_t parts = ns < second_ns ? 1000 : 10;  // of a second
  const std::int64_t unit = second_ns / parts;
  const std::int64_t units = (ns + unit / 2) / unit;
  TimeText text;
  text.add_decimal(static_cast<std::uint64_t>(units / parts)).add(".");
  add_number(text, units % parts, parts == 1000 ? 3 : 1);
  return text.add(" s");
}

TimeText time_text(std::int64_t ns) noexcept {
  const os::DateTime moment = local_time(ns / second_ns);
  TimeText text;
  add_number(text, moment.year, 4);
  text.add("-");
  add_number(text, moment.month, 2);
  text.add("-");
  add_number(text, moment.day, 2);
  text.add(" ");
  add_number(text, moment.hour, 2);
  text.add(":");
  add_number(text, moment.minute, 2);
  text.add(":");
  add_number(text, moment.second, 2);
  return text;
}

}  // namespace shm::cli

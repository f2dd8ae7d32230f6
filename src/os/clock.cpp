#include "os/clock.hpp"
#include <ctime>
#include "os/sys.hpp"

namespace shm::os {

namespace {
std::int64_t now(clockid_t clock) noexcept {
  timespec time{};
  sys::call(SYS_clock_gettime, clock, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}
}  // namespace

std::int64_t realtime_ns() noexcept { return now(CLOCK_REALTIME); }
std::int64_t monotonic_ns() noexcept { return now(CLOCK_MONOTONIC); }
std::int64_t boottime_ns() noexcept { return now(CLOCK_BOOTTIME); }

std::int64_t after(std::int64_t ns) noexcept {
  const std::int64_t now = monotonic_ns();
  return ns > INT64_MAX - now ? INT64_MAX : now + ns;
}

void sleep_until(std::int64_t monotonic_ns) noexcept {
  const timespec until{monotonic_ns / 1'000'000'000, monotonic_ns % 1'000'000'000};
  sys::call(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &until, 0);
}

}  // namespace shm::os

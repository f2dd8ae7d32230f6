#include "object/expiry.hpp"
#include "os/clock.hpp"
#include "os/process.hpp"

namespace shm::object {

namespace {
std::uint64_t this_boot() noexcept {
  const auto boot = os::boot_id();
  return boot.high ^ boot.low;
}

std::int64_t later(std::int64_t now_ns, std::int64_t ns) noexcept {
  std::int64_t sum = 0;
  return __builtin_add_overflow(now_ns, ns, &sum) ? INT64_MAX : sum;
}
}  // namespace

Expiry Expiry::after(std::int64_t ttl_ns) noexcept {
  if (ttl_ns <= 0) {
    return {};
  }
  return {later(os::boottime_ns(), ttl_ns), this_boot(), later(os::realtime_ns(), ttl_ns)};
}

Expiry Expiry::at(std::int64_t realtime_ns) noexcept {
  if (realtime_ns == 0) {
    return {};
  }
  const std::int64_t left_ns = realtime_ns - os::realtime_ns();
  // One that is over has been over since the boot, at least: 0 would be never.
  return {left_ns <= 0 ? 1 : later(os::boottime_ns(), left_ns), this_boot(), realtime_ns};
}

Expiry Expiry::now() noexcept { return {os::boottime_ns(), this_boot(), os::realtime_ns()}; }

bool Expiry::over_at(const Expiry& now) const noexcept {
  if (boottime_ns == 0) {
    return false;
  }
  return boot != 0 && boot == now.boot ? now.boottime_ns >= boottime_ns : now.realtime_ns >= realtime_ns;
}

}  // namespace shm::object

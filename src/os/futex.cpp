#include "os/futex.hpp"
#include <linux/futex.h>
#include <ctime>
#include <limits>
#include "os/sys.hpp"

namespace shm::os {

namespace {
// A futex is the 32-bit low half of the word, wherever the machine puts that.
const std::uint32_t* low_half(const std::uint64_t* word) noexcept {
  return reinterpret_cast<const std::uint32_t*>(word) + (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 1);
}
}  // namespace

void futex_wait(const std::uint64_t* word, std::uint64_t seen, std::int64_t most_ns) noexcept {
  const timespec most{most_ns / 1'000'000'000, most_ns % 1'000'000'000};
  sys::call(SYS_futex, low_half(word), FUTEX_WAIT, static_cast<std::uint32_t>(seen), &most, 0, 0);
}

void futex_wake(const std::uint64_t* word) noexcept { sys::call(SYS_futex, low_half(word), FUTEX_WAKE, 1, 0, 0, 0); }

void futex_wake_all(const std::uint64_t* word) noexcept {
  sys::call(SYS_futex, low_half(word), FUTEX_WAKE, std::numeric_limits<int>::max(), 0, 0, 0);
}

}  // namespace shm::os

// One 64-bit word of shared memory: the only thing that may be changed without a transaction, because each change is
// one atomic instruction and so is whole or absent whenever its process is killed. Any process, any thread.
// Invariant: the word is 8-byte aligned and inside a live mapping; the Word must not outlive its Segment.
#pragma once
#include <cstdint>

namespace shm::segment {

class Word {
 public:
  explicit Word(std::uint64_t* at) noexcept : at_(at) {}

  [[nodiscard]] std::uint64_t load() const noexcept { return __atomic_load_n(at_, __ATOMIC_ACQUIRE); }
  /// Returns what was there before.
  std::uint64_t exchange(std::uint64_t bits) noexcept { return __atomic_exchange_n(at_, bits, __ATOMIC_ACQ_REL); }
  std::uint64_t fetch_add(std::uint64_t more) noexcept { return __atomic_fetch_add(at_, more, __ATOMIC_ACQ_REL); }
  /// Puts `wanted` there if `expected` is there; otherwise `expected` becomes what is.
  bool compare_exchange(std::uint64_t& expected, std::uint64_t wanted) noexcept {
    return __atomic_compare_exchange_n(at_, &expected, wanted, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  }

 private:
  std::uint64_t* at_;
};

static_assert(__atomic_always_lock_free(sizeof(std::uint64_t), nullptr),
              "a 64-bit word must be atomic in hardware: a lock in the library would be lost with its process");

}  // namespace shm::segment

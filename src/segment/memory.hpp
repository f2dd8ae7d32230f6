// The payload of one object as this process has it mapped: every word by a checked place. The core's own; nothing above
// src/segment includes it, for what it can write is not logged.
// Words are read and written as atomics, so that a reader and a writer of the same word are no data race; the order in
// which a killed process's stores happened is the order of the instructions, which is the compiler's to keep: hence
// `order()` between stores that recovery relies on.
#pragma once
#include <cstring>
#include <span>
#include "segment/layout.hpp"

namespace shm::segment {

class Memory {
 public:
  Memory() = default;
  /// `mapped`: bytes from `payload` on that are mapped (though not all may have memory).
  Memory(std::byte* payload, std::uint64_t mapped) noexcept : payload_(payload), mapped_(mapped) {}

  [[nodiscard]] Control& control() const noexcept { return *reinterpret_cast<Control*>(payload_); }
  [[nodiscard]] std::uint64_t mapped() const noexcept { return mapped_; }

  /// Whether the `size` bytes at `offset` lie below `end` and begin at a word.
  static constexpr bool inside(std::uint64_t offset, std::uint64_t size, std::uint64_t end) noexcept {
    return offset % 8 == 0 && offset <= end && size <= end - offset;
  }

  // `offset` must be inside what has memory.
  [[nodiscard]] std::uint64_t load(std::uint64_t offset) const noexcept {
    return __atomic_load_n(word(offset), __ATOMIC_ACQUIRE);
  }
  void store(std::uint64_t offset, std::uint64_t value) const noexcept {
    __atomic_store_n(word(offset), value, __ATOMIC_RELEASE);
  }
  /// Puts `wanted` there if `expected` is there; whether it was.
  [[nodiscard]] bool exchange(std::uint64_t offset, std::uint64_t expected, std::uint64_t wanted) const noexcept {
    return __atomic_compare_exchange_n(word(offset), &expected, wanted, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  }

  // Bytes, a word at a time; of the last word as many as there are. Where it is stored, its other bytes become 0.
  void load_bytes(std::uint64_t offset, std::span<std::byte> to) const noexcept {
    std::byte* at = to.data();
    std::size_t left = to.size();
    if (const std::size_t many = copy_many(at, payload_ + offset, left); many > 0) {
      at += many;
      offset += many;
      left -= many;
    }
    for (; left >= 8; left -= 8, at += 8, offset += 8) {
      const std::uint64_t value = load(offset);
      std::memcpy(at, &value, 8);
    }
    if (left > 0) {
      const std::uint64_t value = load(offset);
      std::memcpy(at, &value, left);
    }
  }
  void store_bytes(std::uint64_t offset, std::span<const std::byte> from) const noexcept {
    const std::byte* at = from.data();
    std::size_t left = from.size();
    if (const std::size_t many = copy_many(payload_ + offset, at, left); many > 0) {
      at += many;
      offset += many;
      left -= many;
    }
    std::uint64_t value = 0;
    for (; left >= 8; left -= 8, at += 8, offset += 8) {
      std::memcpy(&value, at, 8);
      store(offset, value);
    }
    if (left > 0) {
      value = 0;
      std::memcpy(&value, at, left);
      store(offset, value);
    }
  }

  /// Begins to bring the word's line of the cache nearer. Any `offset` below what is mapped.
  void prefetch(std::uint64_t offset) const noexcept { __builtin_prefetch(payload_ + offset); }

  /// The word is read now and written soon. A program that does one operation meets most pages for the first time: that
  /// shall be one page fault, for writing, and not one for each. Changes nothing. `offset` as of load().
  void will_write([[maybe_unused]] std::uint64_t offset) const noexcept {
#ifdef SHMCTL_FREESTANDING
    __asm__ volatile("lock orq $0, %0" : "+m"(*word(offset)));
#endif
  }

  /// What stands before it in the program is stored before what stands after it.
  static void order() noexcept { __atomic_signal_fence(__ATOMIC_SEQ_CST); }

 private:
  // The processor's own loop for the whole words, where it is worth its beginning; how many bytes it has done. It is
  // three times as fast as one of atomic words and does what that does: by words at least, all of it after what comes
  // before in the program and before what comes after.
  static std::size_t copy_many([[maybe_unused]] std::byte* to, [[maybe_unused]] const std::byte* from,
                               [[maybe_unused]] std::size_t size) noexcept {
#if defined(__x86_64__)
    if (size >= 256) {
      std::size_t words = size / 8;
      __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
      return size / 8 * 8;
    }
#endif
    return 0;
  }
  [[nodiscard]] std::uint64_t* word(std::uint64_t offset) const noexcept {
    return reinterpret_cast<std::uint64_t*>(payload_ + offset);
  }
  std::byte* payload_ = nullptr;
  std::uint64_t mapped_ = 0;
};

inline std::uint64_t load(const std::uint64_t& word) noexcept { return __atomic_load_n(&word, __ATOMIC_ACQUIRE); }
inline void store(std::uint64_t& word, std::uint64_t value) noexcept {
  __atomic_store_n(&word, value, __ATOMIC_RELEASE);
}

}  // namespace shm::segment

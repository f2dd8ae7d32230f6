// What the driver and the commands it times share in memory: flags that can be waited for, and times. Any process that
// has the file mapped may use it.
#pragma once
#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <atomic>
#include <cstdint>
#include <ctime>

using Flag = std::atomic<std::uint32_t>;

struct Board {
  Flag holder_runs, release, waiter_ran;
  std::atomic<std::uint64_t> released, started;  ///< CLOCK_MONOTONIC, ns
};

inline std::uint64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

/// Null if it can't be mapped. The file must be as long as a Board.
inline Board* open_board(const char* path) {
  const int file = open(path, O_RDWR | O_CLOEXEC);
  void* memory = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
  return memory == MAP_FAILED ? nullptr : static_cast<Board*>(memory);
}

inline void raise_flag(Flag& flag) {
  flag.store(1);
  syscall(SYS_futex, &flag, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

/// False if it is not raised within `seconds`.
inline bool await_flag(Flag& flag, unsigned seconds) {
  const std::uint64_t end = now() + seconds * 1'000'000'000ULL;
  while (flag.load() == 0) {
    const timespec pause{1, 0};
    syscall(SYS_futex, &flag, FUTEX_WAIT, 0, &pause, nullptr, 0);
    if (now() > end) {
      return false;
    }
  }
  return true;
}

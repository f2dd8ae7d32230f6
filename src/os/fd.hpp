// A descriptor that is owned. Whoever holds the Fd closes it; every Fd is close-on-exec from birth (os/file.hpp opens
// no other way), and only os/spawn.hpp hands one on, by number, to a command. One thread at a time.
#pragma once
#include <utility>
#include "os/sys.hpp"

namespace shm::os {

class Fd {
 public:
  Fd() = default;
  explicit Fd(int number) noexcept : number_(number) {}
  Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  [[nodiscard]] int get() const noexcept { return number_; }
  explicit operator bool() const noexcept { return number_ >= 0; }
  void reset() noexcept {
    if (number_ >= 0) {
      sys::call(SYS_close, std::exchange(number_, -1));
    }
  }
  /// Gives up ownership: for a program about to end, where the kernel closes it cheaper.
  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

}  // namespace shm::os

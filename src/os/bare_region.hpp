// Mapped memory for a program without exceptions, where Boost.Interprocess's mapped_region can't be: as much of that
// class's form as os/mapping.cpp needs. One owner; the mapping ends with it. One thread at a time.
#pragma once
#include <cstddef>
#include <utility>
#include "os/short_life.hpp"
#include "os/sys.hpp"

namespace shm::os {

class BareRegion {
 public:
  BareRegion() = default;
  /// Takes over `size` bytes that the kernel has mapped at `address`.
  BareRegion(void* address, std::size_t size) noexcept : address_(address), size_(size) {}
  BareRegion(BareRegion&& other) noexcept { swap(other); }
  BareRegion& operator=(BareRegion&& other) noexcept {
    BareRegion taken(std::move(other));
    swap(taken);
    return *this;
  }
  BareRegion(const BareRegion&) = delete;
  BareRegion& operator=(const BareRegion&) = delete;
  ~BareRegion() {
    if (size_ != 0 && !leave_to_the_end()) {
      sys::call(SYS_munmap, address_, size_);
    }
  }

  [[nodiscard]] void* get_address() const noexcept { return address_; }
  [[nodiscard]] std::size_t get_size() const noexcept { return size_; }
  /// From now on nobody's.
  void leave_mapped() noexcept { size_ = 0; }
  void swap(BareRegion& other) noexcept {
    std::swap(address_, other.address_);
    std::swap(size_, other.size_);
  }

 private:
  void* address_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace shm::os

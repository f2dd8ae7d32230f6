// Bytes of any number, owned: what is read from shared memory before it is checked, and content on its way there.
// Running out of memory is an answer, not an exception. One thread at a time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace shm::os {

class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)),
        room_(std::exchange(other.room_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(room_, other.room_);
    return *this;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  // False: there is no memory, and nothing has changed. What grows does so by doubling, at least.
  [[nodiscard]] bool reserve(std::uint64_t room) noexcept;
  [[nodiscard]] bool add(std::span<const std::byte> bytes) noexcept;
  [[nodiscard]] bool add(std::string_view text) noexcept { return add(std::as_bytes(std::span(text))); }
  /// Makes it `size` bytes; new ones are 0.
  [[nodiscard]] bool resize(std::uint64_t size) noexcept;
  void clear() noexcept { size_ = 0; }
  /// The first `size` bytes are content: they are reserved, and who calls this has written them through data().
  void grown_to(std::uint64_t size) noexcept { size_ = size; }

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {data_, size_}; }
  [[nodiscard]] std::string_view view() const noexcept { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  std::byte* data_ = nullptr;
  std::uint64_t size_ = 0;
  std::uint64_t room_ = 0;
};

}  // namespace shm::os

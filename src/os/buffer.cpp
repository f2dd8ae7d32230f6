#include "os/buffer.hpp"
#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace shm::os {

Buffer::~Buffer() { std::free(data_); }

bool Buffer::reserve(std::uint64_t room) noexcept {
  if (room <= room_) {
    return true;
  }
  room = std::max<std::uint64_t>({room, room_ * 2, 64});
  auto* moved = static_cast<std::byte*>(std::realloc(data_, room));
  if (moved == nullptr) {
    return false;
  }
  data_ = moved;
  room_ = room;
  return true;
}

bool Buffer::add(std::span<const std::byte> bytes) noexcept {
  if (!reserve(size_ + bytes.size())) {
    return false;
  }
  if (!bytes.empty()) {
    std::memcpy(data_ + size_, bytes.data(), bytes.size());
  }
  size_ += bytes.size();
  return true;
}

bool Buffer::resize(std::uint64_t size) noexcept {
  if (size > size_) {
    if (!reserve(size)) {
      return false;
    }
    std::memset(data_ + size_, 0, size - size_);
  }
  size_ = size;
  return true;
}

}  // namespace shm::os

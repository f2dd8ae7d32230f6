#include "segment/reader.hpp"
#include <algorithm>
#include <cstring>
#include "segment/overlay.hpp"
#include "segment/size_class.hpp"

namespace shm::segment {

namespace {
constexpr std::uint64_t look_again = 64;  // steps of a walk between two looks at whether it is still of use
}

std::uint64_t Reader::get_before(std::uint64_t offset) const noexcept {
  const auto* old = overlay_->find(offset);
  return old != nullptr ? *old : memory_.load(offset);
}

bool Reader::copy(Ref at, std::uint64_t size, os::Buffer& into) const noexcept {
  if (!at || !Memory::inside(at.offset, size, capacity_)) {
    damaged_ = true;
    return false;
  }
  const std::uint64_t before = into.size();
  if (!into.resize(before + size)) {
    return false;
  }
  return copy_to(at, {into.data() + before, size});
}

bool Reader::copy_to(Ref at, std::span<std::byte> to) const noexcept {
  const std::uint64_t size = to.size();
  if (!at || !Memory::inside(at.offset, size, capacity_)) {
    damaged_ = true;
    return false;
  }
  if (overlay_ == nullptr) {
    memory_.load_bytes(at.offset, to);
    return true;
  }
  for (std::uint64_t done = 0; done < size; done += 8) {
    const std::uint64_t word = get(at + done / 8);
    std::memcpy(to.data() + done, &word, std::min<std::uint64_t>(8, size - done));
  }
  return true;
}

bool Reader::equal(Ref at, std::uint64_t size, std::span<const std::byte> bytes) const noexcept {
  if (size != bytes.size()) {
    return false;
  }
  for (std::uint64_t done = 0; done < size; done += 8) {
    const std::uint64_t word = get(at + done / 8);
    if (std::memcmp(&word, bytes.data() + done, std::min<std::uint64_t>(8, size - done)) != 0) {
      return false;
    }
  }
  return true;
}

Walk::Walk(const Reader& reader) noexcept : reader_(reader), most_(reader.capacity_ / class_size(0)) {}

bool Walk::step() noexcept {
  ++steps_;
  if (reader_.watch_ && steps_ % look_again == 0 && load(reader_.memory_.control().head) != reader_.snapshot_) {
    return false;  // it changes meanwhile: whatever this finds is of no use
  }
  if (steps_ > most_) {
    reader_.damaged_ = true;
  }
  return !reader_.damaged_;
}

}  // namespace shm::segment

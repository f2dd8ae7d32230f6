// How a list keeps an item: as one word, its slot. Up to 7 bytes are in the slot itself; more are in a block of their
// own, to which the slot refers. For src/object/list*.cpp alone. One thread at a time.
//     inline     size | bytes << 8      the bytes behind the last are 0, so that equal items have equal slots
//     in a block its place              whose lowest four bits are 1000: no size of an inline item
// Block: its size, then the bytes. Part of the format.
#pragma once
#include "segment/transaction.hpp"

namespace shm::object::list {

using segment::Reader;
using segment::Ref;
using segment::Transaction;
using segment::Walk;
using Bytes = std::span<const std::byte>;

inline constexpr std::uint64_t inline_most = 7;

constexpr bool is_inline(std::uint64_t slot) noexcept { return (slot & 0xff) <= inline_most; }

/// The slot of up to inline_most bytes.
std::uint64_t inline_slot(Bytes bytes) noexcept;
/// The slot of a new item.
std::uint64_t make_slot(Transaction& change, Bytes bytes) noexcept;
/// Gives back what the item has besides its slot.
inline void free_slot(Transaction& change, std::uint64_t slot) noexcept {
  if (!is_inline(slot)) {
    change.free({slot});
  }
}

/// How many bytes the item has; what an item in a block says of itself may be nonsense.
inline std::uint64_t size_of(const Reader& reader, std::uint64_t slot) noexcept {
  return is_inline(slot) ? slot & 0xff : reader.get({slot});
}
/// Adds its bytes to `into`. False: no memory, or it makes no sense (then the reader is damaged).
bool copy_item(const Reader& reader, std::uint64_t slot, os::Buffer& into) noexcept;

/// Some bytes that items are compared with.
class Wanted {
 public:
  explicit Wanted(Bytes bytes) noexcept
      : bytes_(bytes),
        slot_(bytes.size() <= inline_most ? inline_slot(bytes) : 0),
        inline_(slot_ != 0 || bytes.empty()) {}
  [[nodiscard]] bool is(const Reader& reader, std::uint64_t slot) const noexcept {
    if (inline_ || is_inline(slot)) {
      return inline_ && slot == slot_;
    }
    const std::uint64_t size = reader.get({slot});
    return size == bytes_.size() && reader.equal(Ref{slot} + 1, size, bytes_);
  }

 private:
  Bytes bytes_;
  std::uint64_t slot_;
  bool inline_;
};

}  // namespace shm::object::list

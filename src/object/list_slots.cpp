#include "object/list_slots.hpp"

namespace shm::object::list {

std::uint64_t inline_slot(Bytes bytes) noexcept {
  std::uint64_t slot = bytes.size();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    slot |= static_cast<std::uint64_t>(bytes[i]) << (8 * (i + 1));
  }
  return slot;
}

std::uint64_t make_slot(Transaction& change, Bytes bytes) noexcept {
  if (bytes.size() <= inline_most) {
    return inline_slot(bytes);
  }
  const auto block = change.allocate(8 + bytes.size());
  block.put(0, bytes.size());
  block.put_bytes(1, bytes);
  return block.ref().offset;
}

bool copy_item(const Reader& reader, std::uint64_t slot, os::Buffer& into) noexcept {
  if (!is_inline(slot)) {
    return reader.copy(Ref{slot} + 1, reader.get({slot}), into);
  }
  std::byte bytes[inline_most];
  const std::uint64_t size = slot & 0xff;
  for (std::uint64_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>(slot >> (8 * (i + 1)));
  }
  return into.add(Bytes(bytes, size));
}

}  // namespace shm::object::list

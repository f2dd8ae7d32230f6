#include "segment/mapped_bytes.hpp"
#include <fcntl.h>
#include <algorithm>
#include "segment/memory.hpp"

namespace shm::segment {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::uint64_t largest = std::uint64_t{64} << 30U;  // as all objects

// Bytes up to the next whole word.
constexpr std::uint64_t to_word(std::uint64_t offset, std::uint64_t size) noexcept {
  return std::min<std::uint64_t>((8 - offset % 8) % 8, size);
}
}  // namespace

Result<void> MappedBytes::create(const store::Store& store, std::string_view name, const store::NewObject& object,
                                 std::uint64_t size, std::span<const std::byte> content) noexcept {
  if (size > largest - std::uint64_t{2} * payload_offset) {
    return std::unexpected(fail(Code::limit, "create", name, "it would be larger than 64 GiB", "make it smaller"));
  }
  store::NewObject whole = object;
  whole.payload_offset = payload_offset;
  whole.payload_size = size;
  whole.payload = content.first(std::min<std::uint64_t>(content.size(), size));
  return store::create_object(store, name, whole);
}

Result<MappedBytes> MappedBytes::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto object = store::open_object(store, name, access == os::Access::write ? O_RDWR : O_RDONLY);
  if (!object) {
    return std::unexpected(object.error().code == Code::absent
                               ? fail(Code::absent, "open", name, "there is no such object")
                               : object.error());
  }
  MappedBytes opened;
  opened.info_ = object->info;
  opened.writable_ = access == os::Access::write;
  const auto header = store::header_of(*object, name);
  if (!header) {
    return std::unexpected(header.error());
  }
  opened.header_ = *header;
  if (header->payload_offset != payload_offset) {
    return std::unexpected(
        fail(Code::corrupt, "open", name, "the object's header is damaged", "look at it, then 'shmctl rm' it"));
  }
  // All of it, and no more: what lies behind it is nobody's.
  auto mapping = os::Mapping::open(object->file, payload_offset + header->payload_size, access, name);
  if (!mapping) {
    return std::unexpected(mapping.error());
  }
  opened.mapping_ = std::move(*mapping);
  return opened;
}

void MappedBytes::read(std::uint64_t offset, std::span<std::byte> to) const noexcept {
  if (!has(offset, to.size())) {
    return;
  }
  const std::uint64_t head = to_word(offset, to.size());
  const std::uint64_t words = (to.size() - head) / 8 * 8;
  const auto bytes = [&](std::uint64_t from, std::uint64_t end) {
    for (std::uint64_t i = from; i < end; ++i) {
      to[i] = std::byte{__atomic_load_n(at<unsigned char>(offset + i), __ATOMIC_ACQUIRE)};
    }
  };
  bytes(0, head);
  Memory(mapping_.data() + payload_offset, size()).load_bytes(offset + head, to.subspan(head, words));
  bytes(head + words, to.size());
}

void MappedBytes::write(std::uint64_t offset, std::span<const std::byte> from) const noexcept {
  if (!writable_ || !has(offset, from.size())) {
    return;
  }
  const std::uint64_t head = to_word(offset, from.size());
  const std::uint64_t words = (from.size() - head) / 8 * 8;
  const auto bytes = [&](std::uint64_t begin, std::uint64_t end) {
    for (std::uint64_t i = begin; i < end; ++i) {
      __atomic_store_n(at<unsigned char>(offset + i), std::to_integer<unsigned char>(from[i]), __ATOMIC_RELEASE);
      Memory::order();
    }
  };
  bytes(0, head);
  Memory(mapping_.data() + payload_offset, size()).store_bytes(offset + head, from.subspan(head, words));
  Memory::order();
  bytes(head + words, from.size());
}

void MappedBytes::fill(std::uint64_t offset, std::uint64_t size, std::byte value) const noexcept {
  std::byte piece[4096];
  std::fill(std::begin(piece), std::end(piece), value);
  if (!has(offset, size)) {
    return;
  }
  for (std::uint64_t done = 0; done < size;) {
    const std::uint64_t part = std::min<std::uint64_t>(sizeof piece, size - done);
    write(offset + done, std::span<const std::byte>(piece).first(part));
    done += part;
  }
}

}  // namespace shm::segment

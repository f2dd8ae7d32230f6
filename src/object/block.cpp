#include "object/block.hpp"

namespace shm::object {

using os::Code;
using os::fail;
using os::Result;
using segment::MappedBytes;

Result<void> Block::create(const store::Store& store, std::string_view name, std::uint64_t size,
                           std::span<const std::byte> content, const Permissions& permissions) noexcept {
  if (size == 0) {
    return std::unexpected(fail(Code::usage, "create", name, "a block has one byte at least", "say a size"));
  }
  store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::block);
  permissions.apply_to(object);
  return create_named(store, name, [&] { return MappedBytes::create(store, name, object, size, content); });
}

Result<Block> Block::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  auto bytes = MappedBytes::open(store, name, access);
  if (!bytes || static_cast<Kind>(bytes->header().kind) != Kind::block) {
    if (!bytes && bytes.error().code != Code::corrupt) {
      return std::unexpected(bytes.error());
    }
    // What it is instead, open_kind() knows.
    if (const auto other = open_kind(store, name, Kind::block, os::Access::read); !other) {
      return std::unexpected(other.error());
    }
    return std::unexpected(bytes ? fail(Code::busy, "open", name, "it is being removed and made again", "try again")
                                 : bytes.error());
  }
  Block block;
  block.bytes_ = std::move(*bytes);
  block.name_.add(name);
  return block;
}

Result<void> Block::check(std::uint64_t offset, std::uint64_t size) const noexcept {
  return bytes_.has(offset, size)
             ? Result<void>()
             : std::unexpected(fail(Code::range, "use block", name_.view(), "that lies outside, at least in part",
                                    "see 'shmctl block size'"));
}

Result<void> Block::check_change(std::uint64_t offset, std::uint64_t size) const noexcept {
  return bytes_.writable() ? check(offset, size)
                           : std::unexpected(fail(Code::denied, "change", name_.view(), "it is open for reading only"));
}

Result<void> Block::check_number(Width width, std::uint64_t offset) const noexcept {
  const std::uint64_t size = width == Width::bits32 ? 4 : 8;
  if (offset % size != 0) {
    return std::unexpected(fail(Code::usage, "use block", name_.view(),
                                width == Width::bits32 ? "the offset of 32 bits must be a multiple of 4"
                                                       : "the offset of 64 bits must be a multiple of 8"));
  }
  return check_change(offset, size);
}

Result<void> Block::read(std::uint64_t offset, std::span<std::byte> to) const noexcept {
  auto inside = check(offset, to.size());
  if (inside) {
    bytes_.read(offset, to);
  }
  return inside;
}

Result<void> Block::write(std::uint64_t offset, std::span<const std::byte> from) noexcept {
  auto inside = check_change(offset, from.size());
  if (inside) {
    bytes_.write(offset, from);
  }
  return inside;
}

Result<void> Block::fill(std::uint64_t offset, std::uint64_t size, std::byte value) noexcept {
  auto inside = check_change(offset, size);
  if (inside) {
    bytes_.fill(offset, size, value);
  }
  return inside;
}

Result<void> Block::compare_and_set(Width width, std::uint64_t offset, std::uint64_t& expected,
                                    std::uint64_t wanted) noexcept {
  if (auto inside = check_number(width, offset); !inside) {
    return inside;
  }
  bool done = false;
  if (width == Width::bits64) {
    done = bytes_.exchange(offset, expected, wanted);
  } else {
    auto number = static_cast<std::uint32_t>(expected);
    done = bytes_.exchange(offset, number, static_cast<std::uint32_t>(wanted));
    expected = number;
  }
  return done ? Result<void>()
              : std::unexpected(fail(Code::lost, "compare block", name_.view(), "another number is there"));
}

Result<std::uint64_t> Block::add(Width width, std::uint64_t offset, std::uint64_t more) noexcept {
  if (auto inside = check_number(width, offset); !inside) {
    return std::unexpected(inside.error());
  }
  return width == Width::bits64 ? bytes_.add(offset, more) : bytes_.add(offset, static_cast<std::uint32_t>(more));
}

}  // namespace shm::object

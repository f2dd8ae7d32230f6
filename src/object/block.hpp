// block: memory of a fixed size, of which every program makes what it likes: it can be mapped from the object's file,
// at the page where the payload begins, as well as read and written here. Writing is not atomic: it goes through the
// bytes in order, and who is killed leaves those that it has written. compare_and_set() and add() are one atomic
// instruction. Any process that may write the object; one thread per Block.
#pragma once
#include "object/kind.hpp"
#include "object/permissions.hpp"
#include "segment/mapped_bytes.hpp"

namespace shm::object {

class Block {
 public:
  /// How many bits a number in it has that is changed atomically.
  enum class Width : std::uint8_t { bits32, bits64 };

  /// Creates the block: `content`, then 0 up to `size` bytes, one or more. Code::exists if the name is taken,
  /// Code::usage for none, Code::limit for more than an object can have, Code::full.
  static os::Result<void> create(const store::Store& store, std::string_view name, std::uint64_t size,
                                 std::span<const std::byte> content, const Permissions& permissions) noexcept;
  static os::Result<Block> open(const store::Store& store, std::string_view name, os::Access access) noexcept;

  [[nodiscard]] std::uint64_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] const store::Header& header() const noexcept { return bytes_.header(); }
  /// Where the payload begins in the file.
  static constexpr std::uint64_t payload_offset = segment::MappedBytes::payload_offset;

  // Code::range for what lies outside, in part too; nothing is done then.
  [[nodiscard]] os::Result<void> check(std::uint64_t offset, std::uint64_t size) const noexcept;
  os::Result<void> read(std::uint64_t offset, std::span<std::byte> to) const noexcept;
  os::Result<void> write(std::uint64_t offset, std::span<const std::byte> from) noexcept;
  os::Result<void> fill(std::uint64_t offset, std::uint64_t size, std::byte value) noexcept;
  // `offset` must be a multiple of the number's size: Code::usage. The numbers are in the machine's byte order.
  /// Code::lost if the number was not `expected`, which then is what it was.
  os::Result<void> compare_and_set(Width width, std::uint64_t offset, std::uint64_t& expected,
                                   std::uint64_t wanted) noexcept;
  /// Modulo its size; returns the sum.
  os::Result<std::uint64_t> add(Width width, std::uint64_t offset, std::uint64_t more) noexcept;

 private:
  [[nodiscard]] os::Result<void> check_change(std::uint64_t offset, std::uint64_t size) const noexcept;
  [[nodiscard]] os::Result<void> check_number(Width width, std::uint64_t offset) const noexcept;

  segment::MappedBytes bytes_;
  os::Text<store::max_name_storage> name_;
};

}  // namespace shm::object

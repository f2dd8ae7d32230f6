// An object that is nothing but bytes, open: its payload begins at a page of its file, so that any program can map it.
// No lock, no transaction: bytes are written in order, words where they are whole, and a killed writer leaves what it
// has written so far. Only exchange() and add() are atomic, with those of any program that uses the processor's
// instructions for that. Any number of processes and threads; one thread per MappedBytes. Invariant: whatever is asked
// for lies within size() bytes that are mapped, or is refused.
#pragma once
#include "os/buffer.hpp"
#include "os/mapping.hpp"
#include "store/object_file.hpp"

namespace shm::segment {

class MappedBytes {
 public:
  /// Where the payload begins in the file.
  static constexpr std::uint32_t payload_offset = 4096;
  /// Creates the object of `size` bytes: `content`, then all 0. `object` lacks payload and size only. Code::exists,
  /// full, as store::create_object(); Code::limit: it would be larger than an object can be.
  static os::Result<void> create(const store::Store& store, std::string_view name, const store::NewObject& object,
                                 std::uint64_t size, std::span<const std::byte> content) noexcept;
  /// Opens what is there, of whatever kind; header() tells. Code::absent, denied, untrusted, corrupt (also if it is no
  /// object of this sort), full.
  static os::Result<MappedBytes> open(const store::Store& store, std::string_view name, os::Access access) noexcept;

  [[nodiscard]] const store::Header& header() const noexcept { return header_; }
  [[nodiscard]] const os::FileInfo& info() const noexcept { return info_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return header_.payload_size; }
  [[nodiscard]] bool writable() const noexcept { return writable_; }
  /// Whether `size` bytes at `offset` are within it.
  [[nodiscard]] bool has(std::uint64_t offset, std::uint64_t size) const noexcept {
    return offset <= header_.payload_size && size <= header_.payload_size - offset;
  }

  // What has() denies is left alone, as is everything where it is not writable().
  void read(std::uint64_t offset, std::span<std::byte> to) const noexcept;
  void write(std::uint64_t offset, std::span<const std::byte> from) const noexcept;
  void fill(std::uint64_t offset, std::uint64_t size, std::byte value) const noexcept;

  /// One of these at `offset`, which must be a multiple of its size. Puts `wanted` there if `expected` is there;
  /// otherwise `expected` becomes what is.
  template <class Number>
  bool exchange(std::uint64_t offset, Number& expected, Number wanted) const noexcept {
    return may_change<Number>(offset) && __atomic_compare_exchange_n(at<Number>(offset), &expected, wanted, false,
                                                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  }
  /// Adds, modulo its size; returns the sum.
  template <class Number>
  Number add(std::uint64_t offset, Number more) const noexcept {
    return may_change<Number>(offset) ? __atomic_add_fetch(at<Number>(offset), more, __ATOMIC_ACQ_REL) : 0;
  }

 private:
  template <class Number>
  [[nodiscard]] bool may_change(std::uint64_t offset) const noexcept {
    return writable_ && offset % sizeof(Number) == 0 && has(offset, sizeof(Number));
  }
  template <class Number>
  [[nodiscard]] Number* at(std::uint64_t offset) const noexcept {
    return reinterpret_cast<Number*>(mapping_.data() + payload_offset + offset);
  }

  os::Mapping mapping_;
  store::Header header_{};
  os::FileInfo info_;
  bool writable_ = false;
};

}  // namespace shm::segment

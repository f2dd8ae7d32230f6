// An object's file in memory, with its header checked: what the kinds of objects are built on. It knows no kind.
// One Segment belongs to one thread; the memory behind it is shared with every process that has the object open.
// Invariant: header() is a checked copy; words() words of the payload lie inside the mapping.
#pragma once
#include "os/mapping.hpp"
#include "segment/word.hpp"
#include "store/name.hpp"
#include "store/object_file.hpp"

namespace shm::segment {

class Segment {
 public:
  /// Maps object `name`, at most its first `most` bytes (a multiple of the page size); see whole().
  /// Code::absent, denied, untrusted, corrupt, full.
  static os::Result<Segment> open(const store::Store& store, std::string_view name, os::Access access,
                                  std::size_t most) noexcept;

  [[nodiscard]] const store::Header& header() const noexcept { return header_; }
  [[nodiscard]] std::string_view name() const noexcept { return name_.view(); }
  [[nodiscard]] const os::FileInfo& info() const noexcept { return info_; }
  /// Whether all of the payload is mapped: an object of another kind may have more than this one maps.
  [[nodiscard]] bool whole() const noexcept { return header_.payload_size <= mapping_.size() - header_.payload_offset; }
  /// How many whole words of the payload are mapped.
  [[nodiscard]] std::size_t words() const noexcept {
    return (whole() ? header_.payload_size : mapping_.size() - header_.payload_offset) / sizeof(std::uint64_t);
  }
  /// Word `index` of the payload; index < words().
  [[nodiscard]] Word word(std::size_t index) const noexcept {
    return Word(reinterpret_cast<std::uint64_t*>(mapping_.data() + header_.payload_offset) + index);
  }

 private:
  os::Mapping mapping_;
  store::Header header_{};
  os::FileInfo info_;
  os::Text<store::max_name_storage> name_;
};

}  // namespace shm::segment

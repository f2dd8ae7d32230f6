// An object's file in memory, with its header checked: what the kinds of objects are built on. It knows no kind.
// One Segment belongs to one thread; the memory behind it is shared with every process that has the object open.
// Invariant: header() is a checked copy; words() words of the payload lie inside the mapping.
#pragma once
#include <new>
#include "os/mapping.hpp"
#include "segment/kept.hpp"
#include "store/name.hpp"
#include "store/object_file.hpp"

namespace shm::segment {

/// Of an object whose file has a name.
enum class Presence : std::uint8_t {
  there,
  unborn,   ///< made by a change of several objects that is not decided yet
  removed,  ///< only its file is left
};

class Segment {
 public:
  /// Maps object `name`, at most its first `most` bytes (a multiple of the page size); see whole().
  /// Code::absent, denied, untrusted, corrupt, full.
  /// Within a Workspace it may be one that was open before. The Store must outlive it and stay where it is.
  static os::Result<Segment> open(const store::Store& store, std::string_view name, os::Access access,
                                  std::size_t most) noexcept;
  /// The same outside of any Workspace.
  static os::Result<Segment> open_anew(const store::Store& store, std::string_view name, os::Access access,
                                       std::size_t most) noexcept;
  /// Objects of one word live in their file's first page.
  static constexpr std::size_t one_page = 4096;

  Segment() = default;  ///< none: only to be assigned to
  Segment(Segment&&) = default;
  Segment& operator=(Segment&& other) noexcept {
    if (this != &other) {
      this->~Segment();
      new (this) Segment(std::move(other));
    }
    return *this;
  }
  ~Segment() {
    if (kept_) {
      kept_.give_back(*this);
    }
  }

  [[nodiscard]] const store::Header& header() const noexcept { return header_; }
  [[nodiscard]] std::string_view name() const noexcept { return name_.view(); }
  [[nodiscard]] const os::FileInfo& info() const noexcept { return info_; }
  /// Whether all of the payload is mapped: an object of another kind may have more than this one maps.
  [[nodiscard]] bool whole() const noexcept { return header_.payload_size <= mapping_.size() - header_.payload_offset; }
  /// How many whole words of the payload are mapped.
  [[nodiscard]] std::size_t words() const noexcept {
    return (whole() ? header_.payload_size : mapping_.size() - header_.payload_offset) / sizeof(std::uint64_t);
  }
  [[nodiscard]] std::byte* payload() const noexcept { return mapping_.data() + header_.payload_offset; }
  /// Whether the memory may be written.
  [[nodiscard]] bool writable() const noexcept { return writable_; }
  [[nodiscard]] const store::Store& store() const noexcept { return *store_; }

 private:
  friend class Cell;
  friend class Workspace;
  friend struct WorkspaceEntry;
  // What a cell will be, seen by this process alone, while a change of several objects has it.
  struct Held {
    bool on = false;
    std::uint64_t number = 0;
  };
  Kept kept_;  // first: what gives back must still be whole
  Held held_;
  bool writable_ = false;
  const store::Store* store_ = nullptr;
  os::Mapping mapping_;
  store::Header header_{};
  os::FileInfo info_;
  os::FileName name_;
};

}  // namespace shm::segment

// Copies items of a list for a caller. What they say of their sizes together is never more than the object has.
// For src/object/list*.cpp alone. One thread.
#pragma once
#include "object/list.hpp"
#include "object/list_slots.hpp"

namespace shm::object {

class ListCopier {
 public:
  /// `most`: bytes that the object has; without, each item is checked by itself.
  ListCopier(const segment::Reader& reader, ListItems& into, std::uint64_t most = ~std::uint64_t{0}) noexcept
      : reader_(reader), into_(into), left_(most) {}

  /// False: no memory, or it makes no sense (then the reader is damaged).
  bool add(std::uint64_t slot) {
    const std::uint64_t size = 8 + (list::is_inline(slot) ? 0 : list::size_of(reader_, slot));
    if (size > left_) {
      reader_.mark_damaged();
    }
    left_ -= size;
    if (reader_.damaged() || !list::copy_item(reader_, slot, into_.bytes_)) {
      return false;
    }
    into_.ends_.push_back(into_.bytes_.size());
    return true;
  }

 private:
  const segment::Reader& reader_;
  ListItems& into_;
  std::uint64_t left_;
};

inline os::Error no_memory_for_items(std::string_view name) noexcept {
  return os::fail(os::Code::full, "read list", name, "there is no memory for so many items", "ask for fewer");
}

inline os::Error no_such_item(const char* attempt, std::string_view name) noexcept {
  return os::fail(os::Code::empty, attempt, name, "it has no item of that index");
}

}  // namespace shm::object

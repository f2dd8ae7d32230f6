// array: a fixed number of numbers of one type, one behind the other in one piece of memory, as Python's
// multiprocessing.Array. An element is found in the same time however many there are. A change of one element is one
// atomic instruction without a lock, unless somebody is just changing several; a change of several is one transaction:
// all of it or nothing, whenever its process is killed (region_word.hpp says what remains). Who reads several sees such
// a change whole or not at all; of those that others change one by one meanwhile, each as it was at some moment.
// Any process that may write the object; one thread at a time per Array. The Store must outlive it.
// Invariant: type and length never change; an operation that can't give numbers of the type changes nothing.
#pragma once
#include "object/element.hpp"
#include "object/kind.hpp"
#include "object/permissions.hpp"
#include "object/slice.hpp"
#include "os/buffer.hpp"

namespace shm::object {

class Array {
 public:
  /// Elements by their places, 0 .. length() - 1: the first of `count` that are `step` apart.
  struct Range {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    std::int64_t step = 1;
  };
  enum class Operation : std::uint8_t { set, add, max, min };
  /// What to do with one element. `amount.below_zero` is for `add`; the others take its bits.
  struct Step {
    std::uint64_t place = 0;
    Amount amount;
  };

  /// Creates the array, all 0. Code::exists if the name is taken, Code::limit for more than an object can have,
  /// Code::full.
  static os::Result<void> create(const store::Store& store, std::string_view name, Element type, std::uint64_t length,
                                 const Permissions& permissions) noexcept;
  /// The same with these elements.
  static os::Result<void> create(const store::Store& store, std::string_view name, Element type,
                                 std::span<const Bits> numbers, const Permissions& permissions) noexcept;
  static os::Result<Array> open(const store::Store& store, std::string_view name, os::Access access) noexcept;

  [[nodiscard]] Element type() const noexcept { return type_; }
  [[nodiscard]] std::uint64_t length() const noexcept { return length_; }
  [[nodiscard]] const segment::Region& region() const noexcept { return region_; }
  /// The place of the element with that index, which counts from the end if it is below 0; Code::absent: there is none.
  [[nodiscard]] os::Result<std::uint64_t> place_of(std::int64_t index) const noexcept;

  [[nodiscard]] Range range_of(const Slice& slice) const noexcept;

  // Places must be below length().
  os::Result<Bits> get(std::uint64_t place) const noexcept;
  /// Adds the elements to `into`, one range after the other, size_of(type()) bytes each.
  os::Result<void> get(std::span<const Range> ranges, os::Buffer& into) const noexcept;

  /// Does all of the steps, or none: Code::range if one of the numbers would not fit. `results`, as many, receive the
  /// elements after each step.
  os::Result<void> change(Operation operation, std::span<const Step> steps, std::span<Bits> results) noexcept;
  /// Returns the number before.
  os::Result<Bits> swap(std::uint64_t place, Bits wanted) noexcept;
  /// Code::lost if the element was not equal to `expected` (floats compare as numbers).
  os::Result<void> compare_and_set(std::uint64_t place, Bits expected, Bits wanted) noexcept;
  /// Sets the elements of the range to `numbers`, of which there are as many, or one for all of them. Code::full: they
  /// are too many for one change.
  os::Result<void> set(Range range, std::span<const Bits> numbers) noexcept;

 private:
  /// Where an element is: its word, and its first byte in that.
  struct At {
    segment::Ref word;
    std::size_t byte;
  };
  [[nodiscard]] At at(std::uint64_t place) const noexcept;
  [[nodiscard]] Bits element_in(std::uint64_t word, std::size_t byte) const noexcept;
  [[nodiscard]] std::uint64_t with_element(std::uint64_t word, std::size_t byte, Bits bits) const noexcept;
  [[nodiscard]] bool apply(Operation operation, Bits now, Amount amount, Bits& next) const noexcept;
  [[nodiscard]] os::Error does_not_fit() const noexcept;
  /// Changes one element without the lock. `wanted(now, next)` as in Region::change_word().
  template <class Wanted>
  os::Result<bool> change_one(std::uint64_t place, Wanted wanted) noexcept;

  segment::Region region_;
  Element type_ = Element::none;
  std::uint64_t size_ = 0;  // bytes of an element
  std::uint64_t length_ = 0;
};

/// Checks type and length kept in a header; for describe().
os::Result<std::uint64_t> array_length(const store::Header& header, std::string_view name) noexcept;

}  // namespace shm::object

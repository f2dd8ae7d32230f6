// value: a named value of one type, kept for its life. Here the types that fit one word (int, uint, float, bool), for
// the others see text_value.hpp; every operation on them is one atomic read-modify-write. Any process that may write
// the object; one thread per Value. Invariant: the type never changes; an operation that can't give a number of that
// type leaves the value as it was.
#pragma once
#include "object/kind.hpp"
#include "object/permissions.hpp"

namespace shm::object {

class Value {
 public:
  /// Creates the value with the type and number of `start`. Code::exists if the name is taken (by more than an absent
  /// text).
  static os::Result<void> create(const store::Store& store, std::string_view name, Scalar start,
                                 const Permissions& permissions) noexcept;
  /// Code::wrong_kind for a text or bytes too.
  static os::Result<Value> open(const store::Store& store, std::string_view name, os::Access access) noexcept;

  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] os::Result<Scalar> get() const noexcept;

  // Scalars passed in must be of type(): Code::wrong_kind otherwise.
  os::Result<void> set(Scalar wanted) noexcept;
  /// Returns the value before.
  os::Result<Scalar> swap(Scalar wanted) noexcept;
  /// Code::lost if the value was not equal to `expected` (floats compare as numbers).
  os::Result<void> compare_and_set(Scalar expected, Scalar wanted) noexcept;
  /// Returns the sum. Code::range if it does not fit the type, Code::wrong_kind for a bool. For a uint, `amount` is an
  /// int: it may be negative.
  os::Result<Scalar> add(Scalar amount) noexcept;

 private:
  [[nodiscard]] os::Result<void> check_type(Scalar scalar) const noexcept;

  segment::Cell cell_;
  Type type_ = Type::none;
};

/// Checks the type kept in a header; Code::wrong_kind for a text or bytes. For describe().
os::Result<Type> type_of(const store::Header& header, std::string_view name) noexcept;

}  // namespace shm::object

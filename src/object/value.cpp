#include "object/value.hpp"
#include <cmath>
#include "segment/workspace.hpp"

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;

bool equal(Scalar left, Scalar right) noexcept {
  return left.type == Type::float64 ? left.as_float() == right.as_float() : left.bits == right.bits;
}

// Whether `sum` is the number that adding gives, without overflow.
bool add_to(Scalar number, Scalar amount, Scalar& sum) noexcept {
  sum.type = number.type;
  switch (number.type) {
    case Type::int64: {
      std::int64_t result = 0;
      const bool fits = !__builtin_add_overflow(number.as_int(), amount.as_int(), &result);
      sum.bits = static_cast<std::uint64_t>(result);
      return fits;
    }
    case Type::uint64:  // the builtin takes operands of both signs and looks at the true sum
      return amount.type == Type::uint64 ? !__builtin_add_overflow(number.bits, amount.bits, &sum.bits)
                                         : !__builtin_add_overflow(number.bits, amount.as_int(), &sum.bits);
    default: {
      const double result = number.as_float() + amount.as_float();
      sum.bits = __builtin_bit_cast(std::uint64_t, result);
      return std::isfinite(result);
    }
  }
}
}  // namespace

Result<Type> type_of(const store::Header& header, std::string_view name) noexcept {
  const auto type = static_cast<Type>(header.type);
  if (is_text(type)) {
    return std::unexpected(fail(Code::wrong_kind, "open value", name, "it holds a text or bytes, no number",
                                "use get, set, swap, cas, append or getdel"));
  }
  if (!is_scalar(type) || !segment::Cell::is_cell(header)) {
    return std::unexpected(fail(Code::corrupt, "open value", name, "its type is not one that this version knows",
                                "use the shmctl that made it, or 'shmctl rm' it"));
  }
  return type;
}

Result<void> Value::create(const store::Store& store, std::string_view name, Scalar start,
                           const Permissions& permissions) noexcept {
  store::NewObject object;
  object.kind = static_cast<std::uint16_t>(Kind::value);
  object.type = static_cast<std::uint16_t>(start.type);
  permissions.apply_to(object);
  return create_named(store, name, [&] { return segment::Cell::create(store, name, object, start.bits); });
}

Result<Value> Value::open(const store::Store& store, std::string_view name, os::Access access) noexcept {
  // Who asks often for what is a text has it open as what it is: there is no need to look at its file each time.
  if (const auto* known = segment::Workspace::region_header(store, name);
      known != nullptr && static_cast<Kind>(known->kind) == Kind::value) {
    if (const auto type = type_of(*known, name); !type) {
      return std::unexpected(type.error());
    }
  }
  auto segment = open_kind(store, name, Kind::value, access);
  if (!segment) {
    return std::unexpected(segment.error());
  }
  const auto type = type_of(segment->header(), name);
  if (!type) {
    return std::unexpected(type.error());
  }
  auto cell = segment::Cell::of(std::move(*segment));
  if (!cell) {
    return std::unexpected(cell.error());
  }
  Value value;
  value.cell_ = std::move(*cell);
  value.type_ = *type;
  return value;
}

Result<void> Value::check_type(Scalar scalar) const noexcept {
  if (scalar.type == type_) {
    return {};
  }
  return std::unexpected(fail(Code::wrong_kind, "change value", cell_.name(), "it is of another type",
                              "a value keeps its type; see 'shmctl stat'"));
}

Result<Scalar> Value::get() const noexcept {
  const auto number = cell_.load();
  return number ? Result<Scalar>(Scalar{type_, *number}) : std::unexpected(number.error());
}

Result<void> Value::set(Scalar wanted) noexcept {
  const auto before = swap(wanted);
  return before ? Result<void>() : std::unexpected(before.error());
}

Result<Scalar> Value::swap(Scalar wanted) noexcept {
  if (auto fits = check_type(wanted); !fits) {
    return std::unexpected(fits.error());
  }
  const auto before = cell_.update([&](std::uint64_t) { return Result<std::uint64_t>(wanted.bits); });
  return before ? Result<Scalar>(Scalar{type_, *before}) : std::unexpected(before.error());
}

Result<void> Value::compare_and_set(Scalar expected, Scalar wanted) noexcept {
  for (const Scalar operand : {expected, wanted}) {
    if (auto fits = check_type(operand); !fits) {
      return fits;
    }
  }
  const auto before = cell_.update([&](std::uint64_t now) -> Result<std::uint64_t> {
    if (equal({type_, now}, expected)) {
      return wanted.bits;
    }
    return std::unexpected(fail(Code::lost, "compare value", cell_.name(), "it holds something else"));
  });
  return before ? Result<void>() : std::unexpected(before.error());
}

Result<Scalar> Value::add(Scalar amount) noexcept {
  if (type_ == Type::boolean) {
    return std::unexpected(
        fail(Code::wrong_kind, "add to value", cell_.name(), "it is a bool", "use set, swap or cas"));
  }
  if (!(type_ == Type::uint64 && amount.type == Type::int64)) {
    if (auto fits = check_type(amount); !fits) {
      return std::unexpected(fits.error());
    }
  }
  Scalar sum;
  const auto before = cell_.update([&](std::uint64_t now) -> Result<std::uint64_t> {
    if (add_to({type_, now}, amount, sum)) {
      return sum.bits;
    }
    return std::unexpected(
        fail(Code::range, "add to value", cell_.name(), "the sum does not fit its type", "nothing was changed"));
  });
  return before ? Result<Scalar>(sum) : std::unexpected(before.error());
}

}  // namespace shm::object

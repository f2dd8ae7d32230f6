#include "verbs/condition.hpp"
#include <fmt/core.h>
#include "cli/failure.hpp"
#include "verbs/state_line.hpp"

namespace shm::verbs {

namespace {
using object::Kind;
using object::Scalar;
using object::Type;
using os::Code;
using os::fail;

/// A number of any of the types: wide enough for each of them.
using Number = long double;
static_assert(std::numeric_limits<Number>::digits >= 64, "compare whole numbers and floats apart here");

Number number_of(Scalar scalar) {
  return scalar.type == Type::int64    ? static_cast<Number>(scalar.as_int())
         : scalar.type == Type::uint64 ? static_cast<Number>(scalar.bits)
                                       : static_cast<Number>(scalar.as_float());
}

Number number_in(std::string_view text) {
  for (const Type type : {Type::int64, Type::uint64, Type::float64}) {
    if (const auto number = object::parse_scalar(type, text)) {
      return number_of(*number);
    }
  }
  throw cli::Usage(fmt::format("wait: '{}': not a number to compare with", text));
}

[[noreturn]] void refuse_kind(std::string_view name, const char* why) {
  throw cli::Failure(fail(Code::wrong_kind, "wait for", name, why, "see 'shmctl stat'"));
}
}  // namespace

Condition::Condition(std::string_view words) {
  constexpr std::pair<std::string_view, What> states[] = {
      {"exists", What::exists}, {"absent", What::absent}, {"changed", What::changed}, {"empty", What::empty}};
  for (const auto& [word, what] : states) {
    if (words == word) {
      what_ = what;
      return;
    }
  }
  what_ = What::compare;
  constexpr std::pair<std::string_view, Order> orders[] = {{"<=", Order::at_most}, {">=", Order::at_least},
                                                           {"==", Order::equal},   {"!=", Order::other},
                                                           {"<", Order::less},     {">", Order::more}};
  for (const auto& [sign, order] : orders) {
    if (words.starts_with(sign)) {
      order_ = order;
      operand_ = words.substr(sign.size());
      if (order != Order::equal && order != Order::other) {
        (void)number_in(operand_);
      }
      return;
    }
  }
  throw cli::Usage(fmt::format(
      "wait: '{}': not a condition (say exists, absent, changed, empty, or one of < <= == != >= > with a value)",
      words));
}

bool Condition::has_changed(const object::Watch::State* now) {
  const auto id = now != nullptr ? std::optional(now->object.header.id) : std::nullopt;
  if (begun_) {
    return id != id_ || (now != nullptr && now->mark != mark_);
  }
  begun_ = true;
  id_ = id;
  mark_ = now != nullptr ? now->mark : 0;
  return false;
}

bool Condition::compares(std::string_view name, const object::Watch::State& now) const {
  const bool equality = order_ == Order::equal || order_ == Order::other;
  const auto& found = now.object;
  if (found.kind == Kind::value && object::is_text(found.type)) {
    if (!equality) {
      refuse_kind(name, "a text is not more or less than another: say == or !=");
    }
    return (now.text.view() == operand_) == (order_ == Order::equal);
  }
  if (found.kind == Kind::value && found.type == Type::boolean) {
    if (!equality) {
      refuse_kind(name, "a truth value is not more or less than another: say == or !=");
    }
    const auto wanted = object::parse_scalar(Type::boolean, operand_);
    if (!wanted) {
      throw cli::Usage(fmt::format("wait: '{}': neither true nor false", operand_));
    }
    return (found.state.bits == wanted->bits) == (order_ == Order::equal);
  }
  const auto length = length_of(found);
  const Number have = length ? static_cast<Number>(*length) : number_of(found.state);
  const Number wanted = number_in(operand_);
  switch (order_) {
    case Order::less: return have < wanted;
    case Order::at_most: return have <= wanted;
    case Order::equal: return have == wanted;
    case Order::other: return have != wanted;
    case Order::at_least: return have >= wanted;
    case Order::more: return have > wanted;
  }
  return false;
}

bool Condition::holds(std::string_view name, const object::Watch::State* now) {
  switch (what_) {
    case What::exists: return now != nullptr;
    case What::absent: return now == nullptr;
    case What::changed: return has_changed(now);
    case What::compare: return now != nullptr && compares(name, *now);
    case What::empty: break;
  }
  if (now == nullptr) {
    return false;
  }
  if (now->object.kind == Kind::value && object::is_text(now->object.type)) {
    return now->text.empty();
  }
  const auto length = length_of(now->object);
  if (!length) {
    refuse_kind(name, "a number is never empty: compare it");
  }
  return *length == 0;
}

}  // namespace shm::verbs

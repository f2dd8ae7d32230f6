#include "object/scalar.hpp"
#include <charconv>
#include <cmath>

namespace shm::object {

namespace {
using os::Code;
using os::fail;

struct Named {
  Type type;
  std::string_view name;
};
constexpr Named names[] = {{Type::int64, "int"},    {Type::uint64, "uint"}, {Type::float64, "float"},
                           {Type::boolean, "bool"}, {Type::text, "text"},   {Type::bytes, "bytes"}};

template <class Number>
os::Result<Scalar> parse_number(Type type, std::string_view text) noexcept {
  std::string_view digits = text;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') {
    digits.remove_prefix(1);
  }
  Number number{};
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error == std::errc::result_out_of_range && stop == end) {
    return std::unexpected(fail(Code::range, "read number", text, "does not fit into 64 bits"));
  }
  if (error != std::errc() || stop != end) {
    if constexpr (std::is_unsigned_v<Number>) {
      const auto below = parse_number<std::int64_t>(Type::int64, digits);
      if (digits.starts_with('-') && (below || below.error().code == Code::range)) {
        return std::unexpected(fail(Code::range, "read number", text, "a uint is never below 0"));
      }
    }
    return std::unexpected(fail(Code::usage, "read number", text,
                                type == Type::float64 ? "not a decimal number" : "not a whole decimal number"));
  }
  if constexpr (sizeof(Number) == sizeof(double) && std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) {
      return std::unexpected(fail(Code::range, "read number", text, "not a finite number"));
    }
    return Scalar{type, __builtin_bit_cast(std::uint64_t, number)};
  } else {
    return Scalar{type, static_cast<std::uint64_t>(number)};
  }
}

os::Result<Scalar> parse_bool(std::string_view text) noexcept {
  for (const std::string_view yes : {"true", "1", "yes", "on"}) {
    if (text == yes) {
      return Scalar{Type::boolean, 1};
    }
  }
  for (const std::string_view no : {"false", "0", "no", "off"}) {
    if (text == no) {
      return Scalar{Type::boolean, 0};
    }
  }
  return std::unexpected(fail(Code::usage, "read bool", text, "neither true nor false", "say true or false"));
}
}  // namespace

std::string_view type_name(Type type) noexcept {
  for (const auto& named : names) {
    if (named.type == type) {
      return named.name;
    }
  }
  return {};
}

Type type_of_name(std::string_view name) noexcept {
  for (const auto& named : names) {
    if (named.name == name) {
      return named.type;
    }
  }
  return Type::none;
}

os::Result<Scalar> parse_scalar(Type type, std::string_view text) noexcept {
  switch (type) {
    case Type::int64: return parse_number<std::int64_t>(type, text);
    case Type::uint64: return parse_number<std::uint64_t>(type, text);
    case Type::float64: return parse_number<double>(type, text);
    case Type::boolean: return parse_bool(text);
    default: return std::unexpected(fail(Code::wrong_kind, "read number", text, "the type holds no number"));
  }
}

os::Text<32> format_scalar(Scalar scalar) noexcept {
  char digits[32];
  std::to_chars_result done{};
  switch (scalar.type) {
    case Type::int64: done = std::to_chars(&digits[0], &digits[sizeof digits], scalar.as_int()); break;
    case Type::uint64: done = std::to_chars(&digits[0], &digits[sizeof digits], scalar.bits); break;
    case Type::float64: done = std::to_chars(&digits[0], &digits[sizeof digits], scalar.as_float()); break;
    default: return os::Text<32>(scalar.bits != 0 ? "true" : "false");
  }
  return os::Text<32>(std::string_view(&digits[0], static_cast<std::size_t>(done.ptr - &digits[0])));
}

}  // namespace shm::object

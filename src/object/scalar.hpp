// One number of one of the types that fit a word, as text and as bits. Pure functions; nothing is allocated, no locale
// is asked. Any thread.
#pragma once
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::object {

/// Numbers are part of the format (Header::type): never reuse one.
enum class Type : std::uint16_t {
  none = 0,
  int64 = 1,
  uint64 = 2,
  float64 = 3,
  boolean = 4,
  text = 5,   ///< variable length: not a scalar
  bytes = 6,  ///< variable length: not a scalar
};

struct Scalar {
  Type type = Type::none;
  std::uint64_t bits = 0;  ///< the number as the word holds it

  static Scalar of(std::int64_t number) noexcept { return {Type::int64, static_cast<std::uint64_t>(number)}; }
  [[nodiscard]] std::int64_t as_int() const noexcept { return static_cast<std::int64_t>(bits); }
  [[nodiscard]] double as_float() const noexcept { return __builtin_bit_cast(double, bits); }
};

/// "int", "uint", "float", "bool", "text", "bytes"; empty for a number that is no type.
std::string_view type_name(Type type) noexcept;
/// Type::none for a name that is not a type's.
Type type_of_name(std::string_view name) noexcept;

constexpr bool is_scalar(Type type) noexcept { return type >= Type::int64 && type <= Type::boolean; }
/// Content of any length: text_value.hpp.
constexpr bool is_text(Type type) noexcept { return type == Type::text || type == Type::bytes; }

/// Reads `text` whole as a number of `type`: Code::usage if it is none, Code::range if it does not fit.
os::Result<Scalar> parse_scalar(Type type, std::string_view text) noexcept;
/// The shortest text that reads back as the same number.
os::Text<32> format_scalar(Scalar scalar) noexcept;

}  // namespace shm::object

#include "object/element.hpp"
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

namespace shm::object {

namespace {
using os::Code;
using os::fail;
using os::Result;
__extension__ using Wide = __int128;  // has every sum of two integers here

struct Named {
  Element type;
  std::string_view name;
};
// The first name of a type is the one that it is told by.
constexpr Named names[] = {
    {Element::int8, "int8"},      {Element::uint8, "uint8"},     {Element::int16, "int16"},
    {Element::uint16, "uint16"},  {Element::int32, "int32"},     {Element::uint32, "uint32"},
    {Element::int64, "int64"},    {Element::uint64, "uint64"},   {Element::float32, "float"},
    {Element::float64, "double"}, {Element::float32, "float32"}, {Element::float64, "float64"},
    {Element::int8, "b"},         {Element::uint8, "B"},         {Element::int16, "h"},
    {Element::uint16, "H"},       {Element::int32, "i"},         {Element::uint32, "I"},
    {Element::int64, "l"},        {Element::uint64, "L"},        {Element::int64, "q"},
    {Element::uint64, "Q"},       {Element::float32, "f"},       {Element::float64, "d"},
};

// Calls `act` with a value of the C++ type.
template <class Act>
auto with(Element type, Act act) {
  switch (type) {
    case Element::int8: return act(std::int8_t{});
    case Element::uint8: return act(std::uint8_t{});
    case Element::int16: return act(std::int16_t{});
    case Element::uint16: return act(std::uint16_t{});
    case Element::int32: return act(std::int32_t{});
    case Element::uint32: return act(std::uint32_t{});
    case Element::int64: return act(std::int64_t{});
    case Element::float32: return act(float{});
    case Element::float64: return act(double{});
    default: return act(std::uint64_t{});
  }
}

template <class T>
Bits bits_of(T number) noexcept {
  Bits bits = 0;
  std::memcpy(&bits, &number, sizeof number);  // little or big endian: from_bits() undoes it
  return bits;
}
template <class T>
T from_bits(Bits bits) noexcept {
  T number;
  std::memcpy(&number, &bits, sizeof number);
  return number;
}

template <class T>
Result<T> parse(std::string_view text) noexcept {
  std::string_view digits = text;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') {
    digits.remove_prefix(1);
  }
  T number{};
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error == std::errc::result_out_of_range && stop == end) {
    return std::unexpected(fail(Code::range, "read number", text, "does not fit the array's type"));
  }
  if (error != std::errc() || stop != end) {
    if constexpr (std::is_unsigned_v<T>) {
      const auto below = parse<std::int64_t>(digits);
      if (digits.starts_with('-') && (below || below.error().code == Code::range)) {
        return std::unexpected(fail(Code::range, "read number", text, "the array's type has no numbers below 0"));
      }
    }
    return std::unexpected(fail(Code::usage, "read number", text,
                                std::is_floating_point_v<T> ? "not a decimal number" : "not a whole decimal number"));
  }
  if constexpr (std::is_floating_point_v<T>) {
    if (!std::isfinite(number)) {
      return std::unexpected(fail(Code::range, "read number", text, "not a finite number"));
    }
  }
  return number;
}
}  // namespace

std::size_t size_of(Element type) noexcept {
  return element_name(type).empty() ? 0 : with(type, [](auto number) { return sizeof number; });
}

std::string_view element_name(Element type) noexcept {
  for (const auto& named : names) {
    if (named.type == type) {
      return named.name;
    }
  }
  return {};
}

Element element_of_name(std::string_view name) noexcept {
  for (const auto& named : names) {
    if (named.name == name) {
      return named.type;
    }
  }
  return Element::none;
}

Result<Bits> parse_element(Element type, std::string_view text) noexcept {
  return with(type, [&](auto number) -> Result<Bits> {
    const auto read = parse<decltype(number)>(text);
    return read ? Result<Bits>(bits_of(*read)) : std::unexpected(read.error());
  });
}

Result<Amount> parse_amount(Element type, std::string_view text) noexcept {
  return with(type, [&](auto number) -> Result<Amount> {
    using T = decltype(number);
    if constexpr (std::is_floating_point_v<T>) {
      const auto read = parse<T>(text);
      return read ? Result<Amount>(Amount{bits_of(*read), false}) : std::unexpected(read.error());
    } else {
      // As wide as it comes: whether the sum fits is what matters.
      if (const auto below = parse<std::int64_t>(text); below) {
        return Amount{bits_of(*below), *below < 0};
      }
      const auto read = parse<std::uint64_t>(text);
      return read ? Result<Amount>(Amount{*read, false}) : std::unexpected(read.error());
    }
  });
}

os::Text<32> format_element(Element type, Bits bits) noexcept {
  return with(type, [&](auto number) {
    char digits[32];
    const auto done = std::to_chars(&digits[0], &digits[sizeof digits], from_bits<decltype(number)>(bits));
    return os::Text<32>(std::string_view(&digits[0], static_cast<std::size_t>(done.ptr - &digits[0])));
  });
}

bool add_to(Element type, Bits bits, Amount amount, Bits& sum) noexcept {
  return with(type, [&](auto number) {
    using T = decltype(number);
    if constexpr (std::is_floating_point_v<T>) {
      const T result = from_bits<T>(bits) + from_bits<T>(amount.bits);
      sum = bits_of(result);
      return std::isfinite(result);
    } else {
      const Wide more = amount.below_zero ? Wide{from_bits<std::int64_t>(amount.bits)} : Wide{amount.bits};
      const Wide result = Wide{from_bits<T>(bits)} + more;
      sum = bits_of(static_cast<T>(result));
      return result >= std::numeric_limits<T>::min() && result <= std::numeric_limits<T>::max();
    }
  });
}

bool equal(Element type, Bits left, Bits right) noexcept {
  return with(type, [&](auto number) {
    using T = decltype(number);
    if constexpr (std::is_floating_point_v<T>) {
      return from_bits<T>(left) == from_bits<T>(right);
    } else {
      return left == right;
    }
  });
}

bool less(Element type, Bits left, Bits right) noexcept {
  return with(type, [&](auto number) {
    using T = decltype(number);
    return from_bits<T>(left) < from_bits<T>(right);
  });
}

}  // namespace shm::object

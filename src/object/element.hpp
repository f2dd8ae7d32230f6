// The numbers that an array is made of: their types, as text and as bits. Pure functions; nothing is allocated, no
// locale is asked. Any thread.
#pragma once
#include <cstddef>
#include "os/error.hpp"
#include "os/text.hpp"

namespace shm::object {

/// Numbers are part of the format (Header::type of an array): never reuse one.
enum class Element : std::uint16_t {
  none = 0,
  int8 = 1,
  uint8 = 2,
  int16 = 3,
  uint16 = 4,
  int32 = 5,
  uint32 = 6,
  int64 = 7,
  uint64 = 8,
  float32 = 9,
  float64 = 10,
};

/// Bits of an element, in the low bytes; the others are 0.
using Bits = std::uint64_t;

/// What is added to an element: a number of its type, and for one without a sign perhaps one below 0.
struct Amount {
  Bits bits = 0;
  bool below_zero = false;  ///< the bits are an int64's
};

/// Bytes that one takes; 0 for a number that is no type.
std::size_t size_of(Element type) noexcept;
/// "int8", ..., "uint64", "float", "double"; empty for a number that is no type.
std::string_view element_name(Element type) noexcept;
/// The same names, "float32", "float64", and the letters that Python's array has, by how large they are there in a C
/// program here: b B h H i I l L q Q f d. Element::none for another name.
Element element_of_name(std::string_view name) noexcept;

/// Reads `text` whole as a number of `type`: Code::usage if it is none, Code::range if it does not fit.
os::Result<Bits> parse_element(Element type, std::string_view text) noexcept;
os::Result<Amount> parse_amount(Element type, std::string_view text) noexcept;
/// The shortest text that reads back as the same number.
os::Text<32> format_element(Element type, Bits bits) noexcept;

/// The sum, if it fits.
bool add_to(Element type, Bits bits, Amount amount, Bits& sum) noexcept;
/// As numbers: the two zeros of a float are equal.
bool equal(Element type, Bits left, Bits right) noexcept;
bool less(Element type, Bits left, Bits right) noexcept;

}  // namespace shm::object

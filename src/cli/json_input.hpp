// JSON that somebody gives us, as a tree. Numbers are exact: a whole one is an int64 or, if it needs that, a uint64;
// any other keeps its digits as well. Strings are bytes, which JSON makes UTF-8. Verbs call it. Pure.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace shm::cli {

enum class JsonType : std::uint8_t { null, boolean, integer, natural, real, string, array, object };

struct JsonValue {
  JsonType type = JsonType::null;
  bool boolean = false;
  std::int64_t integer = 0;      ///< a whole number that fits
  std::uint64_t natural = 0;     ///< a whole number above those
  double real = 0;               ///< any other number
  std::string text;              ///< of a string, its bytes; of a real, its digits as they were written
  std::string key;               ///< of a member of an object
  std::vector<JsonValue> items;  ///< of an array or object, in the order they were written; a key may come twice

  /// The member of that key: the last, if there are several; null if there is none.
  [[nodiscard]] const JsonValue* find(std::string_view member) const noexcept;
  [[nodiscard]] bool is_number() const noexcept {
    return type == JsonType::integer || type == JsonType::natural || type == JsonType::real;
  }
  /// A number's digits: of a whole one the shortest, of a real as they were written.
  [[nodiscard]] std::string digits() const;
};

struct JsonError {
  std::size_t line = 0;  ///< from 1 on, and so the column, in bytes; 0: nowhere in particular
  std::size_t column = 0;
  std::string why;

  /// "line 2, column 6: ...", or why alone.
  [[nodiscard]] std::string message() const;
};

/// How deep arrays and objects may lie in one another.
inline constexpr std::size_t most_json_depth = 500;

/// The one value that `text` is; nothing but white space may stand around it.
std::expected<JsonValue, JsonError> parse_json(std::string_view text);

}  // namespace shm::cli

// A line that `load` was given, as JSON: its fields, each asked for once by name and type. What is missing, is of
// another type or is asked for by nobody is an error that names the field. Single-threaded.
#pragma once
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>
#include "cli/json_input.hpp"

namespace shm::verbs {

/// Why a line can't be used: "field 'min': not a whole number".
class BadLine : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Fields {
 public:
  /// `object` must outlive it, and be an object. `where`: what it is, for errors: "" or "items: ".
  explicit Fields(const cli::JsonValue& object, std::string where = "");

  [[nodiscard]] bool has(std::string_view key) const noexcept;
  std::int64_t integer(std::string_view key);
  std::uint64_t natural(std::string_view key);  ///< not below 0
  std::string text(std::string_view key);
  /// Of any bytes: field `key`, or `key`_base64.
  std::string bytes(std::string_view key);
  const cli::JsonValue& value(std::string_view key);
  const std::vector<cli::JsonValue>& list(std::string_view key);
  // Nothing for null, and for what is not there.
  std::optional<std::int64_t> some_integer(std::string_view key);
  std::optional<std::uint64_t> some_natural(std::string_view key);
  std::optional<std::string> some_text(std::string_view key);
  std::optional<std::string> some_bytes(std::string_view key);

  /// Throws BadLine if there is a field that was not asked for.
  void finish() const;
  [[noreturn]] void refuse(std::string_view key, std::string_view why) const;

 private:
  const cli::JsonValue* take(std::string_view key);
  const cli::JsonValue& need(std::string_view key);
  const cli::JsonValue& object_;
  std::string where_;
  std::vector<bool> taken_;
};

/// A whole number of JSON as one of these types; nothing if it does not fit.
std::optional<std::int64_t> as_integer(const cli::JsonValue& value);
std::optional<std::uint64_t> as_natural(const cli::JsonValue& value);
/// One of the items of a list of any bytes: a string, or {"base64":"..."}.
std::optional<std::string> as_bytes(const cli::JsonValue& value);

}  // namespace shm::verbs

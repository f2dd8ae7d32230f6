#include "verbs/fields.hpp"
#include <fmt/core.h>
#include "cli/base64.hpp"
#include "cli/printable.hpp"

namespace shm::verbs {

using cli::JsonType;
using cli::JsonValue;

namespace {
std::string in_base64(std::string_view key) { return std::string(key) + "_base64"; }
}  // namespace

Fields::Fields(const JsonValue& object, std::string where) : object_(object), where_(std::move(where)) {
  if (object.type != JsonType::object) {
    throw BadLine(where_ + "not an object of JSON");
  }
  taken_.resize(object.items.size());
  for (std::size_t i = 0; i < object.items.size(); ++i) {
    if (object.find(object.items[i].key) != &object.items[i]) {
      refuse(object.items[i].key, "is there twice");
    }
  }
}

void Fields::refuse(std::string_view key, std::string_view why) const {
  throw BadLine(fmt::format("{}field '{}': {}", where_, cli::printable(key), why));
}

bool Fields::has(std::string_view key) const noexcept { return object_.find(key) != nullptr; }

const JsonValue* Fields::take(std::string_view key) {
  const JsonValue* found = object_.find(key);
  if (found == nullptr) {
    return nullptr;
  }
  taken_[static_cast<std::size_t>(found - object_.items.data())] = true;
  return found->type == JsonType::null ? nullptr : found;
}

const JsonValue& Fields::need(std::string_view key) {
  const JsonValue* found = take(key);
  if (found == nullptr) {
    refuse(key, "is missing");
  }
  return *found;
}

std::int64_t Fields::integer(std::string_view key) {
  const auto number = as_integer(need(key));
  if (!number) {
    refuse(key, "not a whole number of 64 bits");
  }
  return *number;
}

std::uint64_t Fields::natural(std::string_view key) {
  const auto number = as_natural(need(key));
  if (!number) {
    refuse(key, "not a whole number of 64 bits, 0 or more");
  }
  return *number;
}

std::string Fields::text(std::string_view key) {
  const auto& found = need(key);
  if (found.type != JsonType::string) {
    refuse(key, "not a string");
  }
  return found.text;
}

std::string Fields::bytes(std::string_view key) {
  if (has(key)) {
    return text(key);
  }
  if (!has(in_base64(key))) {
    refuse(key, "is missing");
  }
  auto found = cli::from_base64(text(in_base64(key)));
  if (!found) {
    refuse(in_base64(key), "not base64");
  }
  return std::move(*found);
}

const JsonValue& Fields::value(std::string_view key) { return need(key); }

const std::vector<JsonValue>& Fields::list(std::string_view key) {
  const auto& found = need(key);
  if (found.type != JsonType::array) {
    refuse(key, "not an array");
  }
  return found.items;
}

std::optional<std::int64_t> Fields::some_integer(std::string_view key) {
  return take(key) != nullptr ? std::optional(integer(key)) : std::nullopt;
}
std::optional<std::uint64_t> Fields::some_natural(std::string_view key) {
  return take(key) != nullptr ? std::optional(natural(key)) : std::nullopt;
}
std::optional<std::string> Fields::some_text(std::string_view key) {
  return take(key) != nullptr ? std::optional(text(key)) : std::nullopt;
}
std::optional<std::string> Fields::some_bytes(std::string_view key) {
  return has(key) || has(in_base64(key)) ? std::optional(bytes(key)) : std::nullopt;
}

void Fields::finish() const {
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    if (!taken_[i]) {
      refuse(object_.items[i].key, "no such object has it");
    }
  }
}

std::optional<std::int64_t> as_integer(const JsonValue& value) {
  return value.type == JsonType::integer ? std::optional(value.integer) : std::nullopt;
}

std::optional<std::uint64_t> as_natural(const JsonValue& value) {
  if (value.type == JsonType::integer && value.integer >= 0) {
    return static_cast<std::uint64_t>(value.integer);
  }
  return value.type == JsonType::natural ? std::optional(value.natural) : std::nullopt;
}

std::optional<std::string> as_bytes(const JsonValue& value) {
  if (value.type == JsonType::string) {
    return value.text;
  }
  const JsonValue* encoded = value.find("base64");
  if (value.type != JsonType::object || value.items.size() != 1 || encoded == nullptr ||
      encoded->type != JsonType::string) {
    return std::nullopt;
  }
  return cli::from_base64(encoded->text);
}

}  // namespace shm::verbs

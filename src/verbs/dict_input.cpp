#include "verbs/dict_input.hpp"
#include <fmt/core.h>
#include "cli/base64.hpp"
#include "cli/json_input.hpp"
#include "os/standard_streams.hpp"
#include "verbs/dict_words.hpp"

namespace shm::verbs {

namespace {
using cli::JsonType;
using cli::JsonValue;

/// What a dict keeps of a value of JSON; nothing for one that it has no form for.
std::optional<std::string> bytes_of_json(const JsonValue& value) {
  switch (value.type) {
    case JsonType::string: return value.text;
    case JsonType::boolean: return value.boolean ? "true" : "false";
    case JsonType::integer:
    case JsonType::natural:
    case JsonType::real: return value.digits();
    case JsonType::object:
      if (value.items.size() == 1 && value.items[0].key == "base64" && value.items[0].type == JsonType::string) {
        return cli::from_base64(value.items[0].text);
      }
      return std::nullopt;
    default: return std::nullopt;
  }
}
}  // namespace

void DictInput::add(std::string_view key, std::string_view value) {
  if (key.empty()) {
    refuse(call_, "a KEY is empty (it has one byte at least)");
  }
  pairs_.push_back({as_span(key), as_span(value)});
}

void DictInput::read() { cli::must(os::read_input(input_)); }

void DictInput::add_all(bool json) {
  read();
  const auto text = input_.view();
  const auto first = text.find_first_not_of(" \t\r\n");
  if (json || (!call_.has("null") && first != text.npos && text[first] == '{')) {
    add_json();
  } else if (call_.has("null")) {
    add_by_nul();
  } else {
    add_lines();
  }
}

void DictInput::add_lines() {
  std::size_t number = 0;
  for (auto rest = input_.view(); !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    ++number;
    const auto equals = line.find('=');
    if (equals == line.npos) {
      refuse(call_, fmt::format("line {} of standard input has no '=' (each is KEY=VALUE)", number));
    }
    add(line.substr(0, equals), line.substr(equals + 1));
  }
}

void DictInput::add_by_nul() {
  for (auto rest = input_.view(); !rest.empty();) {
    const auto key = rest.substr(0, rest.find('\0'));
    if (key.size() == rest.size()) {
      refuse(call_, "the last key of standard input has no value (with --null: key NUL value NUL)");
    }
    rest.remove_prefix(key.size() + 1);
    const auto value = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(value.size() + 1, rest.size()));
    add(key, value);
  }
}

void DictInput::add_json() {
  const auto object = cli::parse_json(input_.view());
  if (!object) {
    refuse(call_, fmt::format("standard input is no JSON: {}", object.error().message()));
  }
  if (object->type != JsonType::object) {
    refuse(call_, "standard input is JSON, but no object");
  }
  for (const auto& member : object->items) {
    const auto value = bytes_of_json(member);
    if (!value) {
      refuse(call_,
             fmt::format("the value of '{}' is no string, number, truth value or {{\"base64\":...}}", member.key));
    }
    add(kept_.emplace_back(member.key), kept_.emplace_back(*value));
  }
}

DictWord::DictWord(const cli::Call& call, std::size_t operand)
    : word_(call.operands[operand]), is_input_(word_ == "-") {
  if (is_input_) {
    cli::must(os::read_input(input_));
  }
}

object::Dict::Bytes DictWord::bytes() const noexcept { return is_input_ ? input_.bytes() : as_span(word_); }

}  // namespace shm::verbs

#include "cli/json_input.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace shm::cli {

namespace {
/// What the parser says it met, put into the tree. Its words are the library's.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(JsonValue& root) { open_.push_back(&root); }

  bool null() override { return add(JsonType::null) != nullptr; }
  bool boolean(bool yes) override { return keep(JsonType::boolean, &JsonValue::boolean, yes); }
  bool number_integer(std::int64_t number) override { return keep(JsonType::integer, &JsonValue::integer, number); }
  bool number_unsigned(std::uint64_t number) override {
    return number <= static_cast<std::uint64_t>(INT64_MAX) ? number_integer(static_cast<std::int64_t>(number))
                                                           : keep(JsonType::natural, &JsonValue::natural, number);
  }
  bool number_float(double number, const std::string& digits) override {
    JsonValue* value = add(JsonType::real);
    value->real = number;
    value->text = digits;
    return true;
  }
  bool string(std::string& text) override {
    add(JsonType::string)->text = std::move(text);
    return true;
  }
  bool binary(nlohmann::json::binary_t&) override { return false; }  // JSON has none
  bool start_object(std::size_t) override { return enter(JsonType::object); }
  bool start_array(std::size_t) override { return enter(JsonType::array); }
  bool key(std::string& text) override {
    key_ = std::move(text);
    return true;
  }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 3: syntax error while ..."
    std::string_view why = error.what();
    why.remove_prefix(std::min(why.size(), why.find("] ") + 2));
    if (why.starts_with("parse error at ") && why.find(": ") != why.npos) {
      why.remove_prefix(why.find(": ") + 2);
    }
    position_ = position;
    why_ = why;
    return false;
  }

  [[nodiscard]] std::size_t position() const { return position_; }
  [[nodiscard]] const std::string& why() const { return why_; }

 private:
  // open_ is never empty while the parser has something to say: the root is the last to be left. The value that a
  // pointer in it is to stays where it is, for nothing is added beside it before it is left.
  JsonValue* add(JsonType type) {
    JsonValue* value = open_.back();
    if (value->type == JsonType::array || value->type == JsonType::object) {
      value = &value->items.emplace_back();
      value->key = std::move(key_);
      key_.clear();
    }
    value->type = type;
    return value;
  }
  template <class Value>
  bool keep(JsonType type, Value JsonValue::* member, Value what) {
    add(type)->*member = what;
    return true;
  }
  bool enter(JsonType type) {
    if (open_.size() > most_json_depth) {
      why_ = fmt::format("more than {} arrays and objects in one another", most_json_depth);
      return false;
    }
    open_.push_back(add(type));
    return true;
  }
  bool leave() {
    open_.pop_back();
    return true;
  }

  std::vector<JsonValue*> open_;
  std::string key_;
  std::size_t position_ = 0;
  std::string why_;
};
}  // namespace

const JsonValue* JsonValue::find(std::string_view member) const noexcept {
  const auto found = std::find_if(items.rbegin(), items.rend(), [&](const auto& item) { return item.key == member; });
  return type != JsonType::object || found == items.rend() ? nullptr : &*found;
}

std::string JsonValue::digits() const {
  return type == JsonType::integer   ? fmt::format("{}", integer)
         : type == JsonType::natural ? fmt::format("{}", natural)
                                     : text;
}

std::string JsonError::message() const {
  return line == 0 ? why : fmt::format("line {}, column {}: {}", line, column, why);
}

std::expected<JsonValue, JsonError> parse_json(std::string_view text) {
  JsonValue root;
  Builder builder(root);
  if (nlohmann::json::sax_parse(text, &builder)) {
    return root;
  }
  if (builder.position() == 0) {
    return std::unexpected(JsonError{0, 0, builder.why()});
  }
  // The parser's position is how many bytes it had read, the one that it disliked included.
  const auto read = text.substr(0, std::min(builder.position() - 1, text.size()));
  const auto line_start = read.rfind('\n') == read.npos ? 0 : read.rfind('\n') + 1;
  return std::unexpected(JsonError{static_cast<std::size_t>(std::count(read.begin(), read.end(), '\n')) + 1,
                                   read.size() - line_start + 1, builder.why()});
}

}  // namespace shm::cli

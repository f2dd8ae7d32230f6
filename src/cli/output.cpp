#include "cli/output.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>
#include "cli/base64.hpp"
#include "cli/failure.hpp"
#include "os/standard_streams.hpp"

namespace shm::cli {

namespace {
template <class Value>
std::string encode(const Value& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Most texts, and all keys, are the same in JSON: a list of a million objects has eight million of them.
std::string encode_text(std::string_view text) {
  const auto plain = [](char c) { return c >= ' ' && c < '\x7f' && c != '"' && c != '\\'; };
  if (!std::all_of(text.begin(), text.end(), plain)) {
    return encode(text);
  }
  std::string quoted;
  quoted.reserve(text.size() + 2);
  return quoted.append(1, '"').append(text).append(1, '"');
}
}  // namespace

Json& Json::add_raw(std::string_view key, std::string_view json) {
  if (!fields_.empty()) {
    fields_ += ",";
  }
  fields_ += encode_text(key);
  fields_ += ':';
  fields_ += json;
  return *this;
}

Json& Json::add(std::string_view key, std::string_view text) { return add_raw(key, encode_text(text)); }
Json& Json::add(std::string_view key, std::int64_t number) { return add_raw(key, encode(number)); }
Json& Json::add(std::string_view key, std::uint64_t number) { return add_raw(key, encode(number)); }
Json& Json::add(std::string_view key, double number) { return add_raw(key, encode(number)); }
Json& Json::add(std::string_view key, bool yes) { return add_raw(key, yes ? "true" : "false"); }
Json& Json::add(std::string_view key, const std::vector<std::int64_t>& numbers) {
  return add_raw(key, encode(numbers));
}
Json& Json::add_bytes(std::string_view key, std::string_view bytes) {
  return is_utf8(bytes) ? add(key, bytes) : add(std::string(key) + "_base64", base64(bytes));
}
Json& Json::add_null(std::string_view key) { return add_raw(key, "null"); }

Json& Json::add(std::string_view key, const std::vector<Json>& objects) {
  std::string list = "[";
  for (const auto& object : objects) {
    list += list.size() == 1 ? "" : ",";
    list += object.text();
  }
  list += ']';
  return add_raw(key, list);
}

void Columns::fit(Cells cells) {
  widths_.resize(std::max(widths_.size(), cells.size()));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    widths_[i] = std::max(widths_[i], cells[i].size());
  }
}

std::string Columns::line(Cells cells) const {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    text += cells[i];
    if (i + 1 < cells.size()) {
      text.append(widths_[i] - cells[i].size() + 2, ' ');
    }
  }
  text += '\n';
  return text;
}

std::string Table::text() const {
  Columns columns;
  for (const auto& row : rows_) {
    columns.fit(std::vector<std::string_view>(row.begin(), row.end()));
  }
  std::string text;
  for (const auto& row : rows_) {
    text += columns.line(std::vector<std::string_view>(row.begin(), row.end()));
  }
  return text;
}

void Output::end_line() {
  if (format != Format::raw) {
    buffer_ += format == Format::null ? '\0' : '\n';
  }
}

void Output::line(std::string_view plain) {
  if (!quiet) {
    buffer_ += plain;
    end_line();
  }
}

void Output::result(std::string_view plain, const Json& object) {
  if (format != Format::json) {
    line(plain);
  } else if (!quiet) {
    write(object);
  }
}

void Output::flush() {
  if (auto written = os::write_to(os::Stream::out, buffer_); !written) {
    auto error = written.error();
    error.advice = "what was to be changed has been changed";
    throw Failure(error);
  }
  buffer_.clear();
}

}  // namespace shm::cli

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
}  // namespace

Json& Json::add_raw(std::string_view key, std::string_view json) {
  if (!fields_.empty()) {
    fields_ += ",";
  }
  fields_ += encode(key) + ":";
  fields_ += json;
  return *this;
}

Json& Json::add(std::string_view key, std::string_view text) { return add_raw(key, encode(text)); }
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

std::string Table::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) {
        text.append(widths[i] - row[i].size() + 2, ' ');
      }
    }
    text += '\n';
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

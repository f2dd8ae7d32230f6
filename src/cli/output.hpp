// What a verb prints on stdout: plain values one a line, or JSON, or tables. Gathered and written in one piece at the
// end, so that a reader sees whole lines and a failed write is told. Single-threaded.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shm::cli {

/// One JSON object, built field by field in the order given. Numbers are exact; bytes that are no UTF-8 become U+FFFD.
class Json {
 public:
  Json& add(std::string_view key, std::string_view text);
  Json& add(std::string_view key, const char* text) { return add(key, std::string_view(text)); }
  Json& add(std::string_view key, std::int64_t number);
  Json& add(std::string_view key, std::uint64_t number);
  Json& add(std::string_view key, std::int32_t number) { return add(key, std::int64_t{number}); }
  Json& add(std::string_view key, std::uint32_t number) { return add(key, std::uint64_t{number}); }
  Json& add(std::string_view key, double number);
  Json& add(std::string_view key, bool yes);
  Json& add(std::string_view key, const std::vector<Json>& objects);
  Json& add(std::string_view key, const std::vector<std::int64_t>& numbers);
  /// Any bytes: as a string if they are UTF-8, else as field `KEY_base64`.
  Json& add_bytes(std::string_view key, std::string_view bytes);
  Json& add_null(std::string_view key);
  /// `json` must be JSON already.
  Json& add_raw(std::string_view key, std::string_view json);
  [[nodiscard]] std::string text() const { return "{" + fields_ + "}"; }

 private:
  std::string fields_;
};

/// How wide columns of text are, and lines of them, two spaces apart: for more rows than there should be in memory.
class Columns {
 public:
  using Cells = std::span<const std::string_view>;
  /// Makes the columns wide enough for these.
  void fit(Cells cells);
  /// With the newline; the last cell ends it.
  [[nodiscard]] std::string line(Cells cells) const;

 private:
  std::vector<std::size_t> widths_;
};

/// A few rows of such columns, as wide as their widest cell.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const noexcept { return rows_.size() < 2; }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

enum class Format : std::uint8_t {
  text,
  json,
  raw,   ///< no newline
  null,  ///< NUL instead of newline
};

class Output {
 public:
  Format format = Format::text;
  bool quiet = false;  ///< values are not printed

  [[nodiscard]] bool json() const noexcept { return format == Format::json; }
  /// A result: `plain` as the format says, or the JSON object on a line of its own. Nothing when quiet.
  void result(std::string_view plain, const Json& object);
  /// A result that has no JSON form of its own: a line, as the format says. Nothing when quiet.
  void line(std::string_view plain);
  /// Text as it is, quiet or not: help, tables.
  void write(std::string_view text) { buffer_ += text; }
  /// A JSON object on a line, quiet or not.
  void write(const Json& object) { buffer_ += object.text() + '\n'; }
  /// Writes all to stdout; throws Failure if it can't be written.
  void flush();

  /// What flush() would write, for a verb that must know how much of it went out; clear() once that has been done.
  [[nodiscard]] std::string_view pending() const noexcept { return buffer_; }
  void clear() noexcept { buffer_.clear(); }
  /// For a program that prints several answers: puts `text` before what is pending from byte `at` on.
  void insert(std::size_t at, std::string_view text) { buffer_.insert(at, text); }
  /// The first `size` bytes have been written, or are not to be.
  void drop_first(std::size_t size) { buffer_.erase(0, size); }
  /// What is pending from byte `size` on is not to be written.
  void cut_to(std::size_t size) { buffer_.resize(size); }

 private:
  void end_line();
  std::string buffer_;
};

}  // namespace shm::cli

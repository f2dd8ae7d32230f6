#include <fcntl.h>
#include <algorithm>
#include <charconv>
#include "store/save_file.hpp"

namespace shm::store {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr std::size_t piece = 256U << 10U;
constexpr std::size_t longest_end = 256;
constexpr std::string_view first_words = R"({"shmctl-save":)";

constexpr const char* torn = "it is torn: its end is missing";
constexpr const char* foreign = "it was not written by save";
constexpr const char* other_version = "it was written by another version of save";
constexpr const char* changed = "it was changed since it was saved: its checksum is another one";

/// Takes what it expects from the beginning of a text; what is not there makes it false for good.
class Expect {
 public:
  explicit Expect(std::string_view text) noexcept : text_(text) {}
  Expect& words(std::string_view words) noexcept {
    good_ = good_ && text_.starts_with(words);
    text_.remove_prefix(good_ ? words.size() : 0);
    return *this;
  }
  template <class Number>
  Expect& number(Number& number) noexcept {
    const auto [stop, error] = std::from_chars(text_.data(), text_.data() + text_.size(), number);
    good_ = good_ && error == std::errc();
    text_.remove_prefix(good_ ? static_cast<std::size_t>(stop - text_.data()) : 0);
    return *this;
  }
  Expect& take(os::Text<33>& into) noexcept {
    constexpr std::size_t digits = 32;
    good_ = good_ && text_.size() >= digits;
    into.add(text_.substr(0, good_ ? digits : 0));
    text_.remove_prefix(good_ ? digits : 0);
    return *this;
  }
  explicit operator bool() const noexcept { return good_; }
  [[nodiscard]] bool at_end() const noexcept { return good_ && text_.empty(); }

 private:
  std::string_view text_;
  bool good_ = true;
};

/// Reads the first `size` bytes of a file piece by piece. `take(bytes)` returns an error, or not.
template <class Take>
Result<void> read_through(const os::Fd& file, std::uint64_t size, std::string_view path, Take take) noexcept {
  os::Buffer buffer;
  if (!buffer.resize(piece)) {
    return std::unexpected(os::fail_errno(ENOMEM, "read", path));
  }
  for (std::uint64_t at = 0; at < size;) {
    const auto part = std::span(buffer.data(), std::min<std::uint64_t>(piece, size - at));
    const auto got = os::read_at(file, part, at);
    if (!got) {
      return std::unexpected(os::fail_errno(got.error().sys_errno, "read", path));
    }
    if (*got == 0) {
      return std::unexpected(fail(Code::corrupt, "read", path, torn));
    }
    if (auto taken = take(part.first(*got)); !taken) {
      return taken;
    }
    at += *got;
  }
  return {};
}

/// Puts lines together from pieces, which may end anywhere.
class Lines {
 public:
  Lines(bool (*visit)(void*, std::string_view, std::uint64_t), void* context) noexcept
      : visit_(visit), context_(context) {}
  /// False: there is no memory for a line.
  bool add(std::string_view text) noexcept {
    while (!text.empty() && wanted_) {
      const auto newline = text.find('\n');
      if (newline == std::string_view::npos) {
        return begun_.add(text);
      }
      const auto end = text.substr(0, newline);
      text.remove_prefix(newline + 1);
      if (begun_.empty()) {
        tell(end);
      } else if (begun_.add(end)) {
        tell(begun_.view());
        begun_.clear();
      } else {
        return false;
      }
    }
    return true;
  }

 private:
  void tell(std::string_view line) noexcept {
    if (++number_ > 1) {  // the first is the file's own
      wanted_ = visit_(context_, line, number_);
    }
  }
  bool (*visit_)(void*, std::string_view, std::uint64_t);
  void* context_;
  os::Buffer begun_;
  std::uint64_t number_ = 0;
  bool wanted_ = true;
};
}  // namespace

Result<SaveFile> SaveFile::open(const SavePlace& place, std::string_view suffix) noexcept {
  SaveFile save;
  os::FileInfo info;
  auto file = place.open_file(suffix, &info);
  if (!file) {
    return std::unexpected(file.error());
  }
  save.path_.add(place.path()).add(suffix);
  save.file_ = std::move(*file);
  save.size_ = info.size;
  if (auto good = save.check(); !good) {
    return std::unexpected(good.error());
  }
  return save;
}

Result<void> SaveFile::check() noexcept {
  const auto bad = [this](const char* why) { return std::unexpected(fail(Code::corrupt, "read", path_.view(), why)); };
  char text[longest_end];
  const auto room = std::as_writable_bytes(std::span(text));
  const auto begins = os::read_at(file_, room, 0);
  if (!begins) {
    return std::unexpected(os::fail_errno(begins.error().sys_errno, "read", path_.view()));
  }
  if (*begins == 0) {
    return bad("it is empty");
  }
  std::uint64_t version = 0;
  Expect first(std::string_view(text, *begins));
  if (!first.words(first_words).number(version)) {
    const bool cut = first_words.starts_with(std::string_view(text, *begins));
    return bad(cut ? torn : foreign);
  }
  if (version != 1) {
    return bad(other_version);
  }
  if (!first.words(",\"saved_ns\":").number(saved_ns_)) {
    return bad(size_ > longest_end ? foreign : torn);
  }
  const std::uint64_t from = size_ - std::min<std::uint64_t>(size_, longest_end);
  const auto ends = os::read_at(file_, room, from);
  if (!ends) {
    return std::unexpected(os::fail_errno(ends.error().sys_errno, "read", path_.view()));
  }
  std::string_view end(text, *ends);
  const auto newline = end.empty() ? std::string_view::npos : end.rfind('\n', end.size() - 2);
  if (newline == std::string_view::npos || !end.ends_with('\n')) {
    return bad(torn);
  }
  end.remove_prefix(newline + 1);
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
  Expect last(end);
  last.words(R"({"shmctl-save-end":1,"lines":)").number(lines).words(R"(,"bytes":)").number(bytes);
  last.words(R"(,"xxh3_128":")").take(digits_).words("\"}\n");
  if (!last.at_end()) {
    return bad(torn);
  }
  if (bytes != from + newline + 1) {
    return bad(changed);
  }
  size_ = bytes;
  std::uint64_t met = 0;
  auto good = each_line(
      [](void* count, std::string_view, std::uint64_t) {
        ++*static_cast<std::uint64_t*>(count);
        return true;
      },
      &met);
  return good && met != lines ? bad(changed) : good;
}

Result<void> SaveFile::each_line(bool (*visit)(void*, std::string_view, std::uint64_t), void* context) const noexcept {
  os::Checksum checksum;
  Lines lines(visit, context);
  const auto read = read_through(file_, size_, path_.view(), [&](std::span<const std::byte> bytes) -> Result<void> {
    checksum.add(bytes);
    const bool fits = lines.add({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return fits ? Result<void>() : std::unexpected(os::fail_errno(ENOMEM, "read", path_.view()));
  });
  if (!read) {
    return read;
  }
  if (checksum.digits().view() != digits_.view()) {
    return std::unexpected(fail(Code::corrupt, "read", path_.view(), changed));
  }
  return {};
}

}  // namespace shm::store

#include "cli/line.hpp"
#include <cstring>

namespace shm::cli {

namespace {
constexpr const char* open_quote = "a quote is not closed (a command and its quotes end on the same line; see -0)";
constexpr const char* open_backslash = "a backslash at its end quotes nothing";
constexpr const char* has_nul = "it has a NUL in it (say -0 where commands end with NUL)";

bool is_blank(char c) noexcept { return c == ' ' || c == '\t' || c == '\n'; }

/// What most of a line is made of: nothing that ends a word, and nothing that quotes.
constexpr bool is_plain(char c) noexcept {
  return c != ' ' && c != '\t' && c != '\n' && c != '\'' && c != '"' && c != '\\' && c != '\0';
}

/// Reads one line; writes the words over what was read already.
class Splitter {
 public:
  Splitter(std::span<char> line, std::vector<std::string_view>& words) noexcept
      : in_(line.data()), out_(line.data()), end_(line.data() + line.size()), words_(words) {}

  const char* split() {
    for (;;) {
      while (in_ != end_ && is_blank(*in_)) {
        ++in_;
      }
      if (in_ == end_ || *in_ == '#') {
        return nullptr;
      }
      out_ = in_;
      const char* begin = out_;
      if (const char* why = read_word(); why != nullptr) {
        return why;
      }
      words_.emplace_back(begin, static_cast<std::size_t>(out_ - begin));
    }
  }

 private:
  const char* read_word() noexcept {
    while (in_ != end_ && is_plain(*in_)) {  // nothing was quoted yet: it stands where it will stay
      ++in_;
    }
    out_ = in_;
    while (in_ != end_ && !is_blank(*in_)) {
      const char c = *in_++;
      const char* why = nullptr;
      switch (c) {
        case '\0': return has_nul;
        case '\\':
          if (in_ == end_) {
            return open_backslash;
          }
          why = put(*in_++);
          break;
        case '\'': why = read_single(); break;
        case '"': why = read_double(); break;
        default: *out_++ = c;
      }
      if (why != nullptr) {
        return why;
      }
    }
    return nullptr;
  }

  const char* put(char c) noexcept {
    *out_++ = c;
    return c == '\0' ? has_nul : nullptr;
  }

  const char* read_single() noexcept {
    const auto* close = static_cast<char*>(std::memchr(in_, '\'', static_cast<std::size_t>(end_ - in_)));
    if (close == nullptr) {
      return open_quote;
    }
    const auto size = static_cast<std::size_t>(close - in_);
    if (std::memchr(in_, '\0', size) != nullptr) {
      return has_nul;
    }
    std::memmove(out_, in_, size);
    out_ += size;
    in_ += size + 1;
    return nullptr;
  }

  const char* read_double() noexcept {
    while (in_ != end_ && *in_ != '"') {
      // A backslash before anything else is one.
      if (*in_ == '\\' && end_ - in_ > 1 && std::strchr("$`\"\\", in_[1]) != nullptr && in_[1] != '\0') {
        ++in_;
      }
      if (const char* why = put(*in_++); why != nullptr) {
        return why;
      }
    }
    if (in_ == end_) {
      return open_quote;
    }
    ++in_;
    return nullptr;
  }

  char* in_;
  char* out_;
  char* end_;
  std::vector<std::string_view>& words_;
};
}  // namespace

const char* split_line(std::span<char> line, std::vector<std::string_view>& words) {
  words.clear();
  return Splitter(line, words).split();
}

}  // namespace shm::cli

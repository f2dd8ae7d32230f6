// How a verb gives up: exceptions that only main catches, and the one line they become. Single-threaded.
#pragma once
#include <exception>
#include <string>
#include <utility>
#include "cli/message.hpp"
#include "os/error.hpp"

namespace shm::cli {

/// What the user typed makes no sense: exit status 2.
class Usage : public std::exception {
 public:
  /// `text`: "WHAT: WHY" with what to do.
  explicit Usage(std::string text) : text_(std::move(text)) {}
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

/// The operation failed: the exit status follows from the error's code.
class Failure : public std::exception {
 public:
  explicit Failure(const os::Error& error) noexcept : error_(error) {}
  [[nodiscard]] const os::Error& error() const noexcept { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return error_.attempt; }

 private:
  os::Error error_;
};

/// The value, or the error thrown as Failure.
template <class T>
T must(os::Result<T> result) {
  if (!result) {
    throw Failure(result.error());
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

/// message_text() as a string.
std::string message_of(const os::Error& error);

/// Writes "shmctl: LINE\n" to stderr in one piece; control characters are shown as '?'.
void complain(std::string_view line);

/// While one lives, complain() is about a line of many: it says its number first, after it has called `before`, which
/// may print what comes first. Not to be nested.
class LineComplaints {
 public:
  using Before = void (*)(void* context) noexcept;
  LineComplaints(Before before, void* context) noexcept;
  LineComplaints(const LineComplaints&) = delete;
  LineComplaints& operator=(const LineComplaints&) = delete;
  ~LineComplaints();
  static void set_line(std::uint64_t number) noexcept;  ///< 0: about no line
  /// From now on, lines go to the end of `held` instead, without calling `before`; null: no longer.
  static void hold(std::string* held) noexcept;
};

}  // namespace shm::cli

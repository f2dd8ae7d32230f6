// The log of a run: both streams of the command, line by line, so that lines don't mix and none is cut in two when the
// file is put aside. A line that does not end is written as far as it has come, after a moment; if the other stream
// then goes first, the line ends there.
#pragma once
#include <optional>
#include "guard/log_file.hpp"
#include "os/buffer.hpp"
#include "os/standard_streams.hpp"

namespace shm::guard {

class Log {
 public:
  static os::Result<Log> open(const LogPlan& plan) noexcept;

  os::Result<void> add(os::Stream stream, std::span<const std::byte> bytes) noexcept;
  /// Writes what has no newline yet.
  os::Result<void> flush() noexcept;
  /// When to flush(), by the monotonic clock; -1: there is nothing to write.
  [[nodiscard]] std::int64_t time_ns() const noexcept { return flush_at_ns_; }

 private:
  Log(LogFile file, bool time) noexcept : file_(std::move(file)), time_(time) {}

  struct Begun {
    os::Buffer bytes;     ///< of a line that has no newline yet
    bool middle = false;  ///< its beginning has been written
  };

  os::Result<void> write(std::size_t whose, std::string_view text) noexcept;
  bool stamp(std::string_view text, bool middle) noexcept;

  LogFile file_;
  bool time_;
  Begun begun_[2];
  std::optional<std::size_t> unfinished_;  // whose line the file ends with, if that has no newline
  os::Buffer stamped_;
  std::int64_t flush_at_ns_ = -1;
};

}  // namespace shm::guard

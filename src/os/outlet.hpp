// Where a program says something for another program to read, beside its standard streams, such as in one line what
// became of it: a descriptor that it was started with, or a file that is replaced as a whole. It is chosen and looked
// at before there is anything to say, so that what can't work is told in time. For the main thread.
#pragma once
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/text.hpp"

namespace shm::os {

class Outlet {
 public:
  /// A descriptor that whoever started this program left open for it. From now on no command inherits it, unless it is
  /// a standard stream. Code::usage: it is not open for writing.
  static Result<Outlet> descriptor(int number) noexcept;
  /// A file, whether it is there yet or not; the path is as any program takes it, but the file itself must be no link.
  /// Code::absent: there is no such directory; usage: it is no regular file; denied.
  /// `attempt` is what errors call it: "write status to", or a literal of the caller's.
  static Result<Outlet> file(std::string_view path, const char* attempt = status_attempt) noexcept;
  static constexpr const char* status_attempt = "write status to";

  /// All of `text`, or an error. Into a file: in place of what it held, at one moment, for whoever opens it by name. To
  /// a descriptor: within ten seconds; that nobody reads it is an error and no signal.
  [[nodiscard]] Result<void> write(std::string_view text) const noexcept;

 private:
  Outlet(Fd target, std::string_view path, std::string_view name, const char* attempt) noexcept
      : target_(std::move(target)), path_(path), name_(name), attempt_(attempt) {}
  [[nodiscard]] Result<void> send(std::string_view text) const noexcept;
  [[nodiscard]] Result<void> replace(std::string_view text) const noexcept;

  Fd target_;      // the descriptor, or the file's directory
  Path path_;      // as it was said, for errors
  FileName name_;  // in the directory; empty: it is a descriptor
  const char* attempt_;
};

}  // namespace shm::os

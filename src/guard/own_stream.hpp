// Standard output or error of this program, written to without waiting for its reader, whatever it is: a pipe, a
// terminal, a socket or a file. It is shared with others, so its own flags are never changed. For a supervisor; one
// thread, with SIGPIPE blocked.
#pragma once
#include <span>
#include "os/fd.hpp"
#include "os/standard_streams.hpp"

namespace shm::guard {

class OwnStream {
 public:
  explicit OwnStream(os::Stream stream) noexcept;

  /// How many bytes it took; -EAGAIN: none now, wait for POLLOUT; or another negative errno.
  long write(std::span<const std::byte> bytes) noexcept;
  /// To poll by.
  [[nodiscard]] int number() const noexcept { return reopened_ ? reopened_.get() : number_; }

  /// Whether both streams go to the same place, where nobody can tell them apart.
  static bool are_one() noexcept;

 private:
  enum class Kind : std::uint8_t {
    never_waits,  ///< a file
    socket,
    reopened,  ///< a pipe or terminal that is open a second time, with flags of this program's own
    careful,   ///< the same where that may not be: a little at a time, and only when it would be taken
  };
  int number_;
  Kind kind_ = Kind::never_waits;
  bool terminal_ = false;
  os::Fd reopened_;
};

}  // namespace shm::guard

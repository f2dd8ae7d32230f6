// Bringing to standard output what exists nowhere else any more: what was taken out of an object. While a Delivery
// lives, a signal that would end the program waits, so that either all has been written, or its maker knows what has
// not and puts that back. For the main thread of a single-threaded program.
#pragma once
#include "os/error.hpp"
#include "os/fd.hpp"
#include "os/signals.hpp"

namespace shm::os {

class Delivery {
 public:
  /// Holds INT, TERM, HUP, QUIT and PIPE from now on.
  Delivery() noexcept;
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;
  /// A signal that waits does its work now, PIPE excepted: whoever delivers is told of that by write().
  ~Delivery();

  /// A signal that waits, PIPE included, does its work now: for a moment at which nothing has been taken.
  void let_signals_in() noexcept;
  /// Whether standard output is open and somebody reads it, as far as can be told without writing.
  static Result<void> check() noexcept;
  /// Writes `text` to standard output. `written` receives how much of it went out: all, unless it fails, or a signal
  /// came while nobody read (EINTR).
  Result<void> write(std::string_view text, std::size_t& written) noexcept;

 private:
  Result<void> wait_for_room() noexcept;

  SignalSet before_;
  Fd signals_;  // readable when one waits that is not ignored
};

}  // namespace shm::os

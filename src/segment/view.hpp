// How Region::read() looks at an object that others may be changing: it reads, then checks that what it read was of one
// state. While a change is under way it waits a little for its end; if that does not come, the writer may be stopped or
// dead, and it reads past it: with the undo log's words in place of the changed ones. Writes nothing.
// One thread, one read().
#pragma once
#include "os/error.hpp"
#include "segment/overlay.hpp"
#include "segment/reader.hpp"

namespace shm::segment {

class Region;

/// What the process itself sees that is making the change.
class Inside : public Reader {
 public:
  Inside(const Memory& memory, std::uint64_t capacity) noexcept : Reader(memory, capacity) {}
};

class View : public Reader {
 public:
  View(const Memory& memory, const Region& region) noexcept : Reader(memory, 0), region_(region) { watch_ = true; }
  /// Readies for a look; false: give up, error() says why.
  bool next() noexcept;
  /// Whether all that was read since next() was of one state.
  bool holds() noexcept;
  [[nodiscard]] const os::Error& error() const noexcept { return error_; }

 private:
  const Region& region_;
  Overlay before_;
  os::Error error_;
  std::int64_t deadline_ns_ = 0;
  std::uint64_t tries_ = 0;
};

}  // namespace shm::segment

// Looking at one object again and again, whatever its kind, and sleeping until it is worth to look: what watch and wait
// do. Goes on through a new name; ends when the object is removed. Writes nothing but the mark that somebody sleeps.
// Any process that may read the object; one thread. The Store must outlive it and stay where it is.
#pragma once
#include <optional>
#include "object/kind.hpp"
#include "segment/cell.hpp"

namespace shm::object {

class Watch {
 public:
  /// Code::absent, as describe().
  static os::Result<Watch> open(const store::Store& store, std::string_view name) noexcept;

  struct State {
    Description object;
    os::Buffer text;         ///< of a text or bytes: its content
    std::uint64_t mark = 0;  ///< another one after each change
  };
  /// Code::absent: it was removed, or its time is over.
  os::Result<State> look() noexcept;
  /// The name that it had at the last look.
  [[nodiscard]] std::string_view name() const noexcept { return name_.view(); }

  /// Sleeps until something has changed since the last look() began or `deadline_ns` of the monotonic clock has passed
  /// (-1: none), or shorter: at most a tenth of a second.
  void wait(std::int64_t deadline_ns) noexcept;

 private:
  os::Result<Description> find() noexcept;
  os::Result<State> look_at_array(State state) noexcept;
  os::Result<State> look_at_block(State state) noexcept;

  const store::Store* store_ = nullptr;
  os::FileName name_;
  store::ObjectFile file_;
  std::uint64_t id_ = 0;
  // One of these, for sleeping. Neither: it looks every now and then.
  std::optional<segment::Region> region_;
  std::optional<segment::Cell> cell_;
  std::uint64_t seen_ = 0;  // generation, or what announce() said
};

}  // namespace shm::object

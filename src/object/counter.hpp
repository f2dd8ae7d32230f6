// counter: a named signed 64-bit number. Every operation is one atomic read-modify-write of one word (segment::Cell):
// no lock, no session, nothing that a kill could leave half done. Any process that may write the object; one thread per
// Counter. Invariant: an operation never leaves a number outside the limits; a refused one leaves the number as it was.
#pragma once
#include <cstdint>
#include <limits>
#include "object/kind.hpp"
#include "object/permissions.hpp"

namespace shm::object {

/// What happens at a limit. Numbers are part of the format.
enum class OnLimit : std::uint64_t {
  fail = 0,      ///< Code::range, the number unchanged
  saturate = 1,  ///< the number stops at the limit
  wrap = 2,      ///< the number goes on at the other end
};

struct CounterLimits {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  OnLimit on_limit = OnLimit::fail;
  std::int64_t start = 0;  ///< what reset() goes back to; min <= start <= max
};

class Counter {
 public:
  /// Creates the counter holding `number`. Code::exists if the name is taken, Code::usage for limits that hold no
  /// number, Code::range for a start or a number outside them.
  static os::Result<void> create(const store::Store& store, std::string_view name, const CounterLimits& limits,
                                 std::int64_t number, const Permissions& permissions) noexcept;
  static os::Result<Counter> open(const store::Store& store, std::string_view name, os::Access access) noexcept;

  [[nodiscard]] os::Result<std::int64_t> get() const noexcept;
  [[nodiscard]] const CounterLimits& limits() const noexcept { return limits_; }

  // Each returns the number after the change, unless it says otherwise; Code::range at a limit; Code::absent: the
  // counter was removed since it was opened.
  /// Here, so that in a program that has the counter open it is a few instructions.
  os::Result<std::int64_t> add(std::int64_t amount) noexcept {
    std::int64_t sum = 0;
    const bool done = cell_.update_at_once([&](std::uint64_t now, std::uint64_t& wanted) {
      const bool fits = !__builtin_add_overflow(static_cast<std::int64_t>(now), amount, &sum);
      wanted = static_cast<std::uint64_t>(sum);
      return fits && sum >= limits_.min && sum <= limits_.max;
    });
    return done ? os::Result<std::int64_t>(sum) : add_slowly(amount);
  }
  os::Result<std::int64_t> set(std::int64_t wanted) noexcept;
  /// Returns the number before.
  os::Result<std::int64_t> swap(std::int64_t wanted) noexcept;
  /// Code::lost if the number was not `expected`; `*found`, if given, is then what it was.
  os::Result<std::int64_t> compare_and_set(std::int64_t expected, std::int64_t wanted,
                                           std::int64_t* found = nullptr) noexcept;
  os::Result<std::int64_t> raise_to(std::int64_t least) noexcept;
  os::Result<std::int64_t> lower_to(std::int64_t most) noexcept;
  os::Result<std::int64_t> reset() noexcept;

 private:
  os::Result<std::int64_t> add_slowly(std::int64_t amount) noexcept;  ///< with words for what is in the way
  // __int128 is how a sum is had before it is known to fit.
  __extension__ using Wide = __int128;
  [[nodiscard]] os::Result<std::int64_t> fit(Wide wanted) const noexcept;
  /// Returns what `change` returned last.
  template <class Change>
  os::Result<std::int64_t> update(Change change) noexcept;
  template <class Better>
  os::Result<std::int64_t> move_to(std::int64_t bound, Better better) noexcept;

  segment::Cell cell_;
  CounterLimits limits_;
};

/// Checks the limits kept in a header; for describe().
os::Result<CounterLimits> limits_of(const store::Header& header, std::string_view name) noexcept;

}  // namespace shm::object

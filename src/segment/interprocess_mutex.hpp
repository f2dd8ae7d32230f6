// An object's session lock as a mutex of Boost.Interprocess: scoped_lock and its timed forms work on it. For programs
// that guard something of their own by it; what is inside the object is changed by transactions, which lock by
// themselves. Throws boost::interprocess::lock_exception where the lock can't be had at all.
// One thread at a time; the Region must outlive it.
#pragma once
#include <algorithm>
#include <boost/date_time/posix_time/posix_time_types.hpp>
#include <boost/interprocess/exceptions.hpp>
#include <optional>
#include "segment/region.hpp"

namespace shm::segment {

class InterprocessMutex {
 public:
  explicit InterprocessMutex(Region& region) noexcept : region_(region) {}
  InterprocessMutex(const InterprocessMutex&) = delete;
  InterprocessMutex& operator=(const InterprocessMutex&) = delete;

  void lock() { (void)take(-1); }
  bool try_lock() { return take(0); }
  /// `until`: a moment by UTC, as Boost counts it.
  template <class Time>
  bool timed_lock(const Time& until) {
    const auto left = until - Time(boost::posix_time::microsec_clock::universal_time());
    return take(left.is_special() ? -1 : std::max<std::int64_t>(0, left.total_nanoseconds()));
  }
  void unlock() { held_.reset(); }

 private:
  bool take(std::int64_t patience_ns) {
    const std::int64_t usual_ns = region_.patience();
    region_.set_patience(patience_ns);
    auto held = region_.begin();
    region_.set_patience(usual_ns);
    if (held) {
      held_.emplace(std::move(*held));
      return true;
    }
    if (held.error().code == os::Code::timed_out) {
      return false;
    }
    throw boost::interprocess::lock_exception();
  }
  Region& region_;
  std::optional<Transaction> held_;
};

}  // namespace shm::segment

// Taking a job from who runs it (--on-busy replace, --kill-older): the runs in the way are ended, then the job is tried
// for again, by the kernel's locks like any other, so that of several callers who replace the same run one gets it at a
// time; the next of them ends that one. For acquire.cpp alone.
#pragma once
#include "guard/acquire.hpp"

namespace shm::guard {

class Replacing {
 public:
  Replacing(const store::Store& store, std::string_view job, const Want& want) noexcept
      : store_(store), job_(job), want_(want) {}

  /// What the next try for the job is to want: it does not wait, or no longer than until the run is old enough.
  [[nodiscard]] Want next_want() const noexcept;

  enum class Outcome : std::uint8_t {
    again,     ///< those in the way are gone, or old enough: try again
    refuse,    ///< they are too young, and are not waited for
    late,      ///< Want::deadline_ns has passed
    too_soon,  ///< nobody was ended, for no run may begin yet (--once-per)
  };
  /// The job is busy: ends those in the way. Code::denied: they are another user's.
  os::Result<Outcome> replace(std::vector<Holder> holders) noexcept;

 private:
  void leave_other_slots(std::vector<Holder>& holders) const noexcept;
  [[nodiscard]] std::int64_t old_enough_in(const std::vector<Holder>& holders) const noexcept;

  const store::Store& store_;
  std::string_view job_;
  const Want& want_;
  std::int64_t patience_ns_ =
      0;  // when the youngest in the way is old enough, by the monotonic clock; 0: not waited for
};

}  // namespace shm::guard

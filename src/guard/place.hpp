// The one place of those who wait for a job with --on-busy queue. A word of the record (Summary::newest_waiter) says
// who has it: by the byte of the record's file that he marks as a waiter (waiting.hpp), which the kernel takes back
// with his process, so that a killed waiter's place is known to be free. Whoever writes another word there takes the
// place, and who had it gives up. For attempt.cpp, slots.cpp and forecast.cpp alone. The waiting itself is done by a
// helper, a process that shares this one's open files, so that it stands in the kernel's queue like any other waiter,
// while this one sleeps on the word. What the helper gets, this process has; it ends with this process.
#pragma once
#include "guard/acquire.hpp"
#include "guard/waiting.hpp"
#include "os/flock.hpp"

namespace shm::guard {

class Place {
 public:
  /// All of it must outlive this. `waiting`: the mark of this process.
  Place(std::string_view job, const Record& record, const Waiting& waiting) noexcept;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place();

  /// Takes the place. False: an older waiter has it, and `keep` leaves it to him.
  [[nodiscard]] bool enter(Keep keep) noexcept;
  /// Somebody newer has it now: there is nothing more to wait for.
  [[nodiscard]] bool lost() const noexcept;

  /// Whether another process has the place of that job.
  static bool occupied(const Record& record) noexcept;

  enum class Came : std::uint8_t { it, lost, deadline };
  /// Waits in the kernel's queue for the lock, by the monotonic clock. Code::full: there can be no helper.
  os::Result<Came> wait_flock(const os::Fd& file, os::Sharing sharing, std::int64_t deadline_ns) noexcept;
  /// The same for the end of a process.
  os::Result<Came> wait_process(const os::Fd& process, std::int64_t deadline_ns) noexcept;

 private:
  /// What a helper does: a call that returns when there is what it waited for.
  struct Errand {
    os::Result<bool> (*wait)(const Errand& errand) noexcept;
    const os::Fd& file;
    os::Sharing sharing;
  };
  os::Result<Came> wait_for(const Errand& errand, std::int64_t deadline_ns) noexcept;
  [[nodiscard]] os::Result<int> send_helper(const Errand& errand) const noexcept;
  [[noreturn]] void help(const Errand& errand, int parent) const noexcept;

  std::string_view job_;
  const Record& record_;
  Cell& word_;
  std::uint64_t id_;  // even; with its lowest bit set, the helper has got what was waited for
};

}  // namespace shm::guard

// Who waits for a job: each waiter marks a byte of the record's file, far behind its end, by a lock of its own, which
// the kernel takes back with the process and names to whoever asks. (/proc/locks would not do: in a container it is
// silent about those who wait for a lock whose first owner was killed.)
#pragma once
#include <vector>
#include "guard/record.hpp"

namespace shm::guard {

/// A mark that this process waits, for as long as it lives. Not for a program that opens the same record elsewhere.
class Waiting {
 public:
  /// `record`: its file, which must stay open longer than this. Where no mark can be had, nobody sees the waiter.
  explicit Waiting(const os::Fd& record) noexcept;
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting();

  /// Where the mark is: an even number, which names this waiter among all.
  [[nodiscard]] std::uint64_t at() const noexcept { return at_; }
  /// Whether the waiter, of another process, that marked the byte is still there.
  static bool lives(const os::Fd& record, std::uint64_t at) noexcept;

 private:
  const os::Fd& record_;
  std::uint64_t at_ = 0;
};

/// The pids of those who wait, sorted; 0 for one that this pid namespace does not see.
std::vector<int> waiters_of(const os::Fd& record) noexcept;

}  // namespace shm::guard

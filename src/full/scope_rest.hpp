// What is left in a run's scope when the command and its tree have ended: a process that somebody has put there, or
// whose parents this one was never given. It holds the job as the tree does, and is ended with it. Made by Scope, in
// the supervisor of a run that is in a scope of its own.
#pragma once
#include <vector>
#include "guard/companion.hpp"
#include "guard/supervise.hpp"

namespace shm::full {

class ScopeRest : public guard::Companion {
 public:
  /// Not for Until::main, with which nothing that is left behind counts.
  ScopeRest(guard::Until until, std::int64_t kill_after_ns) noexcept : until_(until), kill_after_ns_(kill_after_ns) {}

  [[nodiscard]] std::int64_t quiet_ns() const noexcept override { return INT64_MAX; }
  void ending(std::int64_t kill_after_ns) noexcept override;
  void command_ended(const guard::Ended& ended) noexcept override;
  [[nodiscard]] bool busy() const noexcept override { return waits_; }
  [[nodiscard]] std::int64_t time_ns() const noexcept override { return waits_ ? look_ns_ : -1; }
  void on_time() noexcept override;

 private:
  void look() noexcept;

  guard::Until until_;
  std::int64_t kill_after_ns_;
  bool waits_ = false;
  bool asked_ = false;         // to end
  std::int64_t look_ns_ = -1;  // both by the monotonic clock
  std::int64_t kill_ns_ = -1;
};

}  // namespace shm::full

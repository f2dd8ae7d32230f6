// Ending a run that somebody else has started, or sending it a signal. Its supervisor is asked to, over its socket, and
// does it as it would do it by itself. Where none answers, because it was killed or is stopped, this process does it:
// to the recorded command, what came of it, and whoever has inherited the job's lock, each by pidfd; by name never.
// For one thread. Code::denied: another user runs it, or it can't be seen from here.
#pragma once
#include <optional>
#include <vector>
#include "guard/holder.hpp"
#include "guard/talk.hpp"

namespace shm::guard {

class Stopping {
 public:
  /// `store` and `job` outlive this. `kill_after_ns`: from TERM to KILL; -1: as the run was told, or 10 s.
  Stopping(const store::Store& store, std::string_view job, const Holder& run, std::int64_t kill_after_ns) noexcept
      : store_(store), job_(job), run_(run), kill_after_ns_(kill_after_ns) {}

  /// Asks for the end. Code::absent: the run is over already. Code::timed_out: nobody could be asked before
  /// `deadline_ns` of the monotonic clock (-1: none).
  os::Result<void> begin(std::int64_t deadline_ns) noexcept;
  /// After begin(): waits for the end, and until the run's hold on the job is gone. False: the deadline has passed.
  os::Result<bool> wait(std::int64_t deadline_ns) noexcept;
  /// After wait(): how it ended, if its supervisor could tell.
  [[nodiscard]] const std::optional<Ended>& ended() const noexcept { return ended_; }

 private:
  os::Result<void> begin_by_hand() noexcept;
  os::Result<bool> wait_by_hand(std::int64_t deadline_ns) noexcept;
  os::Result<bool> wait_until_given_back(std::int64_t deadline_ns) noexcept;
  void find_processes() noexcept;
  os::Result<void> send(int signal) noexcept;

  const store::Store& store_;
  std::string_view job_;
  Holder run_;
  std::int64_t kill_after_ns_;
  std::optional<Talk> talk_;
  os::Fd supervisor_;
  std::optional<Ended> ended_;
  std::vector<os::ProcessState> processes_;  // by hand: what is to end
  std::int64_t kill_at_ns_ = 0;
};

/// As if a process had sent `signal` to the run's supervisor: to all of the command, USR1 and USR2 to it alone.
/// Code::absent: the run is over.
os::Result<void> signal_run(const store::Store& store, std::string_view job, const Holder& seen, int signal,
                            std::int64_t deadline_ns) noexcept;

/// Processes that have inherited the lock of `job`, though its record knows of nobody: what a command left behind whose
/// supervisor was killed. Slow: it looks at every descriptor there is.
std::vector<Holder> lock_keepers(const store::Store& store, std::string_view job) noexcept;

/// Who holds `job`, as far as anybody can be asked to end: the runs on record; where there are none, those that answer
/// on their sockets; or else whoever has the lock, or has inherited it. Code::denied, untrusted, corrupt.
os::Result<std::vector<Holder>> runs_to_reach(const store::Store& store, std::string_view job) noexcept;

/// The number of a signal as a user names it: TERM, SIGTERM, 15, RTMIN+1; 0: there is none of that name.
int signal_of(std::string_view name) noexcept;

}  // namespace shm::guard

// What works beside the command in its supervisor's one thread: whoever passes its output on, the socket that the
// supervisor answers on. Without a companion a supervisor sleeps for signals alone: what nobody asked for is not set
// up. The supervisor calls; nothing here may block, throw or print. A companion outlives the supervise() it is given
// to.
#pragma once
#include <poll.h>
#include <vector>
#include "guard/ended.hpp"
#include "os/spawn.hpp"

namespace shm::guard {

inline constexpr std::size_t most_companions = 4;  ///< of one supervisor

/// What a companion may ask of its supervisor. It is obeyed when the companion has returned.
class Control {
 public:
  /// Ends all of the command: SIGTERM, then SIGKILL after `kill_after_ns` (-1: as the plan says). The run is over then:
  /// it is not tried again, and ends as Ending::stopped.
  virtual void stop(std::int64_t kill_after_ns) noexcept = 0;
  /// As if a process had sent the signal to the supervisor.
  virtual void pass_on(int signal) noexcept = 0;

 protected:
  ~Control() = default;
};

class Companion {
 public:
  Companion() = default;
  Companion(const Companion&) = delete;
  Companion& operator=(const Companion&) = delete;
  virtual ~Companion() = default;

  /// Before each try to run the command, whose streams it may set. An error ends the run before it begins.
  virtual os::Result<void> prepare(os::Command& command) noexcept;
  /// The command runs, as process `pid`; 0: it could not be run.
  virtual void started(Control& control, int pid) noexcept;

  /// For how long after started() this waits for nothing and has nothing to do, whatever happens; then comes on_time(),
  /// if the command still runs. Where nobody has anything to do, a short command costs nothing more than without.
  [[nodiscard]] virtual std::int64_t quiet_ns() const noexcept;

  /// Adds the descriptors that it waits for now.
  virtual void poll_for(std::vector<pollfd>& list) noexcept;
  /// The same ones, in the same order, with what poll(2) said of them.
  virtual void ready(const pollfd* list) noexcept;
  /// After that: when on_time() is to be called, by the monotonic clock; -1: never.
  [[nodiscard]] virtual std::int64_t time_ns() const noexcept;
  virtual void on_time() noexcept;

  /// What is left of the command was asked to end, and is killed after `kill_after_ns`.
  virtual void ending(std::int64_t kill_after_ns) noexcept;
  /// The command has ended, and with it what must have ended before the job is free. More tries may follow.
  virtual void command_ended(const Ended& ended) noexcept;
  /// Whether the job is still needed for what this does: the supervisor goes on as long as it is.
  [[nodiscard]] virtual bool busy() const noexcept;
  /// The run is over; the job is still held.
  virtual void run_ended(const Ended& ended) noexcept;
};

}  // namespace shm::guard

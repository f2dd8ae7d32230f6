// The Pool's dealings with signals: INT, TERM and HUP end the work, the first gently, the second not. All others do
// what they do to any program; a stop (TSTP) so stops this one, and what runs as well if it comes from the terminal.
#include "os/signals.hpp"
#include <algorithm>
#include "guard/tree.hpp"
#include "os/clock.hpp"
#include "work/pool.hpp"

namespace shm::work {

namespace {
constexpr std::int64_t first_pause_ns = 5'000'000;
constexpr std::int64_t longest_pause_ns = 100'000'000;
constexpr std::int64_t own_signal_ns = 100'000'000;

std::int64_t after(std::int64_t ns) noexcept {
  const std::int64_t now = os::monotonic_ns();
  return ns > INT64_MAX - now ? INT64_MAX : now + ns;
}
}  // namespace

// What was ignored when this program was started stays so, here and in the commands (nohup).
void Pool::take_signals() noexcept {
  child_ignored_ = os::signal_ignored(SIGCHLD);
  if (child_ignored_) {
    os::set_signal_ignored(SIGCHLD, false);  // else the kernel drops the commands' statuses
  }
  taken_.add(SIGCHLD);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (!os::signal_ignored(signal)) {
      taken_.add(signal);
      ending_.add(signal);
    }
  }
  old_mask_ = os::block_signals(taken_);
}

void Pool::on_signal(const os::Received& received) {
  if (result_.signal != 0) {
    if (phase_ == Phase::draining) {
      begin_ending();
    }
    return;
  }
  result_.signal = received.signal;
  terminal_ = !received.from_process;
  phase_ = std::max(phase_, Phase::draining);
  say(What::stopping, 0, 0, received.signal);
}

// A signal for all of a service's processes may have reached a command before it reaches this one: then it is the end
// of the work, and not a failure of the command.
void Pool::await_own_signal() {
  if (result_.signal == 0) {
    const auto received = os::next_signal(ending_, after(own_signal_ns));
    if (received.signal != 0) {
      on_signal(received);
    }
  }
}

void Pool::begin_ending() noexcept {
  phase_ = Phase::ending;
  phase_ns_ = after(plan_.kill_after_ns);
  signal_all(SIGTERM);
  signal_all(SIGCONT);  // a stopped process gets its SIGTERM when it goes on
}

// Again and again, for a process may have forked between the walk and its end.
void Pool::kill_all() noexcept {
  if (phase_ == Phase::ending) {
    phase_ = Phase::killing;
    pause_ns_ = first_pause_ns;
  }
  signal_all(SIGKILL);
  phase_ns_ = after(pause_ns_);
  pause_ns_ = std::min(pause_ns_ * 2, longest_pause_ns);
}

// They are in this program's process group, so that the terminal's keys reach them; so each is signalled with what came
// of it, by its parents, and the group, which has others in it, is not.
void Pool::signal_all(int signal) const noexcept {
  for (const auto& command : running_) {
    guard::Roots roots;
    roots.command = command.pid;
    guard::signal_tree(roots, signal);
  }
}

}  // namespace shm::work

// The Supervisor's dealings with signals: which it takes, and what becomes of each.
#include "guard/supervisor.hpp"

namespace shm::guard {

namespace {
// SIGALRM because `alarm` set before an exec is a common way to limit a command's time: the timer stays with this
// process, so its signal is passed on.
constexpr int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGTSTP};

// The command may take it as it likes, but it is not run again.
bool asks_to_end(int signal) noexcept { return signal == SIGINT || signal == SIGTERM || signal == SIGQUIT; }
}  // namespace

// What was ignored when this program was started stays so, here and in the command (nohup). Which those are is asked
// when one comes (without_ignored()): as long as it is blocked, the kernel keeps it.
void Supervisor::take_signals() noexcept {
  child_ignored_ = os::signal_ignored(SIGCHLD);
  if (child_ignored_) {
    os::set_signal_ignored(SIGCHLD, false);  // else the kernel drops the command's status
  }
  taken_ = os::SignalSet(forwarded);
  taken_.add(SIGCHLD);
  if (plan_.passes_abort) {
    taken_.add(SIGABRT);
  }
  old_mask_ = os::block_signals(taken_);
}

os::Received Supervisor::without_ignored(const os::Received& received) noexcept {
  const bool ignored = received.signal != 0 && received.signal != SIGCHLD && os::signal_ignored(received.signal);
  return ignored ? os::Received() : received;
}

void Supervisor::on_signal(const os::Received& received) noexcept {
  asked_to_end_ = asked_to_end_ || asks_to_end(received.signal) || received.signal == SIGABRT;
  if (!received.from_process && received.signal != SIGALRM) {
    // The terminal's: it reached the command by itself, unless that has left the process group.
    if (received.signal == SIGTSTP || received.signal == SIGCONT || reached_by_terminal()) {
      return;
    }
  }
  // What a part of the command sends to its whole group (`kill 0`) has reached the others already; passed on, it might
  // come back for ever.
  if (received.sender != 0 && in_tree(roots_, received.sender)) {
    return;
  }
  pass_on(received.signal);
}

void Supervisor::pass_on(int signal) noexcept {
  asked_to_end_ = asked_to_end_ || asks_to_end(signal);
  if (signal == SIGUSR1 || signal == SIGUSR2) {
    signal_command(roots_, signal);  // a word between two programs; it would end any other
    return;
  }
  signal_tree(roots_, signal);
  if (signal == SIGTSTP) {
    stop_with_the_command();
  }
}

// So that the shell sees the job as stopped, and continues it as a whole.
void Supervisor::stop_with_the_command() noexcept {
  os::sys::call(SYS_kill, os::own_pid(), SIGSTOP);
  // Here it goes on: a SIGCONT has come, and is passed on now.
  (void)os::next_signal(os::SignalSet(SIGCONT), 0);
  signal_tree(roots_, SIGCONT);
}

bool Supervisor::reached_by_terminal() const noexcept {
  return roots_.command == 0 || os::sys::call(SYS_getpgid, roots_.command) == os::sys::call(SYS_getpgid, 0);
}

}  // namespace shm::guard

#include "guard/supervise.hpp"
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include "guard/supervisor.hpp"
#include "os/clock.hpp"
#include "os/spawn.hpp"

namespace shm::guard {

namespace {
using os::Result;

constexpr int status_timed_out = 124;
constexpr int status_not_runnable = 126;
constexpr int status_not_found = 127;
constexpr std::int64_t first_pause_ns = 5'000'000;
constexpr std::int64_t longest_pause_ns = 100'000'000;

int status_of(int waited) noexcept { return WIFSIGNALED(waited) ? 128 + WTERMSIG(waited) : WEXITSTATUS(waited); }

std::int64_t after(std::int64_t ns) noexcept {
  const std::int64_t now = os::monotonic_ns();
  return ns > INT64_MAX - now ? INT64_MAX : now + ns;
}
}  // namespace

Result<void> Supervisor::adopt() noexcept {
  if (plan_.timeout_ns < 0 && plan_.until == Until::main) {
    return {};
  }
  if (!os::has_proc()) {
    return std::unexpected(os::fail(os::Code::system, "follow", "the command's descendants",
                                    "/proc is missing, or is another pid namespace's",
                                    "mount it (unshare --mount-proc), or do without --timeout and --hold"));
  }
  os::sys::call(SYS_prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  roots_.adopted = true;
  // A shell may have replaced itself by this program and left it its own children: they are none of the command's.
  if (os::sys::call(SYS_wait4, -1, 0, WNOHANG, 0) != -ECHILD) {
    Roots all;
    all.adopted = true;
    for (const auto& process : find_tree(all)) {
      roots_.strangers.push_back(process.pid);
    }
  }
  return {};
}

Result<Ended> Supervisor::start(Hold& hold) noexcept {
  os::Command command;
  command.words = plan_.words;
  command.environment = plan_.environment;
  command.keep = hold.inherited();
  command.mask = old_mask_;
  if (child_ignored_) {
    command.ignored.add(SIGCHLD);
  }
  command.pid = hold.pid_place();
  command.started = hold.start_place();
  const auto started = os::start_command(command);
  if (!started) {
    return std::unexpected(started.error());
  }
  Ended ended;
  ended.exec_errno = started->exec_errno;
  if (ended.exec_errno != 0) {
    ended.status = ended.exec_errno == ENOENT ? status_not_found : status_not_runnable;
  }
  roots_.command = started->pid;
  return ended;
}

Result<Ended> Supervisor::run(Hold& hold) noexcept {
  if (auto done = adopt(); !done) {
    return std::unexpected(done.error());
  }
  take_signals();
  auto ended = start(hold);
  if (ended && roots_.command != 0) {
    watch();
    ended->status = timed_out_ ? status_timed_out : status_;
    ended->timed_out = timed_out_;
  }
  return ended;
}

void Supervisor::watch() noexcept {
  if (plan_.timeout_ns >= 0) {
    deadline_ns_ = after(plan_.timeout_ns);
  }
  while (!over()) {
    const os::Received received = os::next_signal(taken_, deadline_ns_);
    switch (received.signal) {
      case 0: on_deadline(); break;
      case SIGCHLD: on_children(); break;
      default: on_signal(received); break;
    }
  }
}

bool Supervisor::over() noexcept {
  if (!main_ended_) {
    return false;
  }
  if (phase_ == Phase::running && plan_.until == Until::main) {
    return true;
  }
  if (all_gone()) {
    return true;
  }
  if (phase_ == Phase::running && plan_.until == Until::kill_tree) {
    begin_ending();
  }
  return false;
}

// An orphan's parent is this process, so while anything of the tree is left, so is a child.
bool Supervisor::all_gone() noexcept {
  if (roots_.strangers.empty()) {
    return none_left_;
  }
  return find_tree(roots_).empty();
}

void Supervisor::on_children() noexcept {
  // The first process of a pid namespace is given everybody's orphans, and is the only one to wait for them.
  const int whom = roots_.adopted || ::getpid() == 1 ? -1 : roots_.command;
  for (;;) {
    int waited = 0;
    const long pid = os::sys::retry(SYS_wait4, whom, &waited, WNOHANG | WUNTRACED, 0);
    if (pid <= 0) {
      none_left_ = pid == -ECHILD;
      return;
    }
    if (WIFSTOPPED(waited)) {
      // By its own terminal's doing, as a shell would see it. Who sends SIGSTOP means that one process.
      const int signal = WSTOPSIG(waited);
      if (pid == roots_.command && (signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU)) {
        stop_with_the_command();
      }
      continue;
    }
    std::erase(roots_.strangers, static_cast<int>(pid));
    if (pid == roots_.command) {
      main_ended_ = true;
      status_ = status_of(waited);
      roots_.command = 0;  // its pid may be anybody's from now on
      if (whom != -1) {
        return;
      }
    }
  }
}

void Supervisor::on_deadline() noexcept {
  switch (phase_) {
    case Phase::running:
      timed_out_ = true;
      begin_ending();
      break;
    case Phase::ending:
      phase_ = Phase::killing;
      pause_ns_ = first_pause_ns;
      kill_all();
      break;
    case Phase::killing: kill_all(); break;
  }
}

void Supervisor::begin_ending() noexcept {
  phase_ = Phase::ending;
  deadline_ns_ = after(plan_.kill_after_ns);
  signal_tree(roots_, SIGTERM);
  signal_tree(roots_, SIGCONT);  // a stopped process gets its SIGTERM when it goes on
}

// Again and again, for a process may have forked between the walk and its end, and one that may not be signalled
// (it has become another user) is waited for.
void Supervisor::kill_all() noexcept {
  signal_tree(roots_, SIGKILL);
  deadline_ns_ = after(pause_ns_);
  pause_ns_ = std::min(pause_ns_ * 2, longest_pause_ns);
}

Result<Ended> supervise(Hold& hold, const Plan& plan) noexcept {
  Supervisor supervisor(plan);
  const auto ended = supervisor.run(hold);
  hold.end(ended ? ended->status : status_not_runnable);
  return ended;
}

Environment::Environment(char* const* environment, std::string_view job, const Hold& hold) noexcept {
  for (; *environment != nullptr; ++environment) {
    const std::string_view variable(*environment);
    if (!variable.starts_with("SHMCTL_JOB=") && !variable.starts_with("SHMCTL_TOKEN=") &&
        !variable.starts_with("SHMCTL_SLOT=")) {
      pointers_.push_back(*environment);
    }
  }
  own_[0].add("SHMCTL_JOB=").add(job);
  own_[1].add("SHMCTL_TOKEN=").add_decimal(hold.token());
  const std::size_t count = hold.mode() == Mode::slot ? 3 : 2;
  if (count == 3) {
    own_[2].add("SHMCTL_SLOT=").add_decimal(hold.slot());
  }
  for (std::size_t i = 0; i < count; ++i) {
    pointers_.push_back(const_cast<char*>(own_[i].c_str()));
  }
  pointers_.push_back(nullptr);
}

}  // namespace shm::guard

// The Supervisor's waiting: for signals, for what its companions wait for, for its time to be up; and the end of a
// tree.
#include <sys/resource.h>
#include <sys/wait.h>
#include <algorithm>
#include "guard/supervisor.hpp"
#include "os/clock.hpp"
#include "os/poll.hpp"

namespace shm::guard {

namespace {
constexpr std::int64_t first_pause_ns = 5'000'000;
constexpr std::int64_t longest_pause_ns = 100'000'000;
constexpr std::int64_t look_again_ns = 20'000'000;

constexpr std::int64_t earlier(std::int64_t left, std::int64_t right) noexcept {  // -1: never
  return left < 0 ? right : right < 0 ? left : std::min(left, right);
}
}  // namespace

// A command that has ended before anybody else had anything to do costs no look at a clock.
os::Received Supervisor::first_event() noexcept {
  std::int64_t quiet_ns = plan_.timeout_ns >= 0 ? plan_.timeout_ns : INT64_MAX;
  for (const Companion* const companion : plan_.companions) {
    quiet_ns = std::min(quiet_ns, companion->quiet_ns());
  }
  if (plan_.companions.empty() || quiet_ns <= 0 || survivor_ != nullptr) {
    return next_event(try_.deadline_ns);
  }
  const os::Received received = without_ignored(os::next_signal_within(taken_, quiet_ns));
  if (received.signal != SIGCHLD) {
    for (Companion* const companion : plan_.companions) {
      companion->on_time();
    }
  }
  return received;
}

// A signal, or 0 when the deadline has passed or a companion has had something to do: the caller looks around again.
os::Received Supervisor::next_event(std::int64_t deadline_ns) noexcept {
  if (plan_.companions.empty() && survivor_ == nullptr) {
    return without_ignored(os::next_signal(taken_, deadline_ns));
  }
  list_.clear();
  for (std::size_t i = 0; i < plan_.companions.size(); ++i) {
    const std::size_t before = list_.size();
    plan_.companions[i]->poll_for(list_);
    asked_for_[i] = list_.size() - before;
    deadline_ns = earlier(deadline_ns, plan_.companions[i]->time_ns());
  }
  if (list_.empty() && survivor_ == nullptr) {
    const os::Received received = without_ignored(os::next_signal(taken_, deadline_ns));
    serve_companions();
    return received;
  }
  if (!wakes_) {
    wakes_ = os::open_signals(taken_);
  }
  if (!wakes_) {  // no descriptor can be had: then signals are asked after now and again
    deadline_ns = earlier(deadline_ns, os::after(look_again_ns));
  }
  list_.push_back({wakes_.get(), POLLIN, 0});
  wait_for_survivor_too();
  os::poll_until(list_, deadline_ns);
  look_after_survivor();
  const os::Received received = without_ignored(os::next_signal(taken_, 0));
  serve_companions();
  return received;
}

void Supervisor::serve_companions() noexcept {
  const std::int64_t now = os::monotonic_ns();
  const pollfd* next = list_.data();
  for (std::size_t i = 0; i < plan_.companions.size(); ++i) {
    Companion& companion = *plan_.companions[i];
    if (asked_for_[i] != 0) {
      companion.ready(next);
      next += asked_for_[i];
    }
    if (const std::int64_t at = companion.time_ns(); at >= 0 && at <= now) {
      companion.on_time();
    }
  }
}

void Supervisor::watch() noexcept {
  if (plan_.timeout_ns >= 0) {
    try_.deadline_ns = os::after(plan_.timeout_ns);
  }
  for (bool first = true; !over(); first = false) {
    const os::Received received = first ? first_event() : next_event(try_.deadline_ns);
    switch (received.signal) {
      case 0:
        if (try_.deadline_ns >= 0 && os::monotonic_ns() >= try_.deadline_ns) {
          on_deadline();
        }
        break;
      case SIGCHLD: on_children(); break;
      default: on_signal(received); break;
    }
    if (stop_asked_ && try_.phase == Phase::running && roots_.command != 0) {
      become_reaper();  // what loses its parent from now on is still found
      begin_ending(stop_after_ns_);
    }
  }
}

// The command has ended, and the job is held for what is left to do, for another try or for its time: nothing is there
// to pass a signal on to. True: one came that asks for the end, and nothing more is to begin.
bool Supervisor::wait_without_command(std::int64_t until_ns) noexcept {
  const os::Received received = next_event(until_ns);
  switch (received.signal) {
    case SIGCHLD: on_children(); break;
    case SIGTSTP: os::sys::call(SYS_kill, os::own_pid(), SIGSTOP); break;
    case SIGINT:
    case SIGTERM:
    case SIGQUIT:
    case SIGHUP:
    case SIGABRT:
    case SIGALRM: asked_to_end_ = true; return true;
    default: break;
  }
  return stop_asked_;
}

void Supervisor::finish_companions() noexcept {
  const auto busy = [](const Companion* companion) { return companion->busy(); };
  std::int64_t until_ns = -1;
  while (std::any_of(plan_.companions.begin(), plan_.companions.end(), busy)) {
    if (stop_asked_ && until_ns < 0) {
      until_ns = os::after(stop_after_ns_);  // as long as the command itself had: what it said last is to be heard
    }
    if (wait_without_command(until_ns) && (!stop_asked_ || (until_ns >= 0 && os::monotonic_ns() >= until_ns))) {
      break;
    }
  }
}

// Between tries, and until the job may be free; false: somebody wants an end.
bool Supervisor::rest(std::int64_t until_ns) noexcept {
  bool end = stop_asked_ || asked_to_end_;
  while (!end && os::monotonic_ns() < until_ns) {
    end = wait_without_command(until_ns) || asked_to_end_;
  }
  return !end;
}

void Supervisor::stop(std::int64_t kill_after_ns) noexcept {
  stop_asked_ = true;
  stop_after_ns_ = kill_after_ns >= 0 ? kill_after_ns : plan_.kill_after_ns;
  if (try_.phase == Phase::ending) {  // somebody is in more of a hurry than who asked before
    try_.deadline_ns = std::min(try_.deadline_ns, os::after(stop_after_ns_));
  }
}

bool Supervisor::over() noexcept {
  if (!try_.main_ended) {
    return false;
  }
  if (try_.phase == Phase::running && plan_.until == Until::main) {
    return true;
  }
  if (all_gone()) {
    return true;
  }
  if (try_.phase == Phase::running && plan_.until == Until::kill_tree) {
    begin_ending(plan_.kill_after_ns);
  }
  return false;
}

// An orphan's parent is this process, so while anything of the tree is left, so is a child.
bool Supervisor::all_gone() noexcept {
  if (roots_.strangers.empty() && survivor_ == nullptr) {
    return try_.none_left;
  }
  return find_tree(roots_).empty();
}

void Supervisor::on_children() noexcept {
  // The first process of a pid namespace is given everybody's orphans, and is the only one to wait for them.
  const int whom = roots_.adopted || os::own_pid() == 1 ? -1 : roots_.command;
  for (;;) {
    int waited = 0;
    struct rusage used{};
    const long pid = os::sys::retry(SYS_wait4, whom, &waited, WNOHANG | WUNTRACED, &used);
    if (pid <= 0) {
      try_.none_left = pid == -ECHILD;
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
    add_usage(used);
    if (pid == roots_.command) {
      try_.main_ended = true;
      try_.waited = waited;
      roots_.command = 0;  // its pid may be anybody's from now on
      if (whom != -1) {
        return;
      }
    }
  }
}

void Supervisor::on_deadline() noexcept {
  switch (try_.phase) {
    case Phase::running:
      try_.timed_out = true;
      begin_ending(plan_.kill_after_ns);
      break;
    case Phase::ending:
      try_.phase = Phase::killing;
      try_.pause_ns = first_pause_ns;
      kill_all();
      break;
    case Phase::killing: kill_all(); break;
  }
}

void Supervisor::add_usage(const struct rusage& used) noexcept {
  const auto microseconds = [](const timeval& time) { return time.tv_sec * std::int64_t{1'000'000} + time.tv_usec; };
  usage_.user_us += microseconds(used.ru_utime);
  usage_.system_us += microseconds(used.ru_stime);
  usage_.most_memory_kib = std::max<std::int64_t>(usage_.most_memory_kib, used.ru_maxrss);
  usage_.blocks_read += used.ru_inblock;
  usage_.blocks_written += used.ru_oublock;
}

void Supervisor::begin_ending(std::int64_t kill_after_ns) noexcept {
  try_.phase = Phase::ending;
  try_.deadline_ns = os::after(kill_after_ns);
  note_tree();
  signal_tree(roots_, SIGTERM);
  signal_tree(roots_, SIGCONT);  // a stopped process gets its SIGTERM when it goes on
  for (Companion* const companion : plan_.companions) {
    companion->ending(kill_after_ns);
  }
}

// Again and again, for a process may have forked between the walk and its end, and one that may not be signalled
// (it has become another user) is waited for.
void Supervisor::kill_all() noexcept {
  note_tree();
  signal_tree(roots_, SIGKILL);
  try_.deadline_ns = os::after(try_.pause_ns);
  try_.pause_ns = std::min(try_.pause_ns * 2, longest_pause_ns);
}

}  // namespace shm::guard

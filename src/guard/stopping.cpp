#include "guard/stopping.hpp"
#include <fcntl.h>
#include <algorithm>
#include <csignal>
#include "guard/answering.hpp"
#include "guard/hold.hpp"
#include "guard/job_files.hpp"
#include "guard/tree.hpp"
#include "guard/watch.hpp"
#include "os/clock.hpp"
#include "os/flock.hpp"
#include "os/inherited_lock.hpp"

namespace shm::guard {

namespace {
using os::Code;
using os::ProcessState;
using os::Result;

constexpr std::int64_t default_kill_after_ns = 10'000'000'000;
constexpr std::int64_t first_pause_ns = 5'000'000;
constexpr std::int64_t longest_pause_ns = 100'000'000;
constexpr std::int64_t look_again_ns = 1'000'000;

bool passed(std::int64_t deadline_ns) noexcept { return deadline_ns >= 0 && os::monotonic_ns() >= deadline_ns; }

std::int64_t earlier(std::int64_t left, std::int64_t right) noexcept {  // -1: never
  return left < 0 ? right : right < 0 ? left : std::min(left, right);
}

os::Error unseen(std::string_view job) noexcept {
  return os::fail(Code::denied, "reach the run of", job,
                  "its supervisor does not answer, and it can't be seen from here",
                  "try it where it runs: it is of another pid namespace, or hidden");
}

// It listens, does not say who it is, and nothing is on record (answering.hpp).
bool is_silent(const Holder& run) noexcept { return run.recorded && run.token == 0 && run.descriptor < 0; }

// Who has inherited the lock from somebody who is gone: never who has just taken it.
std::vector<ProcessState> with_lock(const os::FileInfo& lock) noexcept {
  auto all = all_processes();
  std::erase_if(all, [&](const ProcessState& process) {
    return process.ended() || process.pid == os::own_pid() ||
           os::held_flock(process.pid, lock) != os::HeldFlock::of_the_dead;
  });
  return all;
}

// The supervisor of a run that does not answer, if it lives: its pid may be another's by now, but for having the
// record open, and it is none that began after the run did.
os::Fd open_supervisor(const store::Store& store, std::string_view job, const Holder& run) noexcept {
  if (!run.supervisor_alive || !run.same_namespace) {
    return {};
  }
  const auto process = os::process_state(run.supervisor_pid);
  const auto record = os::info_at(store.dir(), record_name(job).view());
  if (!process || !record || process->start > run.from_ticks) {
    return {};
  }
  auto opened = os::open_process(process->pid, process->start);
  return opened && os::has_open(process->pid, *record) ? std::move(*opened) : os::Fd();
}

// A supervisor that is stopped (^Z, SIGSTOP) can't do what it is asked for; it goes on.
void wake(const os::Fd& supervisor) noexcept {
  if (supervisor) {
    (void)os::signal_process(supervisor, SIGCONT);
  }
}
// Asks the supervisor of `run` for something. One that closes the connection may be at its end: then it is looked at
// again whether the run is over.
template <class AskFor>
Result<void> ask_supervisor(const store::Store& store, std::string_view job, const Holder& run,
                            std::int64_t deadline_ns, AskFor ask_for) noexcept {
  constexpr int tries = 10;
  Result<void> done;
  for (int turn = 0; turn < tries; ++turn) {
    auto talk = Talk::open(store, job, run, deadline_ns);
    if (!talk) {
      return std::unexpected(talk.error());
    }
    done = ask_for(*talk);
    if (done || done.error().code != Code::lost) {
      break;
    }
  }
  return done;
}

// The run as it is by now: it may have begun, or ended, since somebody looked.
Result<Holder> look_again(const store::Store& store, std::string_view job, const Holder& run) noexcept {
  if (!run.recorded || run.descriptor >= 0) {
    return run;
  }
  const auto record = Record::open(store, job, os::Access::read);
  if (record) {
    for (const Holder& holder : live_holders(*record, Here::look())) {
      if (holder.recorded && holder.token == run.token) {
        return holder;
      }
    }
  }
  return std::unexpected(os::fail(Code::absent, "reach the run of", job, "it is over"));
}
}  // namespace

Result<void> Stopping::begin(std::int64_t deadline_ns) noexcept {
  if (is_silent(run_)) {
    return std::unexpected(unseen(job_));
  }
  if (run_.recorded && run_.descriptor < 0 && run_.supervisor_alive) {
    supervisor_ = open_supervisor(store_, job_, run_);
    wake(supervisor_);
    const auto done = ask_supervisor(store_, job_, run_, deadline_ns, [this](Talk& talk) {
      auto asked = talk.ask_for_end();
      if (asked) {
        asked = talk.stop(kill_after_ns_);
      }
      if (asked) {
        talk_ = std::move(talk);
      }
      return asked;
    });
    if (done || done.error().code != Code::lost) {
      return done;
    }
  }
  return begin_by_hand();
}

// All that is known of it, and what came of that since the last look.
void Stopping::find_processes() noexcept {
  std::erase_if(processes_, [](const ProcessState& known) {
    const auto now = os::process_state(known.pid);
    return !now || now->start != known.start || now->ended();
  });
  const auto add = [this](const ProcessState& process) {
    const auto same = [&](const ProcessState& known) { return known.pid == process.pid; };
    if (process.pid != os::own_pid() && std::none_of(processes_.begin(), processes_.end(), same)) {
      processes_.push_back(process);
    }
  };
  if (const auto command = os::process_state(run_.command.pid);
      command && command->start == run_.command.start && !command->ended()) {
    add(*command);
  }
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    Roots roots;
    roots.command = processes_[i].pid;
    for (const ProcessState& process : find_tree(roots)) {
      add(process);
    }
  }
  if (const auto lock = os::info_at(store_.dir(), lock_name(job_).view()); lock && run_.mode == Mode::exclusive) {
    for (const ProcessState& process : with_lock(*lock)) {
      add(process);
    }
  }
}

Result<void> Stopping::send(int signal) noexcept {
  Result<void> done;
  for (const ProcessState& process : processes_) {
    const auto target = os::open_process(process.pid, process.start);
    const auto sent = target ? os::signal_process(*target, signal) : Result<void>();
    if (!sent && sent.error().code == Code::denied) {
      done = std::unexpected(
          os::fail(Code::denied, "stop", job_, "a process of it is another user's", "root may, and who runs it"));
    }
  }
  return done;
}

Result<void> Stopping::begin_by_hand() noexcept {
  talk_.reset();
  auto now = look_again(store_, job_, run_);
  if (!now) {
    return std::unexpected(now.error());
  }
  run_ = *now;
  if (run_.command.pid == 0 || run_.command.start == 0) {
    return std::unexpected(unseen(job_));
  }
  if (!run_.recorded) {  // all that is known is that it has the lock: does it?
    const auto lock = os::info_at(store_.dir(), lock_name(job_).view());
    if (!lock || os::held_flock(run_.command.pid, *lock) == os::HeldFlock::none) {
      return std::unexpected(os::fail(Code::absent, "stop", job_, "it is over"));
    }
  }
  find_processes();
  if (processes_.empty()) {
    return std::unexpected(os::fail(Code::absent, "stop", job_, "it is over"));
  }
  kill_at_ns_ = os::after(kill_after_ns_ >= 0 ? kill_after_ns_ : default_kill_after_ns);
  auto done = send(SIGTERM);
  if (done) {
    done = send(SIGCONT);  // a stopped process gets its SIGTERM when it goes on
  }
  return done;
}

Result<bool> Stopping::wait(std::int64_t deadline_ns) noexcept {
  if (talk_) {
    const auto ended = talk_->wait_for_end(deadline_ns);
    if (ended) {
      ended_ = *ended;
      return wait_until_given_back(deadline_ns);
    }
    if (ended.error().code == Code::timed_out) {
      return false;
    }
    // Its supervisor was killed meanwhile.
    const auto done = begin_by_hand();
    if (!done) {
      return done.error().code == Code::absent ? Result<bool>(true) : std::unexpected(done.error());
    }
  }
  return wait_by_hand(deadline_ns);
}

Result<bool> Stopping::wait_by_hand(std::int64_t deadline_ns) noexcept {
  std::int64_t pause_ns = first_pause_ns;
  for (;;) {
    find_processes();
    if (processes_.empty()) {
      return true;
    }
    if (passed(deadline_ns)) {
      return false;
    }
    if (passed(kill_at_ns_)) {
      if (auto done = send(SIGKILL); !done) {
        return std::unexpected(done.error());
      }
    }
    // For one of them: the others are looked at again then.
    const auto first = os::open_process(processes_.front().pid, processes_.front().start);
    const std::int64_t until = earlier(deadline_ns, os::after(pause_ns));
    if (first) {
      (void)os::wait_process(*first, passed(kill_at_ns_) ? until : earlier(until, kill_at_ns_));
    }
    pause_ns = std::min(pause_ns * 2, longest_pause_ns);
  }
}

// The supervisor says that the run is over before it lets go of the job.
Result<bool> Stopping::wait_until_given_back(std::int64_t deadline_ns) noexcept {
  const auto record = Record::open(store_, job_, os::Access::read);
  os::FileInfo ignored;
  const auto lock = store_.open_file(lock_name(job_).view(), O_RDONLY, &ignored);
  if (!record || !lock) {
    return true;  // removed by now, or not to be read: nothing more can be learnt
  }
  for (;;) {
    Snapshot snapshot;
    const bool runs = run_.entry < record->entries() && read_entry(record->entry(run_.entry), snapshot) &&
                      snapshot.token == run_.token && record->taken(run_.entry);
    const auto marked = os::byte_used(*lock, held_mark);
    if (!runs && marked && !*marked) {
      return true;
    }
    if (supervisor_) {
      const auto gone = os::wait_process(supervisor_, os::after(look_again_ns));
      if (!gone || *gone) {
        return true;
      }
    } else {
      os::sleep_until(os::after(look_again_ns));
    }
    if (!runs && (run_.mode != Mode::exclusive || !supervisor_)) {
      return true;  // others hold it too: whose mark that is can't be told
    }
    if (passed(deadline_ns)) {
      return false;
    }
  }
}

Result<void> signal_run(const store::Store& store, std::string_view job, const Holder& seen, int signal,
                        std::int64_t deadline_ns) noexcept {
  if (is_silent(seen)) {
    return std::unexpected(unseen(job));
  }
  if (seen.recorded && seen.descriptor < 0 && seen.supervisor_alive) {
    const auto done = ask_supervisor(store, job, seen, deadline_ns, [&](Talk& talk) { return talk.signal(signal); });
    if (done || done.error().code != Code::lost) {
      return done;
    }
    if (signal == SIGCONT) {
      if (const os::Fd supervisor = open_supervisor(store, job, seen)) {
        return os::signal_process(supervisor, SIGCONT);  // it passes it on
      }
    }
  }
  const auto now = look_again(store, job, seen);
  if (!now) {
    return std::unexpected(now.error());
  }
  const Holder& run = *now;
  if (run.command.pid == 0 || run.command.start == 0) {
    return std::unexpected(unseen(job));
  }
  const auto command = os::open_process(run.command.pid, run.command.start);
  if (!command) {
    return std::unexpected(os::fail(Code::absent, "signal", job, "it is over"));
  }
  if (signal == SIGUSR1 || signal == SIGUSR2) {
    return os::signal_process(*command, signal);
  }
  Roots roots;
  roots.command = run.command.pid;
  Result<void> done;
  for (const ProcessState& process : find_tree(roots)) {
    const auto target = os::open_process(process.pid, process.start);
    const auto sent = target ? os::signal_process(*target, signal) : Result<void>();
    done = sent || sent.error().code == Code::absent ? done : sent;
  }
  return done;
}

std::vector<Holder> lock_keepers(const store::Store& store, std::string_view job) noexcept {
  std::vector<Holder> keepers;
  const auto lock = os::info_at(store.dir(), lock_name(job).view());
  if (!lock) {
    return keepers;
  }
  for (const ProcessState& process : with_lock(*lock)) {
    Holder holder;
    holder.recorded = false;
    holder.pid = process.pid;
    holder.command = {process.pid, process.start};
    holder.command_line.add(os::command_of(process.pid).view());
    keepers.push_back(holder);
  }
  return keepers;
}

Result<std::vector<Holder>> runs_to_reach(const store::Store& store, std::string_view job) noexcept {
  std::vector<Holder> runs;
  auto view = view_job(store, job);
  if (!view && view.error().code != Code::absent) {
    return std::unexpected(view.error());
  }
  if (view) {
    runs = std::move(view->holders);
  }
  if (runs.empty() || !runs.front().recorded) {
    auto answering = answering_runs(store, job);
    runs = answering.empty() ? std::move(runs) : std::move(answering);
  }
  return runs.empty() ? lock_keepers(store, job) : std::move(runs);
}

}  // namespace shm::guard

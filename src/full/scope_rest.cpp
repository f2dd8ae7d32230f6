#include "full/scope_rest.hpp"
#include <unistd.h>
#include <csignal>
#include "os/clock.hpp"
#include "os/process.hpp"

namespace shm::full {

namespace {
constexpr std::int64_t between_looks_ns = 50'000'000;

struct Visit {
  int self;
  std::vector<os::ProcessState> found;
};

// The control group is this run's alone: who is in it, but for this process, is of the run.
std::vector<os::ProcessState> others_in_scope() noexcept {
  Visit visit{static_cast<int>(::getpid()), {}};
  const auto note = [](void* context, const os::ProcessState& process) {
    auto& noted = *static_cast<Visit*>(context);
    if (process.pid != noted.self && !process.ended() && os::in_own_cgroup(process.pid)) {
      noted.found.push_back(process);
    }
    return true;
  };
  (void)os::each_process(note, &visit);
  return visit.found;
}

void signal_all(const std::vector<os::ProcessState>& processes, int signal) noexcept {
  for (const auto& process : processes) {
    if (const auto target = os::open_process(process.pid, process.start)) {
      (void)os::signal_process(*target, signal);
    }
  }
}
}  // namespace

void ScopeRest::ending(std::int64_t kill_after_ns) noexcept { kill_after_ns_ = kill_after_ns; }

void ScopeRest::command_ended(const guard::Ended& /*ended*/) noexcept {
  asked_ = false;
  look();
}

void ScopeRest::on_time() noexcept {
  if (waits_) {
    look();
  }
}

void ScopeRest::look() noexcept {
  const auto left = others_in_scope();
  waits_ = !left.empty();
  look_ns_ = os::after(between_looks_ns);
  if (!waits_ || until_ != guard::Until::kill_tree) {
    return;
  }
  if (!asked_) {
    asked_ = true;
    kill_ns_ = os::after(kill_after_ns_);
    signal_all(left, SIGTERM);
    signal_all(left, SIGCONT);
  } else if (os::monotonic_ns() >= kill_ns_) {
    signal_all(left, SIGKILL);
  }
}

}  // namespace shm::full

#include "verbs/stop.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "cli/duration.hpp"
#include "guard/stopping.hpp"
#include "os/clock.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/job_text.hpp"

namespace shm::verbs {

namespace {
constexpr int status_timed_out = 124;
constexpr int status_nobody = 1;

std::int64_t read_time(const cli::Call& call, std::string_view option) {
  const auto text = call.argument(option);
  return text ? cli::parse_duration(*text, option) : -1;
}

// Those that hold the job now; nobody, said so, where there is none.
std::vector<guard::Holder> runs_of(const cli::Call& call, const store::Store*& store) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  store = find_store(call);
  std::vector<guard::Holder> runs;
  if (store != nullptr) {
    using_object(name);
    runs = cli::must(guard::runs_to_reach(*store, name));
  }
  if (runs.empty() && !call.quiet()) {
    cli::complain(fmt::format("{} {}: nobody holds it", call.verb->name, name));
  }
  return runs;
}

struct Asked {
  guard::Holder run;
  guard::Stopping stopping;
};

// All are asked before one is waited for.
std::vector<Asked> ask_to_end(cli::Call& call, const store::Store& store, const std::vector<guard::Holder>& runs,
                              std::int64_t deadline_ns) {
  const std::int64_t kill_after_ns = read_time(call, "kill-after");
  std::vector<Asked> asked;
  for (const auto& run : runs) {
    Asked one{run, {store, call.operands[0], run, kill_after_ns}};
    if (auto begun = one.stopping.begin(deadline_ns); begun) {
      asked.push_back(std::move(one));
    } else if (begun.error().code != os::Code::absent) {  // over by itself
      call.report(begun.error());
    }
  }
  return asked;
}
}  // namespace

int stop(cli::Call& call) {
  const store::Store* store = nullptr;
  const std::int64_t timeout_ns = read_time(call, "timeout");
  const auto runs = runs_of(call, store);
  if (runs.empty()) {
    return status_nobody;
  }
  const std::int64_t deadline_ns = timeout_ns >= 0 ? os::after(timeout_ns) : -1;
  bool late = false;
  for (auto& [run, stopping] : ask_to_end(call, *store, runs, deadline_ns)) {
    const auto ended = stopping.wait(deadline_ns);
    if (!ended) {
      call.report(ended.error());
    } else if (!*ended) {
      late = true;
      cli::complain(
          fmt::format("stop {}: {} has been asked to end, and still runs", call.operands[0], who_holds(run, 0)));
    }
  }
  return call.status() != 0 ? call.status() : late ? status_timed_out : 0;
}

int signal(cli::Call& call) {
  const int number = guard::signal_of(call.operands[1]);
  if (number == 0) {
    refuse(call, fmt::format("'{}': no signal has that name or number (say TERM, HUP, USR1)", call.operands[1]));
  }
  const store::Store* store = nullptr;
  const auto runs = runs_of(call, store);
  bool sent = false;
  for (const auto& run : runs) {
    const auto done = guard::signal_run(*store, call.operands[0], run, number, -1);
    sent = sent || done;
    if (!done && done.error().code != os::Code::absent) {
      call.report(done.error());
    }
  }
  return call.status() != 0 ? call.status() : sent ? 0 : status_nobody;
}

}  // namespace shm::verbs

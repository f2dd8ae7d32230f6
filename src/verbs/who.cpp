#include "verbs/who.hpp"
#include <fmt/core.h>
#include "guard/watch.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/job_json.hpp"
#include "verbs/job_text.hpp"
#include "verbs/pause.hpp"

namespace shm::verbs {

namespace {
std::string line_of(const guard::Holder& holder) {
  std::string line = who_holds(holder, 0);
  if (!holder.recorded) {
    return line + " has its lock, left over from an earlier run or taken by hand";
  }
  line += " since " + since_when(holder) + until_when(holder);
  if (holder.descriptor >= 0) {
    return line +
           fmt::format(", by descriptor {}{}", holder.descriptor, holder.mode == guard::Mode::shared ? ", shared" : "");
  }
  line += holder.supervisor_alive ? fmt::format(", supervisor {}", holder.supervisor_pid)
                                  : fmt::format(", supervisor {} gone", holder.supervisor_pid);
  if (holder.mode == guard::Mode::shared) {
    line += ", shared";
  }
  if (holder.mode == guard::Mode::slot) {
    line += fmt::format(", slot {}", holder.slot);
  }
  return line;
}

// "3 waiting: pid 12, 13, 1 of another pid namespace"
std::string waiters_line(const std::vector<int>& waiters) {
  std::string line = fmt::format("{} waiting:", waiters.size());
  std::string_view before = " pid ";
  std::size_t unseen = 0;
  for (const int pid : waiters) {
    if (pid == 0) {
      ++unseen;
      continue;
    }
    line += fmt::format("{}{}", before, pid);
    before = ", ";
  }
  if (unseen != 0) {
    line += fmt::format("{} {} of another pid namespace", unseen == waiters.size() ? "" : ",", unseen);
  }
  return line;
}

void print_text(cli::Call& call, const guard::View& view) {
  for (const auto& holder : view.holders) {
    call.output.line(line_of(holder));
  }
  if (view.holders.empty()) {
    call.output.line("a process that can't be seen from here holds it");
  }
  if (!view.waiters.empty()) {
    call.output.line(waiters_line(view.waiters));
  }
  if (view.state.pause) {
    call.output.line(paused_how(*view.state.pause));
  }
}

void print_json(cli::Call& call, const guard::View& view) {
  std::vector<cli::Json> holders;
  holders.reserve(view.holders.size());
  for (const auto& holder : view.holders) {
    holders.push_back(json_of(holder));
  }
  const std::vector<std::int64_t> waiters(view.waiters.begin(), view.waiters.end());
  const auto& job = view.state;
  cli::Json json;
  json.add("name", job.name.view()).add("held", job.running).add("holders", holders).add("waiters", waiters);
  json.add("runs", job.runs).add("failures", job.failures).add("lost", job.lost).add("skips", job.skips);
  json.add("failures_in_a_row", job.failures_in_a_row).add("skips_in_a_row", job.skips_in_a_row);
  if (job.last_status >= 0) {
    json.add("last_status", job.last_status);
  } else {
    json.add_null("last_status");
  }
  json.add_raw("pause", job.pause ? pause_json(*job.pause).text() : "null");
  call.output.write(json);
}
}  // namespace

int who(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  const auto* store = find_store(call);
  std::string paused;
  if (store != nullptr) {
    using_object(name);
    auto view = guard::view_job(*store, name);
    if (!view && view.error().code != os::Code::absent) {
      throw cli::Failure(view.error());
    }
    if (view && view->state.running) {
      call.output.json() ? print_json(call, *view) : print_text(call, *view);
      return 0;
    }
    paused = view && view->state.pause ? "; " + paused_how(*view->state.pause) : "";
  }
  if (!call.quiet()) {
    cli::complain(fmt::format("who {}: nobody holds it{}", name, paused));
  }
  return 1;
}

}  // namespace shm::verbs

#include "verbs/run_explain.hpp"
#include <fmt/core.h>
#include <algorithm>
#include "cli/duration.hpp"
#include "cli/printable.hpp"
#include "guard/forecast.hpp"
#include "os/clock.hpp"
#include "verbs/common.hpp"
#include "verbs/job_text.hpp"

namespace shm::verbs {

namespace {
using Turn = guard::Forecast::Turn;
using Why = guard::Why;

/// What comes of the call, in a word and in a sentence.
struct Verdict {
  std::string_view word;  // run, wait, refuse, or a policy that deals with the run that is in the way
  std::string text;
  int status = 0;
};

// Policies for which a job that is held is not the end of it.
bool deals_with_holder(std::string_view policy) { return policy != "skip" && policy != "wait" && policy != "queue"; }

// By --on-busy replace, or by --kill-older where they have run so long.
bool would_replace(const guard::Want& want, const std::vector<guard::Holder>& holders) {
  const std::int64_t now = os::realtime_ns();
  return want.replace && std::all_of(holders.begin(), holders.end(), [&](const guard::Holder& holder) {
           return now - holder.since_ns >= want.replace_older_ns;
         });
}

Verdict verdict_of(const cli::Call& call, const RunRequest& request, const guard::Forecast& found) {
  const auto policy = call.argument("on-busy").value_or("skip");
  const auto why = why_busy(found.busy, request.want);
  const auto waiters = found.job ? found.job->waiters.size() : 0;
  const bool held = found.turn != Turn::begins && found.busy.why == Why::held;
  if (held && would_replace(request.want, found.busy.holders)) {
    return {"replace", "end what runs, then run: " + why, 0};
  }
  if (held && found.turn == Turn::refused && deals_with_holder(policy)) {
    return {policy, fmt::format("{}, by --on-busy {}: {}", policy, policy, why), 0};
  }
  if (found.turn == Turn::refused) {
    const int status = found.busy.why == Why::nested ? status_busy : request.busy_status;
    return {"refuse", fmt::format("not run, but end with status {}: {}", status, why), status};
  }
  if (found.turn == Turn::waits) {
    auto text = fmt::format("wait: {}", why);
    if (found.displaces) {
      text += "; in place of the call that waits now";
    } else if (waiters > 0) {
      text += fmt::format("; {} {} already", waiters, waiters == 1 ? "waits" : "wait");
    }
    return {"wait", text, 0};
  }
  return {"run", request.want.jitter_ns > 0 ? "run, after a sleep by chance (--jitter)" : "run now", 0};
}

std::string command_of(const cli::Call& call) {
  std::string line;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    line += (i > 1 ? " " : "") + call.operands[i];
  }
  return line;
}

std::string last_run(const guard::JobState& job) {
  if (job.last_start_ns == 0) {
    return "none yet";
  }
  auto text = "began " + cli::format_time(job.last_start_ns);
  if (!job.running && job.last_status >= 0) {
    text += fmt::format(", ended {}, status {}", cli::format_time(job.last_end_ns), job.last_status);
  }
  return text;
}

void print_text(cli::Call& call, const guard::Forecast& found, const Verdict& verdict, std::string_view store) {
  call.output.line("would " + verdict.text);
  call.output.line("job: " + call.operands[0] + (found.job ? "" : ", which is not there yet"));
  call.output.line(fmt::format("store: {}", cli::printable(store)));
  call.output.line("command: " + cli::printable(command_of(call)));
  if (found.job) {
    call.output.line("last run: " + last_run(found.job->state));
  }
  for (const auto& option : call.options) {
    if (option.name != "explain") {
      call.output.line(option.argument.empty() ? fmt::format("--{}", option.name)
                                               : fmt::format("--{} {}", option.name, cli::printable(option.argument)));
    }
  }
}

void print_json(cli::Call& call, const guard::Forecast& found, const Verdict& verdict, std::string_view store) {
  std::vector<std::int64_t> holders;
  holders.reserve(found.busy.holders.size());
  for (const auto& holder : found.busy.holders) {
    holders.push_back(holder.command.pid != 0 ? holder.command.pid : holder.pid);
  }
  cli::Json options;
  for (const auto& option : call.options) {
    option.argument.empty() ? options.add(option.name, true) : options.add(option.name, option.argument);
  }
  cli::Json json;
  json.add("would", verdict.word).add("status", verdict.status);
  if (found.turn == Turn::refused) {
    json.add("why", name_of(found.busy.why));
  } else {
    json.add_null("why");
  }
  json.add("text", verdict.text).add("name", call.operands[0]).add("store", store).add("command", command_of(call));
  json.add("exists", found.job.has_value()).add("holders", holders);
  const auto waiters = found.job ? found.job->waiters : std::vector<int>();
  json.add("waiters", std::vector<std::int64_t>(waiters.begin(), waiters.end()));
  if (found.busy.due_ns != 0) {
    json.add("due", found.busy.due_ns / 1'000'000'000);
  } else {
    json.add_null("due");
  }
  call.output.write(json.add_raw("options", options.text()));
}
}  // namespace

int explain_run(cli::Call& call, const RunRequest& request) {
  guard::Forecast found;
  std::string_view where = "not there yet";
  if (const auto* store = find_store(call)) {
    using_object(call.operands[0]);
    where = store->path();
    found = cli::must(guard::forecast(*store, call.operands[0], request.want));
  }
  const auto verdict = verdict_of(call, request, found);
  call.output.json() ? print_json(call, found, verdict, where) : print_text(call, found, verdict, where);
  return verdict.status;
}

}  // namespace shm::verbs

#include "verbs/run.hpp"
#include <array>
#include "guard/channel.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/full.hpp"
#include "verbs/job_text.hpp"
#include "verbs/run_adopt.hpp"
#include "verbs/run_conf.hpp"
#include "verbs/run_explain.hpp"
#include "verbs/run_forward.hpp"
#include "verbs/run_join.hpp"
#include "verbs/run_report.hpp"
#include "verbs/run_request.hpp"

namespace shm::verbs {

namespace {
std::string joined(const std::vector<std::string>& operands) {
  std::string line;
  for (std::size_t i = 1; i < operands.size() && line.size() < guard::command_bytes; ++i) {
    line += i > 1 ? " " : "";
    line += operands[i];
  }
  return line;
}

int refuse_run(const cli::Call& call, const RunRequest& request, const RunReport& report, const Managers& managers,
               const guard::Busy& busy) {
  const bool nested = busy.why == guard::Busy::Why::nested;
  const int status = nested ? status_busy : request.busy_status;  // nested is a mistake in a script, not a busy job
  report.refused(busy, status, why_busy(busy, request.want), call.quiet() && !nested);
  for (const auto& manager : managers) {
    manager->refused(busy);
  }
  return status;
}

void set_environment(RunRequest& request, const Managers& managers) {
  if (managers.empty()) {
    return;
  }
  auto& environment = request.environment;
  if (environment.empty()) {
    for (char* const* variable = environ; *variable != nullptr; ++variable) {
      environment.push_back(*variable);
    }
  } else {
    environment.pop_back();  // the null at its end
  }
  for (const auto& manager : managers) {
    manager->set_environment(environment);
  }
  environment.push_back(nullptr);
}

// A manager may refuse: the run is over then, and was none, which is put down and not left for others to find.
void tell_taken(const Managers& managers, guard::Hold& hold) {
  try {
    for (const auto& manager : managers) {
      manager->taken(hold);
    }
  } catch (const cli::Failure& failure) {
    guard::Ended none;
    none.ending = guard::Ending::not_runnable;
    none.status = cli::status_of(failure.error().code);
    hold.end(none);
    throw;
  }
}

// The job is taken: its command, from the start to the end.
int run_command(cli::Call& call, const store::Store& store, RunRequest& request, const RunReport& report,
                const Managers& managers, guard::Hold& hold) {
  const auto& name = call.operands[0];
  cli::must(hold.begin(joined(call.operands)));
  report.taken(hold);
  tell_taken(managers, hold);
  set_environment(request, managers);
  std::vector<char*> words;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    words.push_back(call.operands[i].data());
  }
  words.push_back(nullptr);
  const guard::Environment environment(request.environment.empty() ? environ : request.environment.data(), name, hold);
  request.plan.words = words.data();
  request.plan.environment = environment.get();
  std::optional<guard::Output> output;
  if (request.output) {
    output.emplace(*request.output);
  }
  guard::Channel channel(store, name, hold, output ? &*output : nullptr);
  std::array<guard::Companion*, guard::most_companions> companions;
  std::size_t count = 0;
  if (output) {
    companions[count++] = &*output;
  }
  for (const auto& manager : managers) {
    if (auto* const companion = manager->companion()) {
      companions.at(count++) = companion;
    }
  }
  companions[count++] = &channel;
  request.plan.companions = std::span(companions).first(count);
  const auto ended = cli::must(guard::supervise(hold, request.plan));
  if (output) {
    output->show(ended);
  }
  const bool ran = ended.ending != guard::Ending::not_runnable;
  report.ended(hold, ended, ran ? std::string_view() : hot::why_not_runnable(ended, call.operands[1]).view());
  for (const auto& manager : managers) {
    manager->ended(ended);
  }
  return ended.status;
}

int take_and_run(cli::Call& call, RunRequest& request, RunReport& report, const Managers& managers) {
  const auto& name = call.operands[0];
  const auto& store = open_store(call, store::Missing::create);
  report.in_store(store);
  using_object(name);
  if (request.adopt) {
    if (const auto status = adopt_run(call, store, request, report, managers)) {
      return *status;
    }
  }
  for (const auto& manager : managers) {
    manager->waiting(store, name, request.want);
  }
  // Never destroyed: this call ends with the run, and the kernel closes the files cheaper.
  static auto& outcome = *new guard::Outcome(cli::must(guard::acquire(store, name, request.want)));
  const auto tell_instead = [&](std::string_view what) {
    for (const auto& manager : managers) {
      manager->instead(what);
    }
  };
  if (!outcome.hold && request.join && outcome.busy.why == guard::Why::held) {
    tell_instead("waits for the end of the run that it has joined");
    const int status = join_run(call, store, request, outcome.busy);
    report.settled("joined", status);
    return status;
  }
  if (!outcome.hold && request.forward && outcome.busy.why == guard::Why::held &&
      forward_run(call, store, request, outcome)) {
    report.settled("forwarded", 0);
    tell_instead("forwarded to the run that has the job");
    return 0;
  }
  return outcome.hold ? run_command(call, store, request, report, managers, *outcome.hold)
                      : refuse_run(call, request, report, managers, outcome.busy);
}
}  // namespace

int run(cli::Call& call) {
  if (call.has("conf")) {
    apply_conf(call);
  }
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  auto request = read_run_request(call);
  if (call.has("explain")) {
    return explain_run(call, request);
  }
  const auto managers = managers_of(call, request);  // first: this may start again as the full program
  RunReport report(call);
  try {
    return take_and_run(call, request, report, managers);
  } catch (const cli::Failure& failure) {
    if (report.failed(failure.error())) {
      return cli::status_of(failure.error().code);
    }
    throw;
  }
}

}  // namespace shm::verbs

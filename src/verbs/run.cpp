#include "verbs/run.hpp"
#include <fmt/core.h>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include "cli/duration.hpp"
#include "guard/supervise.hpp"
#include "store/name.hpp"
#include "verbs/common.hpp"
#include "verbs/job_text.hpp"

namespace shm::verbs {

namespace {
constexpr int status_busy = 75;
constexpr unsigned most_busy_status = 254;  // 255 fails a unit whose ExecCondition this is
constexpr unsigned most_slots = 10000;

struct Request {
  guard::Want want;
  guard::Plan plan;
  int busy_status = status_busy;
};

unsigned read_number(const cli::Call& call, std::string_view option, unsigned least, unsigned most,
                     unsigned otherwise) {
  const auto text = call.argument(option);
  if (!text) {
    return otherwise;
  }
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number < least || number > most) {
    refuse(call, fmt::format("--{} '{}': not a number from {} to {}", option, *text, least, most));
  }
  return number;
}

std::int64_t read_time(const cli::Call& call, std::string_view option, std::int64_t otherwise) {
  const auto text = call.argument(option);
  return text ? cli::parse_duration(*text, option) : otherwise;
}

// A run inside this very job must not wait for it. Its ancestors show that, or else what it inherited from the job.
std::uint64_t outer_token(std::string_view job) {
  const char* name = std::getenv("SHMCTL_JOB");
  const char* token = std::getenv("SHMCTL_TOKEN");
  std::uint64_t number = 0;
  if (name == nullptr || token == nullptr || job != name) {
    return 0;
  }
  return std::from_chars(token, token + std::strlen(token), number).ec == std::errc() ? number : 0;
}

guard::Want read_want(const cli::Call& call) {
  guard::Want want;
  if (call.has("shared") && call.has("slots")) {
    refuse(call, "--shared and --slots exclude each other");
  }
  if (call.has("shared")) {
    want.mode = guard::Mode::shared;
  }
  if (call.has("slots")) {
    want.mode = guard::Mode::slot;
    want.slots = read_number(call, "slots", 1, most_slots, 0);
  }
  const auto policy = call.argument("on-busy");
  if (call.has("wait") && policy == "skip") {
    refuse(call, "--wait and --on-busy skip exclude each other");
  }
  const std::int64_t deadline = deadline_of(call);
  want.wait = deadline != 0 || (policy == "wait" && !call.has("wait"));
  if (deadline > 0) {
    want.deadline_ns = deadline;
  }
  want.inside_a_run = std::getenv("SHMCTL_JOB") != nullptr;
  want.outer_token = outer_token(call.operands[0]);
  return want;
}

guard::Plan read_plan(const cli::Call& call) {
  guard::Plan plan;
  if (const std::int64_t timeout = read_time(call, "timeout", 0); timeout > 0) {  // 0: none, as for timeout(1)
    plan.timeout_ns = timeout;
  }
  plan.kill_after_ns = read_time(call, "kill-after", plan.kill_after_ns);
  const auto hold = call.argument("hold");
  plan.until = hold == "tree" ? guard::Until::tree : hold == "kill-tree" ? guard::Until::kill_tree : guard::Until::main;
  return plan;
}

std::string joined(const std::vector<std::string>& operands) {
  std::string line;
  for (std::size_t i = 1; i < operands.size() && line.size() < guard::command_bytes; ++i) {
    line += i > 1 ? " " : "";
    line += operands[i];
  }
  return line;
}

int explain_busy(const cli::Call& call, const guard::Busy& busy, const Request& request) {
  const bool nested = busy.why == guard::Busy::Why::nested;
  if (nested || !call.quiet()) {
    cli::complain(fmt::format("run {}: {}", call.operands[0], why_busy(busy, request.want)));
  }
  return nested ? status_busy : request.busy_status;  // nested is a mistake in a script, not a busy job
}
}  // namespace

int run(cli::Call& call) {
  const auto& name = call.operands[0];
  cli::must(store::check_name(name));
  Request request;
  request.want = read_want(call);
  request.plan = read_plan(call);
  request.busy_status = static_cast<int>(read_number(call, "busy-status", 0, most_busy_status, status_busy));

  const auto& store = open_store(call, store::Missing::create);
  using_object(name);
  auto outcome = cli::must(guard::acquire(store, name, request.want));
  if (!outcome.hold) {
    return explain_busy(call, outcome.busy, request);
  }
  cli::must(outcome.hold->begin(joined(call.operands)));

  std::vector<char*> words;
  for (std::size_t i = 1; i < call.operands.size(); ++i) {
    words.push_back(call.operands[i].data());
  }
  words.push_back(nullptr);
  const guard::Environment environment(environ, name, *outcome.hold);
  request.plan.words = words.data();
  request.plan.environment = environment.get();
  const auto ended = cli::must(guard::supervise(*outcome.hold, request.plan));
  if (ended.exec_errno != 0) {
    cli::complain(fmt::format("run {}: can't run '{}': {}", name, call.operands[1], strerrordesc_np(ended.exec_errno)));
  }
  return ended.status;
}

}  // namespace shm::verbs

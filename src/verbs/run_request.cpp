#include "verbs/run_request.hpp"
#include <fmt/core.h>
#include <charconv>
#include "cli/duration.hpp"
#include "hot/run_words.hpp"
#include "verbs/common.hpp"
#include "verbs/run_circumstances.hpp"
#include "verbs/run_forward.hpp"
#include "verbs/run_output.hpp"
#include "verbs/run_policy.hpp"
#include "verbs/run_replace.hpp"

namespace shm::verbs {

namespace {
constexpr unsigned most_busy_status = 254;  // 255 fails a unit whose ExecCondition this is
constexpr unsigned most_slots = 10000;

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

}  // namespace

guard::Want read_want(const cli::Call& call) {
  guard::Want want = hot::plain_want(call.operands[0]);
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
  want.wait = deadline != 0 || ((policy == "wait" || policy == "queue") && !call.has("wait"));
  if (deadline > 0) {
    want.deadline_ns = deadline;
  }
  return want;
}

namespace {
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

}  // namespace

RunRequest read_run_request(const cli::Call& call) {
  RunRequest request;
  request.want = read_want(call);
  request.want.trigger = call.has("trigger") ? *call.argument("trigger") : hot::said_trigger();
  request.plan = read_plan(call);
  read_policy(call, request);
  read_replace(call, request.want);
  read_circumstances(call, request.plan);
  read_tries(call, request.plan);
  request.environment = read_environment(call, environ);
  request.output = read_output_plan(call);
  if (call.argument("on-busy") == "join") {
    request.join = true;
    request.join_deadline_ns = call.has("wait") ? deadline_of(call) : guard::for_ever;
    request.want.wait = false;
    request.want.held_is_skipped = false;
  }
  read_forward(call, request);
  request.adopt = call.has("adopt");
  request.busy_status = static_cast<int>(read_number(call, "busy-status", 0, most_busy_status, status_busy));
  return request;
}

}  // namespace shm::verbs

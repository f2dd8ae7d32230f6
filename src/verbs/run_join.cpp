#include "verbs/run_join.hpp"
#include <fmt/core.h>
#include "guard/join.hpp"
#include "os/standard_streams.hpp"
#include "verbs/common.hpp"
#include "verbs/job_text.hpp"
#include "verbs/run_output.hpp"

namespace shm::verbs {

namespace {
// The newest one, where several share the job: what it does is the nearest to what this call would have done.
const guard::Holder* run_of(const guard::Busy& busy) {
  const guard::Holder* run = nullptr;
  for (const auto& holder : busy.holders) {
    const bool is_run = holder.recorded && holder.descriptor < 0;
    run = is_run && (run == nullptr || run->token < holder.token) ? &holder : run;
  }
  return run;
}

int not_joined(const cli::Call& call, const RunRequest& request, const std::string& why) {
  if (!call.quiet()) {
    cli::complain(fmt::format("run {}: {}", call.operands[0], why));
  }
  return request.busy_status;
}

guard::Look look_of(const cli::Call& call) {
  guard::Look look;
  look.show = os::write_to;
  look.if_failed = call.has("quiet-unless-failed");
  if (const auto lines = read_lines(call)) {
    look.from = guard::From::last_lines;
    look.lines = *lines;
  }
  return look;
}
}  // namespace

int join_run(const cli::Call& call, const store::Store& store, const RunRequest& request, const guard::Busy& busy) {
  const guard::Holder* const run = run_of(busy);
  if (run == nullptr) {
    return not_joined(call, request, why_busy(busy, request.want) + "; that can't be joined");
  }
  const guard::Look look = look_of(call);
  const bool shows = call.has("output");
  const auto joined = guard::join_run(store, call.operands[0], *run, shows ? &look : nullptr, request.join_deadline_ns);
  if (joined) {
    say_missed(call, joined->missed);
    if (shows && !joined->shown && !call.quiet()) {
      cli::complain(fmt::format("run {}: joined, but its output could not be seen (it must be run with --attachable)",
                                call.operands[0]));
    }
    return joined->ended.status;
  }
  switch (joined.error().code) {
    case os::Code::lost: return not_joined(call, request, "joined, but nobody saw how it ended");
    case os::Code::timed_out: {
      guard::Busy late = busy;
      late.why = guard::Why::timed_out;
      return not_joined(call, request, why_busy(late, request.want));
    }
    default: throw cli::Failure(joined.error());
  }
}

}  // namespace shm::verbs

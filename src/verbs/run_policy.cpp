#include "verbs/run_policy.hpp"
#include <fmt/core.h>
#include "cli/duration.hpp"
#include "os/clock.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
/// 0: not said.
std::int64_t read_time(const cli::Call& call, std::string_view option) {
  const auto text = call.argument(option);
  if (!text) {
    return 0;
  }
  const std::int64_t ns = cli::parse_duration(*text, option);
  if (ns == 0) {
    refuse(call, fmt::format("--{} '{}': not more than nothing", option, *text));
  }
  return ns;
}

void read_queue(const cli::Call& call, guard::Want& want) {
  want.one_waits = want.wait && call.argument("on-busy") == "queue";
  const auto keep = call.argument("keep");
  if (keep && call.argument("on-busy") != "queue") {
    refuse(call, "--keep goes with --on-busy queue");
  }
  want.keep = keep == "oldest" ? guard::Keep::oldest : guard::Keep::newest;
}
}  // namespace

void read_policy(const cli::Call& call, RunRequest& request) {
  auto& want = request.want;
  read_queue(call, want);
  want.once_per_ns = read_time(call, "once-per");
  want.jitter_ns = read_time(call, "jitter");
  if (const std::int64_t patience = read_time(call, "start-deadline"); patience != 0) {
    if (want.jitter_ns >= patience) {
      refuse(call, "--jitter must be less than --start-deadline");
    }
    const std::int64_t now = os::boottime_ns();
    want.start_deadline_ns = patience > INT64_MAX - now ? INT64_MAX : now + patience;
  }
  request.plan.min_hold_ns = read_time(call, "min-hold");
}

}  // namespace shm::verbs

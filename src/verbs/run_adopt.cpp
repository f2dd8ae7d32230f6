#include "verbs/run_adopt.hpp"
#include <fmt/core.h>
#include "guard/channel.hpp"
#include "guard/survivor.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

std::optional<int> adopt_run(const cli::Call& call, const store::Store& store, RunRequest& request,
                             const RunReport& report) {
  const auto& name = call.operands[0];
  auto survivor = cli::must(guard::take_over(store, name));
  if (!survivor) {
    return {};
  }
  guard::Channel channel(store, name, survivor->hold);
  guard::Companion* const companions[] = {&channel};
  request.plan.companions = companions;
  const auto ended = cli::must(guard::supervise_survivor(*survivor, request.plan));
  report.ended(survivor->hold, ended);
  if (ended.ending != guard::Ending::lost) {
    return ended.status;
  }
  if (!call.quiet()) {
    cli::complain(fmt::format("run {}: the command that was adopted, pid {}, has ended; how, the kernel does not tell",
                              name, survivor->command.pid));
  }
  return request.busy_status;
}

}  // namespace shm::verbs

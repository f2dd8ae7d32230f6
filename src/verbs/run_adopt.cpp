#include "verbs/run_adopt.hpp"
#include <fmt/core.h>
#include <array>
#include "guard/channel.hpp"
#include "guard/survivor.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

std::optional<int> adopt_run(const cli::Call& call, const store::Store& store, RunRequest& request,
                             const RunReport& report, const Managers& managers) {
  const auto& name = call.operands[0];
  auto survivor = cli::must(guard::take_over(store, name));
  if (!survivor) {
    return {};
  }
  guard::Channel channel(store, name, survivor->hold);
  std::array<guard::Companion*, guard::most_companions> companions{};
  std::size_t count = 0;
  for (const auto& manager : managers) {
    manager->adopted(store, survivor->hold);
    if (auto* const companion = manager->companion()) {
      companions.at(count++) = companion;
    }
  }
  companions.at(count++) = &channel;
  request.plan.companions = std::span(companions).first(count);
  const auto ended = cli::must(guard::supervise_survivor(*survivor, request.plan));
  for (const auto& manager : managers) {
    manager->ended(ended);
  }
  const bool lost = ended.ending == guard::Ending::lost;
  report.ended(survivor->hold, ended,
               !lost || call.quiet()
                   ? ""
                   : fmt::format("the command that was adopted, pid {}, has ended; how, the kernel does not tell",
                                 survivor->command.pid));
  return lost ? request.busy_status : ended.status;
}

}  // namespace shm::verbs

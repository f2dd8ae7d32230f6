#include "verbs/run_alert.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <vector>
#include "cli/failure.hpp"
#include "verbs/common.hpp"
#include "verbs/numbers.hpp"

namespace shm::verbs {

namespace {
// What is the alert's own, and what would make it look like a part of the run.
constexpr std::string_view replaced[] = {"SHMCTL_JOB=",    "SHMCTL_TOKEN=",    "SHMCTL_SLOT=", "SHMCTL_OUTCOME=",
                                         "SHMCTL_STATUS=", "SHMCTL_FAILURES=", "SHMCTL_SKIPS="};

bool is_replaced(std::string_view variable) {
  return std::any_of(std::begin(replaced), std::end(replaced),
                     [&](std::string_view name) { return variable.starts_with(name); });
}
}  // namespace

RunAlert::RunAlert(const cli::Call& call) {
  const auto line = call.argument("alert");
  if (!line) {
    if (call.has("alert-after")) {
      refuse(call, "--alert-after: the command is missing (say --alert 'COMMAND' as well)");
    }
    return;
  }
  if (line->empty()) {
    refuse(call, "--alert is empty (say a command for sh)");
  }
  job_ = call.operands[0];
  line_ = *line;
  after_ = number_of(call, "alert-after", 1, 1);
  alert_.emplace();
}

void RunAlert::tell(const News& news) const {
  const std::uint64_t times = std::max(news.failures, news.skips);
  if (!alert_ || times == 0 || times % after_ != 0) {
    return;
  }
  std::string own[] = {"SHMCTL_JOB=" + job_, fmt::format("SHMCTL_OUTCOME={}", news.outcome),
                       fmt::format("SHMCTL_STATUS={}", news.status), fmt::format("SHMCTL_FAILURES={}", news.failures),
                       fmt::format("SHMCTL_SKIPS={}", news.skips)};
  std::vector<char*> environment;
  for (char* const* variable = environ; *variable != nullptr; ++variable) {
    if (!is_replaced(*variable)) {
      environment.push_back(*variable);
    }
  }
  for (auto& variable : own) {
    environment.push_back(variable.data());
  }
  environment.push_back(nullptr);
  if (const auto started = alert_->start(line_.c_str(), environment.data()); !started) {
    cli::complain(cli::message_of(started.error()));
  }
}

}  // namespace shm::verbs

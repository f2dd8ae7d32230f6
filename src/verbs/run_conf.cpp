#include "verbs/run_conf.hpp"
#include <fmt/core.h>
#include <cstdlib>
#include "os/accounts.hpp"
#include "os/text_files.hpp"
#include "verbs/common.hpp"
#include "verbs/job_conf.hpp"

namespace shm::verbs {

namespace {
/// Running a command as somebody else than its file says may run it with root's rights.
void refuse_other_user(const cli::Call& call, const JobConf& conf) {
  const auto self = os::effective_uid();
  if (conf.user.empty() || conf.user == os::user_name(self).view() || conf.user == fmt::format("{}", self)) {
    return;
  }
  refuse(call, fmt::format("{}: the job is of user {} (systemctl start shmctl-run@{}, or: runuser -u {} -- shmctl ...)",
                           conf.path, conf.user, conf.name, conf.user));
}
}  // namespace

void apply_conf(cli::Call& call) {
  const std::string path(*call.argument("conf"));
  const auto text = os::read_trusted_text(path);
  if (!text && text.error().code == os::Code::absent) {
    refuse(call, fmt::format("--conf '{}': there is no such file", path));
  }
  JobConf conf = parse_job_conf(call, path, cli::must(text));
  if (!conf.faults.empty()) {
    refuse(call, fmt::format("{}: {}", path, conf.faults.front().message()));
  }
  refuse_other_user(call, conf);
  if (call.operands.empty()) {
    call.operands.push_back(conf.name);
  }
  if (call.operands.size() == 1) {
    call.operands.insert(call.operands.end(), {conf.shell, "-c", conf.command});
  }
  auto& options = conf.options;
  if (const char* const unit = secure_getenv("TRIGGER_UNIT"); unit != nullptr) {
    options.insert(options.begin(), {"trigger", unit});
  }
  // What is given last counts.
  options.insert(options.end(), call.options.begin(), call.options.end());
  call.options = std::move(options);
}

}  // namespace shm::verbs

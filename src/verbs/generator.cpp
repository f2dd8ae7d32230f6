#include "verbs/generator.hpp"
#include <fmt/core.h>
#include <cstdlib>
#include "os/accounts.hpp"
#include "os/journal.hpp"
#include "os/own_program.hpp"
#include "os/text_files.hpp"
#include "verbs/common.hpp"
#include "verbs/job_conf.hpp"
#include "verbs/job_units.hpp"

namespace shm::verbs {

namespace {
constexpr std::string_view target = "shmctl-jobs.target";
constexpr std::int64_t warning = 4;  ///< the priority, as syslog(3) has it

/// Where whoever looks for the fault finds it: the standard streams of a generator lead nowhere.
void complain_in_log(const cli::Call& call, const std::string& line) {
  cli::complain(line);
  if (call.has("jobs")) {
    return;  // somebody tries it
  }
  os::JournalEntry entry;
  entry.add("MESSAGE", line).add("PRIORITY", warning).add("SYSLOG_IDENTIFIER", std::string_view("shmctl-generator"));
  if (!entry.send()) {
    os::write_kernel_log(fmt::format("<{}>shmctl-generator: {}\n", warning, line));
  }
}

ServiceManager manager_of(const cli::Call& call) {
  std::string_view said;
  if (call.has("manager")) {
    said = *call.argument("manager");
  } else if (const char* const scope = std::getenv("SYSTEMD_SCOPE"); scope != nullptr) {
    said = scope;
  } else {
    said = os::effective_uid() == 0 ? "system" : "user";
  }
  return said == "user" ? ServiceManager::user : ServiceManager::system;
}

class Generator {
 public:
  Generator(const cli::Call& call, ServiceManager manager)
      : call_(call), manager_(manager), into_(call.operands[0] + '/') {
    const auto called = os::called_program();
    program_ = called ? called->view() : "/usr/bin/shmctl";
  }

  void make(const std::string& path) {
    JobConf conf = read_job_conf(call_, path);
    if (manager_ == ServiceManager::user) {
      check_own_job(conf);
    }
    for (const auto& fault : conf.faults) {
      complain_in_log(call_, fmt::format("job {}: {}: {}", conf.name, path, fault.message()));
    }
    if (!conf.faults.empty()) {
      return;
    }
    const std::string unit = "shmctl-run@" + conf.name;
    write(os::make_text(drop_in(unit + ".service"), service_drop_in(conf, manager_, program_)));
    if (conf.is_scheduled()) {
      write(os::make_text(drop_in(unit + ".timer"), timer_drop_in(conf, manager_)));
      const auto* const units = manager_ == ServiceManager::system ? "system" : "user";
      write(os::make_link(fmt::format("{}{}.wants/{}.timer", into_, target, unit),
                          fmt::format("/usr/lib/systemd/{}/shmctl-run@.timer", units)));
    }
  }

 private:
  [[nodiscard]] std::string drop_in(const std::string& unit) const {
    return fmt::format("{}{}.d/50-job.conf", into_, unit);
  }
  void write(const os::Result<void>& written) const {
    if (!written) {
      complain_in_log(call_, cli::message_of(written.error()));
    }
  }

  const cli::Call& call_;
  ServiceManager manager_;
  std::string into_;
  std::string program_;
};
}  // namespace

int generator(cli::Call& call) {
  const auto manager = manager_of(call);
  const std::string jobs = call.has("jobs")                    ? std::string(*call.argument("jobs"))
                           : manager == ServiceManager::system ? system_jobs()
                                                               : user_jobs();
  const auto names = jobs.empty() ? os::Result<std::vector<std::string>>() : os::names_in(jobs, conf_ending);
  if (!names) {
    complain_in_log(call, cli::message_of(names.error()));
    return 0;
  }
  Generator made(call, manager);
  for (const auto& name : *names) {
    made.make(fmt::format("{}/{}", jobs, name));
  }
  return 0;
}

}  // namespace shm::verbs

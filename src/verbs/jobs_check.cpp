#include "verbs/jobs_check.hpp"
#include <fmt/core.h>
#include "cli/duration.hpp"
#include "os/accounts.hpp"
#include "os/text_files.hpp"
#include "verbs/common.hpp"
#include "verbs/job_conf.hpp"

namespace shm::verbs {

namespace {
std::vector<std::string> all_files(const cli::Call& call) {
  const std::string jobs = os::effective_uid() == 0 ? system_jobs() : user_jobs();
  if (jobs.empty()) {
    refuse(call, "--check: no home is known to have files of jobs (name the files)");
  }
  auto names = cli::must(os::names_in(jobs, conf_ending));
  for (auto& name : names) {
    name.insert(0, jobs + '/');
  }
  return names;
}

/// "Mon *-*-* 03:00; at boot + 5 min", or that only somebody starts it.
std::string times_of(const JobConf& conf) {
  std::string text;
  const auto add = [&](const std::string& time) { text += (text.empty() ? "" : "; ") + time; };
  for (const auto& event : conf.calendar) {
    add(event);
  }
  if (conf.every_ns) {
    add("every " + cli::format_age(*conf.every_ns));
  }
  if (conf.at_boot_ns) {
    add(*conf.at_boot_ns == 0 ? "at boot" : cli::format_age(*conf.at_boot_ns) + " after boot");
  }
  return text.empty() ? "-" : text;
}

cli::Json json_of(const JobConf& conf) {
  cli::Json json;
  json.add("name", conf.name).add("file", conf.path).add("command", conf.command);
  return json.add("when", times_of(conf));
}
}  // namespace

int check_jobs(cli::Call& call) {
  int status = 0;
  cli::Table table({"NAME", "WHEN", "COMMAND"});
  for (const auto& path : call.operands.empty() ? all_files(call) : call.operands) {
    JobConf conf = read_job_conf(call, path);
    if (call.operands.empty() && os::effective_uid() != 0) {
      check_own_job(conf);
    }
    for (const auto& fault : conf.faults) {
      cli::complain(fmt::format("job {}: {}: {}", conf.name, path, fault.message()));
      status = cli::exit_usage;
    }
    if (!conf.faults.empty() || call.quiet()) {
      continue;
    }
    if (call.output.json()) {
      call.output.write(json_of(conf));
    } else {
      table.add({conf.name, times_of(conf), conf.command});
    }
  }
  if (!table.empty()) {
    call.output.write(table.text());
  }
  return status;
}

}  // namespace shm::verbs

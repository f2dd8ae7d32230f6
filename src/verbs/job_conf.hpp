// A job as its file says it: /etc/shmctl/jobs/NAME.conf, a user's ~/.config/shmctl/jobs/NAME.conf
// (shmctl-jobs.conf(5)). Reading finds every fault and runs nothing. Single-threaded.
#pragma once
#include <optional>
#include <string>
#include <vector>
#include "cli/call.hpp"
#include "cli/conf_text.hpp"

namespace shm::verbs {

struct JobConf {
  std::string path;
  std::string name;
  std::string command;  ///< a line for the shell
  std::string shell = "/bin/sh";
  std::string description;            ///< may be empty
  std::vector<std::string> calendar;  ///< what OnCalendar= is to be given
  std::optional<std::int64_t> every_ns;
  std::optional<std::int64_t> at_boot_ns;  ///< how long after the start of the machine, or of the user's manager
  std::string user;                        ///< empty: whose file it is
  bool strict = false;                     ///< in the sandbox of the unit
  std::vector<cli::Call::Given> options;   ///< of `run`, in their order
  std::vector<cli::ConfEntry> passed_on;   ///< the sections that are systemd's: Unit, Service, Timer
  std::vector<cli::ConfFault> faults;      ///< nothing else is of use where there are any

  [[nodiscard]] bool is_scheduled() const noexcept { return !calendar.empty() || every_ns || at_boot_ns; }
};

inline constexpr std::string_view conf_ending = ".conf";

/// The name of the job that file `path` is about: the file's own, without its ending.
std::string job_of_path(std::string_view path);

/// What `text` says of the job that `path` names. `call`: that of the program, which knows the options of `run`.
JobConf parse_job_conf(const cli::Call& call, std::string_view path, std::string_view text);
/// The same for a file; that it can't be read, or be trusted, is a fault too.
JobConf read_job_conf(const cli::Call& call, const std::string& path);

/// The file is that of a user's own jobs: what it can't say there is a fault.
void check_own_job(JobConf& conf);

/// Where the files of jobs are: of the system, or of this user by XDG_CONFIG_HOME and HOME. Empty: nowhere.
std::string system_jobs();
std::string user_jobs();

}  // namespace shm::verbs

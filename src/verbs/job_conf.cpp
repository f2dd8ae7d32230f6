#include "verbs/job_conf.hpp"
#include <fmt/core.h>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <tuple>
#include "cli/duration.hpp"
#include "cli/failure.hpp"
#include "cli/option_words.hpp"
#include "cli/schedule.hpp"
#include "cli/suggest.hpp"
#include "os/text_files.hpp"
#include "store/name.hpp"
#include "verbs/run_request.hpp"

namespace shm::verbs {

namespace {
using cli::ConfEntry;

constexpr std::string_view sections[] = {"Unit", "Service", "Timer"};
constexpr std::string_view own_keys[] = {"command", "shell", "description", "schedule",
                                         "every",   "user",  "at-boot",     "sandbox"};
constexpr std::string_view repeatable[] = {"schedule", "env", "unset-env", "property"};
/// Options of `run` that a file can't say: what is about one call by hand, and what is not about running.
constexpr std::string_view no_keys[] = {"conf", "explain", "status-fd", "json", "raw", "null", "help", "version"};

template <class Names>
bool among(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

const cli::Option* option_of(std::span<const cli::Option> options, std::string_view key) {
  const auto* option = among(no_keys, key) ? nullptr : cli::option_named(options, key);
  return option != nullptr || among(no_keys, key) ? option : cli::option_named(cli::global_options(), key);
}

class Reader {
 public:
  Reader(const cli::Call& call, std::string_view path) : run_(*cli::find_verb(*call.program, "", "run")) {
    made.path = path;
    made.name = job_of_path(path);
    program_ = call.program;
    if (!store::valid_name(made.name)) {
      fault(0, fmt::format("'{}' is no name of a job (letters, digits and . _ : @ -, and first no dot)", made.name));
    }
  }

  void read(std::string_view text) {
    auto lines = cli::read_conf_text(text);
    made.faults.insert(made.faults.end(), lines.faults.begin(), lines.faults.end());
    for (auto& entry : lines.entries) {
      take(entry);
    }
    if (made.command.empty() && lines_.find("command") == lines_.end()) {
      fault(0, "command is missing");
    }
    if (made.faults.empty()) {
      check_options();
    }
    std::sort(made.faults.begin(), made.faults.end(), [](const auto& left, const auto& right) {
      return std::tie(left.line, left.why) < std::tie(right.line, right.why);
    });
  }

  JobConf made;

 private:
  void fault(std::size_t line, std::string why) { made.faults.push_back({line, std::move(why)}); }

  void take(ConfEntry& entry) {
    if (!entry.section.empty()) {
      if (among(sections, entry.section)) {
        made.passed_on.push_back(std::move(entry));
      } else {
        fault(entry.line,
              fmt::format("there is no section [{}] ([Unit], [Service] and [Timer] are systemd's)", entry.section));
      }
      return;
    }
    const auto [before, first] = lines_.try_emplace(entry.key, entry.line);
    if (!first && !among(repeatable, entry.key)) {
      fault(entry.line, fmt::format("{} is said before, in line {}", entry.key, before->second));
      return;
    }
    before->second = entry.line;
    if (among(own_keys, entry.key)) {
      take_own(entry);
    } else {
      take_option(entry);
    }
  }

  void take_own(const ConfEntry& entry) {
    const auto& [section, key, value, line] = entry;
    if (value.empty()) {
      return fault(line, fmt::format("{} says nothing", key));
    }
    if (key == "command") {
      made.command = value;
    } else if (key == "description") {
      made.description = value;
    } else if (key == "shell") {
      made.shell = value;
      if (!value.starts_with('/')) {
        fault(line, fmt::format("shell '{}': not a path from the root", value));
      }
    } else if (key == "schedule") {
      take_schedule(entry);
    } else if (key == "every") {
      made.every_ns = take_time(entry);
      if (made.every_ns == 0) {
        fault(line, "every '0': not more than nothing");
      }
    } else if (key == "at-boot") {
      made.at_boot_ns = value == "yes" ? 0 : take_time(entry);
    } else if (key == "user") {
      made.user = value;
      if (value.find_first_of(" \t%\"'\\/:,") != value.npos) {
        fault(line, fmt::format("user '{}': not a name of a user", value));
      }
    } else {
      made.strict = value == "strict";
      if (value != "strict" && value != "none") {
        fault(line, fmt::format("sandbox '{}': not one of strict|none", value));
      }
    }
  }

  std::optional<std::int64_t> take_time(const ConfEntry& entry) {
    try {
      return cli::parse_duration(entry.value, entry.key);
    } catch (const cli::Usage& usage) {
      const std::string_view said = usage.what();
      fault(entry.line, std::string(said.substr(said.starts_with("--") ? 2 : 0)));
      return std::nullopt;
    }
  }

  void take_schedule(const ConfEntry& entry) {
    if (entry.value == "@reboot") {
      made.at_boot_ns = made.at_boot_ns.value_or(0);
      return;
    }
    auto calendar = cli::calendar_of(entry.value);
    if (!calendar) {
      return fault(entry.line, fmt::format("schedule: {}", calendar.error()));
    }
    made.calendar.insert(made.calendar.end(), calendar->begin(), calendar->end());
  }

  void take_option(const ConfEntry& entry) {
    const auto& [section, key, value, line] = entry;
    const auto* option = option_of(run_.options, key);
    if (option == nullptr) {
      return fault(line, among(no_keys, key) ? fmt::format("{} is nothing for a file", key)
                                             : fmt::format("there is no key '{}'{}", key, near(key)));
    }
    if (option->argument.empty()) {
      if (value != "yes" && value != "no") {
        return fault(line, fmt::format("{} '{}': not one of yes|no", key, value));
      }
      if (value == "yes") {
        made.options.push_back({key, ""});
      }
      return;
    }
    if (!cli::is_choice(*option, value)) {
      return fault(line, fmt::format("{} '{}': not one of {}", key, value, option->choices));
    }
    made.options.push_back({key, value});
  }

  std::string near(std::string_view key) const {
    std::vector<std::string_view> keys(std::begin(own_keys), std::end(own_keys));
    for (const auto options : {run_.options, cli::global_options()}) {
      for (const auto& option : options) {
        if (!among(no_keys, option.name)) {
          keys.push_back(option.name);
        }
      }
    }
    return cli::did_you_mean(key, keys);
  }

  /// By those who read them from the command line, so that a file can't mean anything else.
  void check_options() {
    cli::Call call;
    call.program = program_;
    call.verb = &run_;
    call.operands = {made.name, made.shell, "-c", made.command};
    call.options = made.options;
    try {
      (void)read_run_request(call);
    } catch (const cli::Usage& usage) {
      fault_of_options(usage.what());
    } catch (const cli::Failure& failure) {
      fault(0, cli::message_of(failure.error()));
    }
  }

  /// `said`: "run: --timeout '1x': WHY (see 'shmctl run --help')".
  void fault_of_options(std::string_view said) {
    if (said.starts_with("run: ")) {
      said.remove_prefix(std::string_view("run: ").size());
    }
    if (const auto see = said.rfind(" (see 'shmctl run --help')"); see != said.npos) {
      said = said.substr(0, see);
    }
    std::size_t line = 0;
    for (const auto& [key, where] : lines_) {
      const std::string name = "--" + key;
      const auto at = said.find(name);
      const bool whole = at != said.npos && (at + name.size() == said.size() || said[at + name.size()] == ' ');
      line = whole ? std::max(line, where) : line;
    }
    std::string why(said);
    for (auto at = why.find("--"); at != why.npos; at = why.find("--", at)) {
      why.erase(at, 2);  // in a file the keys have none
    }
    fault(line, std::move(why));
  }

  const cli::Verb& run_;
  const cli::Program* program_;
  std::map<std::string, std::size_t, std::less<>> lines_;  ///< where each key is said, the last time
};
}  // namespace

std::string job_of_path(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);  // npos + 1 is 0
  return std::string(path.ends_with(conf_ending) ? path.substr(0, path.size() - conf_ending.size()) : path);
}

JobConf parse_job_conf(const cli::Call& call, std::string_view path, std::string_view text) {
  Reader reader(call, path);
  reader.read(text);
  return std::move(reader.made);
}

JobConf read_job_conf(const cli::Call& call, const std::string& path) {
  const auto text = os::read_trusted_text(path);
  if (text) {
    return parse_job_conf(call, path, *text);
  }
  JobConf made;
  made.path = path;
  made.name = job_of_path(path);
  const auto& error = text.error();
  made.faults.push_back(
      {0, fmt::format("can't be read: {}{}", error.why != nullptr ? error.why : strerrordesc_np(error.sys_errno),
                      error.advice != nullptr ? fmt::format(" ({})", error.advice) : "")});
  return made;
}

void check_own_job(JobConf& conf) {
  if (!conf.user.empty()) {
    conf.faults.push_back({0, "user is nothing for the file of a user's own job"});
  }
}

std::string system_jobs() { return "/etc/shmctl/jobs"; }

std::string user_jobs() {
  if (const char* const config = secure_getenv("XDG_CONFIG_HOME"); config != nullptr && *config == '/') {
    return std::string(config) + "/shmctl/jobs";
  }
  const char* const home = secure_getenv("HOME");
  return home != nullptr && *home == '/' ? std::string(home) + "/.config/shmctl/jobs" : "";
}

}  // namespace shm::verbs

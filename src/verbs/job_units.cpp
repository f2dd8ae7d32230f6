#include "verbs/job_units.hpp"
#include <fmt/core.h>
#include <algorithm>

namespace shm::verbs {

namespace {
constexpr std::int64_t microsecond_ns = 1000;

/// systemd takes '%' for the beginning of a specifier.
std::string escaped(std::string_view text) {
  std::string made;
  for (const char c : text) {
    made += c;
    made += c == '%' ? "%" : "";
  }
  return made;
}

/// In a user namespace the directories above a store don't belong to root, and the store is not trusted. Without one a
/// user's manager can't do the others, most of which take a capability away: it fails, though no user has any.
constexpr std::string_view users_sandbox = R"(CapabilityBoundingSet=~
PrivateDevices=no
PrivateNetwork=no
PrivateUsers=no
ProtectClock=no
ProtectHostname=no
ProtectKernelModules=no
)";

std::string span_of(std::int64_t ns) { return fmt::format("{}us", ns / microsecond_ns); }

/// SourcePath= makes systemctl say that the file has changed since the last reload.
std::string head_of(const JobConf& conf) {
  const std::string source = conf.path.starts_with('/') ? fmt::format("SourcePath={}\n", escaped(conf.path)) : "";
  return fmt::format("# Made of {} by shmctl-generator at each daemon-reload (shmctl-jobs.conf(5)).\n[Unit]\n{}",
                     conf.path, source);
}

/// What the file has in sections of that name, as it is there.
std::string passed_on(const JobConf& conf, std::string_view section) {
  std::string lines;
  for (const auto& entry : conf.passed_on) {
    if (entry.section == section) {
      lines += fmt::format("{}={}\n", entry.key, entry.value);
    }
  }
  return lines;
}

/// The template says that a skip is no failure, by --busy-status; a file that says another status has its way.
std::string own_start(const JobConf& conf, std::string_view program) {
  const auto& options = conf.options;
  if (std::none_of(options.begin(), options.end(), [](const auto& given) { return given.name == "busy-status"; })) {
    return {};
  }
  return fmt::format("ExecStart=\nExecStart={} run --conf %E/shmctl/jobs/%i.conf %i\n", program);
}
}  // namespace

std::string_view no_sandbox() noexcept {
  return R"(CapabilityBoundingSet=~
DevicePolicy=auto
LockPersonality=no
MemoryDenyWriteExecute=no
NoNewPrivileges=no
PrivateDevices=no
PrivateMounts=no
PrivateNetwork=no
PrivateTmp=no
PrivateUsers=no
ProtectClock=no
ProtectControlGroups=no
ProtectHome=no
ProtectHostname=no
ProtectKernelLogs=no
ProtectKernelModules=no
ProtectKernelTunables=no
ProtectSystem=no
ReadWritePaths=
RestrictAddressFamilies=
RestrictNamespaces=no
RestrictRealtime=no
RestrictSUIDSGID=no
SystemCallArchitectures=
SystemCallErrorNumber=
SystemCallFilter=
UMask=0022
)";
}

std::string service_drop_in(const JobConf& conf, ServiceManager manager, std::string_view program) {
  std::string text = head_of(conf);
  if (!conf.description.empty()) {
    text += fmt::format("Description={}\n", escaped(conf.description));
  }
  text += passed_on(conf, "Unit") + "[Service]\n";
  if (!conf.strict) {
    text += no_sandbox();
    // As with cron; a strict job has no right to a home. A user's manager has it so by default.
    text += manager == ServiceManager::system ? "WorkingDirectory=-~\n" : "";
  } else if (manager == ServiceManager::user) {
    text += users_sandbox;
  }
  if (manager == ServiceManager::system && !conf.user.empty()) {
    text += fmt::format("User={}\n", conf.user);
  }
  return text + own_start(conf, program) + passed_on(conf, "Service");
}

std::string timer_drop_in(const JobConf& conf, ServiceManager manager) {
  std::string text = head_of(conf) + "[Timer]\n";
  for (const auto& event : conf.calendar) {
    text += fmt::format("OnCalendar={}\n", event);
  }
  if (conf.every_ns) {  // the first run at once: one that waits for a day is never reached by a machine that sleeps
    text += fmt::format("OnActiveSec=0\nOnUnitActiveSec={}\n", span_of(*conf.every_ns));
  }
  if (conf.at_boot_ns) {
    const auto* const since = manager == ServiceManager::system ? "OnBootSec" : "OnStartupSec";
    text += fmt::format("{}={}\n", since, span_of(*conf.at_boot_ns));
  }
  return text + passed_on(conf, "Timer");
}

}  // namespace shm::verbs

// The units of a job, as text: drop-ins for the templates shmctl-run@.service and shmctl-run@.timer, which say what the
// job's file says (job_conf.hpp). Pure.
#pragma once
#include <string>
#include "verbs/job_conf.hpp"

namespace shm::verbs {

enum class ServiceManager : std::uint8_t { system, user };

/// The drop-in for shmctl-run@NAME.service. `program`: the path of shmctl.
std::string service_drop_in(const JobConf& conf, ServiceManager manager, std::string_view program);
/// The drop-in for shmctl-run@NAME.timer; for a job that has a time to run at.
std::string timer_drop_in(const JobConf& conf, ServiceManager manager);

/// Takes back, line by line, all that the templates have to confine a job: `sandbox = none`.
std::string_view no_sandbox() noexcept;

}  // namespace shm::verbs

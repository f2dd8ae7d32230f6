#include "full/scope.hpp"
#include <fmt/core.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include "cli/failure.hpp"
#include "full/scope_rest.hpp"
#include "systemd/scope.hpp"
#include "verbs/common.hpp"
#include "verbs/run_request.hpp"

namespace shm::full {

namespace {
using systemd::Property;

bool says(const std::vector<Property>& properties, std::string_view name) {
  return std::ranges::any_of(properties, [&](const Property& property) { return property.name == name; });
}

// Of each name the last one counts, as in a unit file; a list on the bus has it once.
void set(std::vector<Property>& properties, Property property) {
  std::erase_if(properties, [&](const Property& earlier) { return earlier.name == property.name; });
  properties.push_back(std::move(property));
}

std::vector<Property> read_properties(const cli::Call& call) {
  std::vector<Property> properties;
  for (const auto& option : call.options) {
    if (option.name == "property") {
      set(properties, cli::must(systemd::read_property(option.argument)));
    }
  }
  if (const auto slice = call.argument("slice")) {
    const std::string unit(*slice);
    set(properties, {"Slice", unit.ends_with(".slice") ? unit : unit + ".slice"});
  }
  return properties;
}

class Scope : public verbs::Manager {
 public:
  Scope(const cli::Call& call, const guard::Plan& plan)
      : job_(call.operands[0]),
        properties_(read_properties(call)),
        until_(plan.until),
        rest_(until_, plan.kill_after_ns) {}

  // The connection is not kept from the probe to here: the manager may be started anew while this waits for the job.
  void taken(const guard::Hold& hold) override {
    systemd::Scope scope;
    scope.name = fmt::format("shmctl-{}-{}.scope", systemd::unit_name_of(job_), hold.token());
    scope.properties = properties_;
    if (!says(properties_, "Description")) {
      scope.properties.push_back({"Description", fmt::format("shmctl run {}", job_)});
    }
    // One that ended by a limit is nothing that anybody has to clear away: the job's history has it.
    if (!says(properties_, "CollectMode")) {
      scope.properties.push_back({"CollectMode", std::string("inactive-or-failed")});
    }
    cli::must(systemd::enter_scope(cli::must(systemd::ManagerBus::open()), scope));
  }

  guard::Companion* companion() noexcept override { return until_ == guard::Until::main ? nullptr : &rest_; }

 private:
  std::string job_;
  std::vector<Property> properties_;
  guard::Until until_;
  ScopeRest rest_;
};

// The manager follows the main process of a service, which must stay where it put it.
bool is_main_process() {
  const char* const pid = std::getenv("SYSTEMD_EXEC_PID");
  return pid != nullptr && pid == std::to_string(::getpid());
}
}  // namespace

std::unique_ptr<verbs::Manager> scope_of(const cli::Call& call, const verbs::RunRequest& request) {
  if (!call.has("scope")) {
    if (call.has("property") || call.has("slice")) {
      verbs::refuse(call, fmt::format("--{} goes with --scope", call.has("property") ? "property" : "slice"));
    }
    return nullptr;
  }
  if (is_main_process()) {
    verbs::refuse(call,
                  "--scope: this is the main process of a unit, which can't leave it (the unit's own file can "
                  "have these properties)");
  }
  auto scope = std::make_unique<Scope>(call, request.plan);
  cli::must(systemd::ManagerBus::open());
  return scope;
}

}  // namespace shm::full

// Transient scopes: a group of running processes as a unit of the service manager, which accounts and limits what they
// use. Single-threaded.
#pragma once
#include <string>
#include <vector>
#include "systemd/manager_bus.hpp"
#include "systemd/scope_property.hpp"

namespace shm::systemd {

struct Scope {
  std::string name;                  ///< of the unit, `.scope` at its end
  std::vector<Property> properties;  ///< in this order, besides its process
};

/// A text as a part of a unit's name: other bytes than letters, digits and `:_.-` are written `\xNN`.
std::string unit_name_of(std::string_view text);

/// Moves this process into a new scope, and comes back when it is there; what it starts from then on is there too.
/// Code::system, denied: it is where it was, or the manager could not say.
os::Result<void> enter_scope(const ManagerBus& bus, const Scope& scope);

}  // namespace shm::systemd

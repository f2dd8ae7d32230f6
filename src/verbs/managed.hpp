// What a service manager has said in the environment to this very process, not to one that it has come of: variables
// are inherited, and what a command of a unit does is not the unit's affair. Costs one walk through the environment
// where there is no manager.
#pragma once
#include "cli/call.hpp"

namespace shm::verbs {

struct Managed {
  bool notify = false;    ///< it wants to know how far this is; with --notify, also of a part of its unit
  bool main = false;      ///< as the one process that the unit is about
  bool watchdog = false;  ///< it wants signs of life
  bool sockets = false;   ///< it has opened sockets for this

  [[nodiscard]] bool any() const noexcept { return notify || watchdog || sockets; }
};
Managed managed(const cli::Call& call) noexcept;

}  // namespace shm::verbs

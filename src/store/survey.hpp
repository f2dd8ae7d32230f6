// What doctor looks at: the traps that a store can be in, each told apart, with what to do about it. Changes nothing
// unless asked to mend. Any process; one thread.
#pragma once
#include "store/store.hpp"

namespace shm::store {

enum class Health : std::uint8_t {
  good,
  warning,  ///< works now, and may surprise later
  bad,      ///< does not work, or can't be trusted
};

struct Finding {
  Health health = Health::good;
  os::Text<512> what;
  const char* advice = nullptr;  ///< what to do; null where there is nothing to be done
};

struct Survey {
  std::string_view said;          ///< what --store says, as for Store::open()
  bool from_environment = false;  ///< it came from SHMCTL_STORE
  std::uint32_t euid = 0;
  bool mend = false;  ///< make a missing store; remove leftovers
  /// What an object's kind thinks of it: nothing, or why it can't be used.
  os::Result<void> (*examine)(const Store& store, std::string_view name) = nullptr;
  /// The id of the change of several objects that an object refers to, or 0. Without it, their records stay.
  os::Result<std::uint64_t> (*change_of)(const Store& store, std::string_view name) = nullptr;
};

/// Calls `found` for each thing looked at, good or bad, in a fixed order.
void survey(const Survey& how, void (*found)(void* context, const Finding& finding), void* context) noexcept;

}  // namespace shm::store

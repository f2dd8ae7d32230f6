#include "object/owner.hpp"
#include "os/process.hpp"

namespace shm::object {

namespace {
std::uint64_t boot_number() noexcept {
  const auto boot = os::boot_id();
  return boot.high ^ boot.low;
}
}  // namespace

os::Result<Owner> owner_of(int pid) noexcept {
  const auto process = os::process_state(pid);
  if (!process || process->ended()) {
    return std::unexpected(
        os::fail(os::Code::absent, "find process", os::Text<16>().add_decimal(static_cast<std::uint64_t>(pid)).view(),
                 os::has_proc() ? "there is none" : "/proc does not tell of it", "say --owner PID of one that lives"));
  }
  return Owner{static_cast<std::uint64_t>(pid), process->start, boot_number(), os::pid_namespace()};
}

bool Census::lives(const Owner& owner) noexcept {
  if (owner == last_) {
    return last_lives_;
  }
  if (!asked_) {
    asked_ = true;
    boot_ = boot_number();
    namespace_id_ = os::has_proc() ? os::pid_namespace() : 0;
  }
  last_ = owner;
  if (owner.boot != boot_ && boot_ != 0) {
    last_lives_ = false;  // the machine has started since then
  } else if (owner.namespace_id != namespace_id_ || namespace_id_ == 0 || owner.pid > 0x7fffffff) {
    last_lives_ = true;
  } else {
    const auto process = os::process_state(static_cast<int>(owner.pid));
    // One that exists and may not be looked at could be another by now; it is not taken from.
    last_lives_ =
        process ? process->start == owner.start && !process->ended() : os::process_exists(static_cast<int>(owner.pid));
  }
  return last_lives_;
}

}  // namespace shm::object

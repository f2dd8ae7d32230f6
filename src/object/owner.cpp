#include "object/owner.hpp"
#include "os/process.hpp"
#include "os/sys.hpp"

namespace shm::object {

namespace {
// A namespace's number has 32 bits; above them stands the parent that has to wait for the process, if one has to.
constexpr unsigned parent_shift = 32;
constexpr std::uint64_t namespace_mask = (std::uint64_t{1} << parent_shift) - 1;

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

os::Result<Owner> owner_of_caller() noexcept { return owner_of(static_cast<int>(os::sys::call(SYS_getppid))); }

Owner until_waited_for(const Owner& child, int parent) noexcept {
  Owner owner = child;
  owner.namespace_id = (owner.namespace_id & namespace_mask) | (static_cast<std::uint64_t>(parent) << parent_shift);
  return owner;
}

bool Census::lives(const Owner& owner) noexcept {
  if (owner.pid == 0) {
    return true;
  }
  for (const auto& answer : answers_) {
    if (answer.owner == owner) {
      return answer.lives;
    }
  }
  Answer& answer = answers_[next_];
  next_ = (next_ + 1) % kept;
  answer = {owner, ask(owner)};
  return answer.lives;
}

bool Census::ask(const Owner& owner) noexcept {
  if (!asked_) {
    asked_ = true;
    boot_ = boot_number();
    namespace_id_ = os::has_proc() ? os::pid_namespace() : 0;
  }
  if (owner.boot != boot_ && boot_ != 0) {
    return false;  // the machine has started since then
  }
  if ((owner.namespace_id & namespace_mask) != namespace_id_ || namespace_id_ == 0 || owner.pid > 0x7fffffff) {
    return true;
  }
  const auto process = os::process_state(static_cast<int>(owner.pid));
  if (!process) {
    // One that exists and may not be looked at could be another by now; it is not taken from.
    return os::process_exists(static_cast<int>(owner.pid));
  }
  const auto parent = static_cast<int>(owner.namespace_id >> parent_shift);
  return process->start == owner.start && (!process->ended() || (parent != 0 && process->parent == parent));
}

}  // namespace shm::object

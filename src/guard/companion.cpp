#include "guard/companion.hpp"

namespace shm::guard {

// What most companions don't care for.
os::Result<void> Companion::prepare(os::Command& /*command*/) noexcept { return {}; }
void Companion::started(Control& /*control*/, int /*pid*/) noexcept {}
std::int64_t Companion::quiet_ns() const noexcept { return 0; }
void Companion::poll_for(std::vector<pollfd>& /*list*/) noexcept {}
void Companion::ready(const pollfd* /*list*/) noexcept {}
std::int64_t Companion::time_ns() const noexcept { return -1; }
void Companion::on_time() noexcept {}
void Companion::ending(std::int64_t /*kill_after_ns*/) noexcept {}
void Companion::command_ended(const Ended& /*ended*/) noexcept {}
bool Companion::busy() const noexcept { return false; }
void Companion::run_ended(const Ended& /*ended*/) noexcept {}

std::string_view name_of(Ending ending) noexcept {
  switch (ending) {
    case Ending::exited: return "exited";
    case Ending::signalled: return "signal";
    case Ending::timed_out: return "timeout";
    case Ending::stopped: return "stopped";
    case Ending::not_runnable: return "not-runnable";
    case Ending::lost: return "lost";
  }
  return "unknown";
}

}  // namespace shm::guard

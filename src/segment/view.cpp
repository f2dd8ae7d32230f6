#include "segment/view.hpp"
#include <limits>
#include "os/clock.hpp"
#include "segment/region.hpp"
#include "store/change_file.hpp"

namespace shm::segment {

namespace {
constexpr int spins = 200;                   // for a change of a few words to end
constexpr std::uint64_t patient_tries = 20;  // that follow one another at once
constexpr std::int64_t rest_ns = 50'000;
}  // namespace

bool View::next() noexcept {
  const std::int64_t now = tries_ == 0 ? 0 : os::monotonic_ns();
  if (tries_ == 1) {
    deadline_ns_ = region_.patience_ns_ < 0 ? std::numeric_limits<std::int64_t>::max() : now + region_.patience_ns_;
  }
  if (tries_ > patient_tries) {
    if (now >= deadline_ns_) {
      error_ =
          os::fail(os::Code::timed_out, "read", region_.name(), "it changes faster than it can be read", "try again");
      return false;
    }
    os::sleep_until(now + rest_ns);
  }
  ++tries_;
  overlay_ = nullptr;
  damaged_ = false;
  const auto& control = memory_.control();
  snapshot_ = load(control.head);
  for (int i = 0; i < spins && count_of(snapshot_) != 0; ++i) {
    snapshot_ = load(control.head);
  }
  // Only now: an object that has grown since then is not of the state that is looked at.
  const auto capacity = region_.capacity();
  if (!capacity) {
    error_ = capacity.error();
    return false;
  }
  capacity_ = *capacity;
  if (load(control.removed) != 0) {
    const auto presence = region_.presence();
    if (!presence || *presence != Presence::there) {
      error_ =
          presence ? os::fail(os::Code::absent, "open", region_.name(), "there is no such object") : presence.error();
      return false;
    }
  }
  if (count_of(snapshot_) != 0) {
    // Of a change of several objects that has happened, all is there: only the log is not forgotten yet.
    const std::uint64_t joined = load(control.joined);
    const auto decision =
        joined == 0 ? os::Result<store::Decision>(store::Decision::none) : store::decision_of(*region_.store_, joined);
    if (!decision) {
      error_ = decision.error();
      return false;
    }
    if (*decision == store::Decision::happened) {
      return true;
    }
    if (before_.take(memory_, capacity_, count_of(snapshot_))) {
      overlay_ = &before_;
    } else {
      damaged_ = true;
    }
  }
  return true;
}

bool View::holds() noexcept {
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  if (load(memory_.control().head) != snapshot_) {
    return false;
  }
  if (damaged_) {  // nobody changed it, and it makes no sense: looking again will end it
    error_ = region_.damaged_content();
  }
  return true;
}

}  // namespace shm::segment

// Wakes that must be sent: a lost one is no wrong content, only a delay, so that no state shows it. See special.hpp.
#include <linux/futex.h>
#include <sys/syscall.h>
#include <algorithm>
#include "raw.hpp"
#include "report.hpp"
#include "special.hpp"
#include "state.hpp"
#include "step.hpp"

namespace crash {

using shm::segment::contended;
using shm::segment::Control;
using shm::segment::Transaction;

namespace {

// A change, stepped through, and whom it wakes.
class Change {
 public:
  Change() {
    raw::create(live_.store());
    live_.attach();
  }
  [[nodiscard]] Control& control() const { return live_.control(); }

  /// Calls `see` after each instruction.
  void run(const std::function<void()>& see) {
    const auto operation = raw::change([](Transaction& change) {
      change.set_root(0, 1);
      return outcome_of(change.commit());
    });
    Child child([&]() -> std::function<void()> { return [act = operation(live_.store())] { must(act()); }; });
    for (auto step = Child::Step::done; step != Child::Step::ended;) {
      Call call;
      step = child.step(&call);
      if (step == Child::Step::call && call.number == SYS_futex && (call.arguments[1] & FUTEX_CMD_MASK) == FUTEX_WAKE) {
        woken_.push_back(call.arguments[0] % page);
      }
      see();
    }
    child.run_on();
  }

  [[nodiscard]] bool woke(std::size_t control_offset) const {
    return std::find(woken_.begin(), woken_.end(), shm::store::first_payload_offset + control_offset) != woken_.end();
  }

 private:
  static constexpr std::uint64_t page = 4096;
  Place live_;
  std::vector<std::uint64_t> woken_;  // places in the first page, which all that is slept on is in
};

void check_wakes() {
  Change change;
  auto& control = change.control();
  control.sleepers = 1;
  bool asked = false;
  change.run([&] {
    if (control.lock != 0 && !asked) {  // somebody goes to sleep until the lock is free
      asked = true;
      control.lock |= contended;
    }
  });
  if (!change.woke(offsetof(Control, lock))) {
    failure("who waits for the lock is not woken");
  }
  if (!change.woke(offsetof(Control, head))) {
    failure("who waits for a change is not woken");
  }
}

// Who takes the lock from a dead owner can't know who else sleeps.
void check_inherited() {
  Change change;
  auto& control = change.control();
  const std::uint64_t dead = std::uint64_t{999} << 1;
  control.lock = dead;
  change.run([&] {
    if (const std::uint64_t lock = control.lock; lock != 0 && lock != dead && (lock & contended) == 0) {
      control.lock = lock | contended;  // told once
      failure("who took the lock from a dead owner forgets those who wait");
    }
  });
}
}  // namespace

void waking_checks(const std::vector<std::string>& only) {
  const auto wanted = [&](const char* name) {
    where = name;
    return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
  };
  if (wanted("wake/release")) check_wakes();
  if (wanted("wake/inherited")) check_inherited();
}

}  // namespace crash

#include "segment/lock.hpp"
#include <algorithm>
#include <cstring>
#include "os/clock.hpp"
#include "os/futex.hpp"
#include "os/text.hpp"
#include "segment/undo.hpp"
#include "segment/wake.hpp"

namespace shm::segment {

namespace {
using os::Code;
using os::fail;
using os::Result;

constexpr int spins = 100;                          // about as long as a change of a few words takes
constexpr std::int64_t first_sleep_ns = 1'000'000;  // how soon a killed owner is noticed
constexpr std::int64_t longest_sleep_ns = 4'000'000;

bool exchange(std::uint64_t& word, std::uint64_t& seen, std::uint64_t wanted) noexcept {
  return __atomic_compare_exchange_n(&word, &seen, wanted, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
}

// Who has it, for the people that wait. Only a hint, and written only when it is somebody else than before.
void leave_hint(Control& control, const Session& session) noexcept {
  if (load(control.owner_session) == session.id()) {
    return;
  }
  store(control.owner_session, 0);
  store(control.owner_pid, session.pid());
  store(control.owner_name[0], session.program()[0]);
  store(control.owner_name[1], session.program()[1]);
  store(control.owner_session, session.id());
}

os::Error timed_out(const Control& control, std::string_view name) noexcept {
  const std::uint64_t session = session_of(load(control.lock));
  os::Text<sizeof(os::Error::object)> who(name);
  if (session != 0 && load(control.owner_session) == session) {
    const std::uint64_t words[2] = {load(control.owner_name[0]), load(control.owner_name[1])};
    char program[sizeof words + 1] = {};
    std::memcpy(&program[0], &words[0], sizeof words);
    who.add(", held by process ").add_decimal(load(control.owner_pid)).add(" (").add(&program[0]).add(")");
  }
  return fail(Code::timed_out, "change", who.view(), "who changes it does not get done: stopped, or too slow",
              "look at that process; 'kill -CONT' it or end it");
}
}  // namespace

Result<void> Lock::acquire(const Memory& memory, const Session& session, std::int64_t patience_ns,
                           std::string_view name) noexcept {
  auto& control = memory.control();
  std::uint64_t seen = 0;
  if (!exchange(control.lock, seen, session.id() << 1)) {
    const auto got = wait(memory, session, patience_ns, name);
    if (!got) {
      return std::unexpected(got.error());
    }
    if (!*got) {
      return std::unexpected(timed_out(control, name));
    }
  }
  leave_hint(control, session);
  return {};
}

Result<void> Lock::recover(const Memory& memory, std::uint64_t capacity, std::string_view name) noexcept {
  auto& control = memory.control();
  if (count_of(load(control.head)) != 0) {  // its last owner was killed in the middle of a change
    if (const auto whole = roll_back(memory, capacity); !whole) {
      return std::unexpected(
          fail(whole.error().code, whole.error().attempt, name, whole.error().why, whole.error().advice));
    }
    wake_sleepers(memory);
  }
  return {};
}

Result<bool> Lock::wait(const Memory& memory, const Session& session, std::int64_t patience_ns,
                        std::string_view name) noexcept {
  auto& word = memory.control().lock;
  const std::uint64_t mine = session.id() << 1;
  for (int i = 0; i < spins; ++i) {
    std::uint64_t seen = load(word);
    if (seen == 0 && exchange(word, seen, mine)) {
      return true;
    }
    os::pause();
  }
  const std::int64_t deadline_ns = patience_ns < 0 ? -1 : os::monotonic_ns() + patience_ns;
  std::uint64_t owner = 0;
  for (std::int64_t sleep_ns = first_sleep_ns;;) {
    std::uint64_t seen = load(word);
    if (seen == 0) {
      if (exchange(word, seen, mine | contended)) {  // others may sleep as this one did
        return true;
      }
      continue;
    }
    if (session_of(seen) == session.id()) {
      return std::unexpected(fail(Code::busy, "change", name, "this process is changing it already"));
    }
    const auto lives = session.lives(session_of(seen));
    if (!lives) {
      return std::unexpected(lives.error());
    }
    if (!*lives) {
      if (exchange(word, seen, mine | contended)) {
        return true;
      }
      continue;
    }
    if ((seen & contended) == 0 && !exchange(word, seen, seen | contended)) {
      continue;
    }
    const std::int64_t now = os::monotonic_ns();
    if (deadline_ns >= 0 && now >= deadline_ns) {
      return false;
    }
    sleep_ns = session_of(seen) != owner ? first_sleep_ns : std::min(sleep_ns * 2, longest_sleep_ns);
    owner = session_of(seen);
    const std::int64_t left_ns = deadline_ns < 0 ? sleep_ns : std::min(deadline_ns - now, sleep_ns);
    os::futex_wait(&word, seen | contended, left_ns);
  }
}

void Lock::release(const Memory& memory) noexcept {
  auto& word = memory.control().lock;
  if ((__atomic_exchange_n(&word, 0, __ATOMIC_ACQ_REL) & contended) != 0) {
    os::futex_wake(&word);
  }
}

}  // namespace shm::segment

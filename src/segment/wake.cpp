#include "segment/wake.hpp"
#include <algorithm>
#include "os/futex.hpp"

namespace shm::segment {

namespace {
// A lost wake (the waker was killed, or could not know of the sleeper) costs this much and no more.
constexpr std::int64_t announced_ns = 100'000'000;
constexpr std::int64_t unknown_ns = 20'000'000;

// For as long as another running process takes to answer: going to sleep and waking take several times that.
constexpr int spins = 500;

void wake_marked(const Memory& memory) noexcept {
  auto& sleepers = memory.control().sleepers;
  if (load(sleepers) != 0) {
    store(sleepers, 0);  // whoever goes on sleeping says so again; a killed sleeper's mark is gone
    os::futex_wake_all(&memory.control().head);
  }
}
}  // namespace

void wake_sleepers(const Memory& memory) noexcept {
  // Either this sees the mark, or who set it sees the new generation before it sleeps.
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  wake_marked(memory);
}

void wake_after_release(const Memory& memory) noexcept {
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
  wake_marked(memory);  // an atomic exchange is a full barrier there
#else
  wake_sleepers(memory);
#endif
}

void sleep_on_change(const Memory& memory, std::uint64_t seen, std::int64_t most_ns, bool announce) noexcept {
  auto& control = memory.control();
  for (int i = 0; i < spins; ++i) {
    if (load(control.changed) != seen) {
      break;
    }
    os::pause();
  }
  if (generation_of(load(control.head)) != seen) {
    return;
  }
  if (announce) {
    store(control.sleepers, 1);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  }
  if (generation_of(load(control.head)) == seen) {
    os::futex_wait(&control.head, seen, std::min(most_ns, announce ? announced_ns : unknown_ns));
  }
}

}  // namespace shm::segment

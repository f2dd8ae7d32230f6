// Times a number that processes share, for programs that have it open:
//   inprocess labels
//   inprocess alone|contended ROUNDS DIRECTORY 3>TIMES
// alone: one process adds to it; contended: two at once, time for an addition of either. DIRECTORY is where the objects
// of the run are. The bare instructions are there to see what the counter's own part is: it needs number and tag
// exchanged at once (src/segment/cell.hpp), which costs more than a blind addition that keeps no limit.
#include <sys/wait.h>
#include <optional>
#include "object/counter.hpp"
#include "os/wide_exchange.hpp"
#include "turns.hpp"

namespace {
using shm::object::Counter;

struct Shared {
  alignas(64) std::atomic<unsigned> gate;
  alignas(64) std::atomic<std::int64_t> number;
  alignas(64) shm::os::WideWord wide;
};
Shared* shared = nullptr;
std::optional<Counter> counter;

void add_blindly(long calls) {
  for (long i = 0; i < calls; ++i) {
    shared->number.fetch_add(1);
  }
}
void add_by_counter(long calls) {
  for (long i = 0; i < calls; ++i) {
    sure(counter->add(1));
  }
}
void exchange_one(long calls) {
  for (long i = 0; i < calls; ++i) {
    auto seen = shared->number.load();
    while (!shared->number.compare_exchange_weak(seen, seen + 1)) {
    }
  }
}
void exchange_two(long calls) {
  auto& wide = shared->wide;
  for (long i = 0; i < calls; ++i) {
    for (bool done = false; !done;) {
      const shm::os::WideWord seen{__atomic_load_n(&wide.low, __ATOMIC_ACQUIRE),
                                   __atomic_load_n(&wide.high, __ATOMIC_ACQUIRE)};
      done = shm::os::exchange_wide(wide, seen, {seen.low + 1, seen.high + 2});
    }
  }
}

/// A second process makes half of the calls, from when both are there.
void contend(void (*add)(long), long calls) {
  shared->gate = 0;
  const pid_t pid = fork();
  shared->gate.fetch_add(1);
  while (shared->gate.load() < 2) {
  }
  add(calls / 2);
  if (pid == 0) {
    _exit(0);
  }
  int status = -1;
  if (waitpid(pid, &status, 0) != pid || status != 0) {
    std::fputs("bench: a process that adds failed\n", stderr);
    std::_Exit(1);
  }
}

std::vector<Candidate> candidates(const std::string& way) {
  struct Row {
    const char* label;
    const char* bound;
    void (*add)(long);
  };
  constexpr Row rows[] = {
      {"atomic fetch_add (std::atomic)", "", add_blindly},
      {"shmctl's object::Counter::add", "1.1", add_by_counter},
      {"compare_exchange of a word", "", exchange_one},
      {"compare_exchange of two words", "", exchange_two},
  };
  std::vector<Candidate> all;
  for (const auto& [label, bound, add] : rows) {
    if (way == "contended") {
      all.push_back({label, bound, 400'000, [add](long calls) { contend(add, calls); }});
    } else {
      all.push_back({label, bound, 20'000, add});
    }
  }
  return all;
}
}  // namespace

int main(int argc, char** argv) {
  const std::string way = argc > 1 ? argv[1] : "";
  if (argc == 2 && way == "labels") {
    print_labels(candidates(way));
    return 0;
  }
  if (argc == 4 && (way == "alone" || way == "contended")) {
    const auto store = sure(shm::store::Store::open(argv[3], geteuid(), shm::store::Missing::create));
    (void)Counter::create(store, "number", {}, 0, {});  // or it is there
    counter = sure(Counter::open(store, "number", shm::os::Access::write));
    void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      std::perror("bench: mmap");
      return 1;
    }
    shared = new (memory) Shared{};
    take_turns(std::atol(argv[2]), candidates(way));
    return 0;
  }
  std::fputs("usage: inprocess labels | inprocess alone|contended ROUNDS DIRECTORY\n", stderr);
  return 2;
}

// Calls a shmctl as shells do, and kills many of the calls with kill -9 at a moment of chance; checks that nothing that
// was acknowledged is lost, and nothing doubled. First that it would notice: with a program that lies. Prints TAP.
//   soak_commands SHMCTL DIRECTORY SECONDS [SEED]     DIRECTORY: to make a store in
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <latch>
#include <thread>
#include "soak/commands/liar.hpp"
#include "soak/commands/workload.hpp"

namespace {
using namespace soak;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t longest_allowed = 2 * second;  // beyond any wait that a kill could cause, on any machine

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * second + now.tv_nsec;
}

struct Run {
  std::string program;
  std::string store;
  std::uint64_t seed = 0;
  std::int64_t each_ns = 0;
  int cases = 0;
  int failures = 0;

  void report(bool right, const std::string& what) {
    ++cases;
    failures += right ? 0 : 1;
    std::printf("%s %d %s\n", right ? "ok" : "not ok", cases, what.c_str());
    std::fflush(stdout);
  }
};

std::string milliseconds(std::int64_t ns) {
  char text[32];
  std::snprintf(&text[0], sizeof text, "%.1f ms", static_cast<double>(ns) / 1e6);
  return &text[0];
}

std::string text_of(Figures& figures) {
  auto& times = figures.times_ns;
  std::sort(times.begin(), times.end());
  std::string text =
      std::to_string(figures.calls) + " calls, " + std::to_string(figures.killed) + " killed, " +
      std::to_string(figures.stopped) + " of them stopped before; others took " +
      (times.empty() ? "" : milliseconds(times[times.size() / 2]) + ", the longest " + milliseconds(times.back()));
  text += "; statuses";
  for (const auto& [status, count] : figures.statuses) {
    text += ' ' + std::to_string(status) + ": " + std::to_string(count);
  }
  return text;
}

// The workload for so long, and its check.
void work(const Run& run, const Named& named, std::int64_t time_ns, Log& log) {
  const auto workload = named.make();
  {
    Shell shell(run.program, run.store, run.seed, 0, log);
    workload->prepare(shell);
  }
  const std::int64_t until_ns = now_ns() + time_ns;
  std::vector<std::thread> threads;
  std::latch all_done(workers);
  for (std::size_t i = 0; i < workers; ++i) {
    threads.emplace_back([&, i] {
      Shell shell(run.program, run.store, run.seed * workers + i, until_ns, log);
      while (shell.go_on()) {
        workload->work(shell, i);
      }
      all_done.arrive_and_wait();  // what a thread has forked dies with it, and others may still work
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  Shell shell(run.program, run.store, run.seed, 0, log);
  workload->check(shell);
}

// The same with a program that lies: that must show, and does after a few dozen calls, however long those take.
void try_liar(Run& run, const Named& named, const char* own_program) {
  Run lying = run;
  lying.program = own_program;
  std::string found;
  for (std::int64_t time_ns = second / 4; found.empty() && time_ns <= 16 * second; time_ns *= 2) {
    lying.store = run.store + "-of-" + std::to_string(run.cases) + "-" + std::to_string(time_ns);
    lying.seed = run.seed + static_cast<std::uint64_t>(time_ns);
    Log log;
    work(lying, named, time_ns, log);
    found = log.problems().empty() ? "" : log.problems().front();
  }
  run.report(!found.empty(), "a lie is found: " + std::string(named.name) + ", " + found);
}

// For how long at most the machine let nobody run: not even who sleeps for a moment and then does nothing.
class Stalls {
 public:
  Stalls()
      : thread_([this] {
          while (!over_) {
            const std::int64_t began = now_ns();
            std::this_thread::sleep_for(std::chrono::nanoseconds(second / 50));
            longest_ns_ = std::max(longest_ns_, now_ns() - began);
          }
        }) {}
  Stalls(const Stalls&) = delete;
  Stalls& operator=(const Stalls&) = delete;
  ~Stalls() { longest(); }
  std::int64_t longest() {
    over_ = true;
    if (thread_.joinable()) {
      thread_.join();
    }
    return longest_ns_;
  }

 private:
  std::atomic<bool> over_ = false;
  std::int64_t longest_ns_ = 0;
  std::thread thread_;  // the last: it uses the others
};

void soak_one(Run& run, const Named& named) {
  Log log;
  Stalls stalls;
  work(run, named, run.each_ns, log);
  Shell shell(run.program, run.store, run.seed, 0, log);
  const std::string figures = text_of(log.figures());
  const auto& times = log.figures().times_ns;
  if (!times.empty() && times.back() > longest_allowed + stalls.longest()) {
    log.wrong("a call took longer than 2 s");
  }
  // Kills leave files behind that have no name of their own; nothing may be damaged.
  const auto doctor = shell.call({"doctor"});
  if (!doctor.acknowledged()) {
    log.wrong("doctor: " + doctor.output);
  }
  run.report(log.problems().empty(), std::string(named.name) + ": " + figures);
  for (const auto& problem : log.problems()) {
    std::printf("# %s\n", problem.c_str());
  }
}
}  // namespace

int main(int argc, char** argv) {
  if (is_liar()) {
    return lie(argv);
  }
  if (argc < 4) {
    std::fprintf(stderr, "usage: soak_commands SHMCTL DIRECTORY SECONDS [SEED]\n");
    return 2;
  }
  Run run;
  run.program = argv[1];
  run.store = argv[2] + std::string("/store");
  run.seed = argc > 4 ? std::strtoull(argv[4], nullptr, 10) : static_cast<std::uint64_t>(now_ns());
  run.each_ns =
      static_cast<std::int64_t>(std::strtod(argv[3], nullptr) * second / static_cast<double>(workloads().size()));
  std::printf("# seed %llu\n", static_cast<unsigned long long>(run.seed));
  prepare_liars(argv[1]);
  for (const auto& named : workloads()) {
    if (named.detects) {
      try_liar(run, named, "/proc/self/exe");
    }
  }
  for (const auto& named : workloads()) {
    soak_one(run, named);
  }
  std::printf("1..%d\n", run.cases);
  return run.failures == 0 ? 0 : 1;
}

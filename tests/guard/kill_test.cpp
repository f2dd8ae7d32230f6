// A process is killed before and after each of its system calls, and at instructions in between, while it takes a job,
// writes its run down and gives it back. Whenever that was, the next one takes the job at once, and the record adds up.
#include <sys/ptrace.h>
#include <algorithm>
#include "guard/history.hpp"
#include "guard/jobs.hpp"
#include "os/flock.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using test::want;

namespace {
enum class End { killed, finished };

// Lets a child take and give back the job, and kills it so many system call stops and then instructions later.
End run_and_kill(const store::Store& store, int calls, int steps, const Want& wanted) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    auto outcome = acquire(store, "job", wanted);
    if (outcome && outcome->hold && outcome->hold->begin("to be killed")) {
      outcome->hold->end(test::exited(1));
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  for (int stop = 0; stop < calls + steps && WIFSTOPPED(status); ++stop) {
    ::ptrace(stop < calls ? PTRACE_SYSCALL : PTRACE_SINGLESTEP, child, nullptr, nullptr);
    ::waitpid(child, &status, 0);
  }
  if (!WIFSTOPPED(status)) {
    return End::finished;
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  return End::killed;
}

bool can_trace() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::_exit(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status == 0;
}
}  // namespace

TEST_CASE("killed at any instruction, a run leaves a job that the next one takes", "[kill]") {
  if (!can_trace()) {
    SKIP("needs ptrace");
  }
  if (test::sanitized) {
    SKIP("too slow with sanitizers");
  }
  const Want wanted = GENERATE(want(), want(Mode::slot, 2));
  const test::OwnStore store;
  int killed = 0;
  bool finished = false;
  for (int calls = 0; !finished; ++calls) {
    for (const int steps : {0, 1, 7, 31, 97, 211, 401, 797, 1499}) {
      INFO("after " << calls << " stops and " << steps << " instructions");
      if (steps == 7) {
        (void)remove_job(*store, "job");  // now and then it has all to make
      }
      const End end = run_and_kill(*store, calls, steps, wanted);
      killed += end == End::killed ? 1 : 0;
      finished = finished || (end == End::finished && steps == 0);
      const auto before = describe_job(*store, "job");
      CHECK_FALSE((before && before->running));
      auto next = acquire(*store, "job", want());
      REQUIRE(next);
      REQUIRE(next->hold);
      REQUIRE(next->hold->begin("next"));
      const auto during = describe_job(*store, "job");
      REQUIRE(during);
      CHECK(during->holders == 1);
      CHECK(during->skips == 0);
      next->hold->end(test::exited(0));
      const auto after = describe_job(*store, "job");
      CHECK_FALSE(after->running);
      CHECK(after->last_status == 0);
      CHECK(after->lost + after->failures <= after->runs);
      // One line of history a run that began, and each of them whole.
      const auto record = Record::open(*store, "job", os::Access::read);
      REQUIRE(record);
      const auto runs = runs_of(*record, Here::look());
      CHECK(runs.size() <= after->runs);
      REQUIRE_FALSE(runs.empty());
      CHECK(runs.back().token == next->hold->token());
      CHECK(std::all_of(runs.begin(), runs.end(), [](const PastRun& run) { return run.ended && run.start_ns > 0; }));
      CHECK(std::adjacent_find(runs.begin(), runs.end(), [](const PastRun& left, const PastRun& right) {
              return left.token >= right.token;
            }) == runs.end());
    }
  }
  CHECK(killed > 300);
}

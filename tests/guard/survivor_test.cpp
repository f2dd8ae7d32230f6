#include "guard/survivor.hpp"
#include <sys/prctl.h>
#include "guard/history.hpp"
#include "guard/jobs.hpp"
#include "os/signals.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using test::OtherRun;

namespace {
Plan watching() { return {}; }

/// This process is given orphans, and so knows how they end as long as it likes.
struct Reaper {
  Reaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
  Reaper(const Reaper&) = delete;
  Reaper& operator=(const Reaper&) = delete;
  ~Reaper() { ::prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0); }
};

Ended watch(Survivor& survivor, const Plan& plan) {
  const auto mask = os::block_signals(os::SignalSet());
  const auto ended = supervise_survivor(survivor, plan);
  os::set_signal_mask(mask);
  REQUIRE(ended);
  return *ended;
}
}  // namespace

TEST_CASE("there is nothing to take over of a job that is idle, unknown, or supervised", "[survivor]") {
  const test::OwnStore store;
  const auto unknown = take_over(*store, "job");
  REQUIRE(unknown);
  CHECK_FALSE(*unknown);
  test::take(*store, "job").end(test::exited(0));
  CHECK_FALSE(*take_over(*store, "job"));
  const OtherRun other(*store, "job");
  CHECK_FALSE(*take_over(*store, "job"));
}

TEST_CASE("a run that was left behind is taken over by one, and ends as its command does", "[survivor]") {
  const test::OwnStore store;
  const Reaper reaper;
  OtherRun other(*store, "job");
  const auto token = describe_job(*store, "job")->token;
  other.kill_supervisor();
  auto survivor = take_over(*store, "job");
  REQUIRE(survivor);
  REQUIRE(*survivor);
  CHECK((*survivor)->command.pid == other.command());
  CHECK((*survivor)->hold.token() == token);
  CHECK_FALSE(*take_over(*store, "job"));
  const auto busy = test::refused(*store, "job");
  REQUIRE(busy.holders.size() == 1);
  CHECK(busy.holders[0].supervisor_pid == ::getpid());
  CHECK(busy.holders[0].supervisor_alive);
  ::kill(other.command(), SIGKILL);
  const auto ended = watch(**survivor, watching());
  CHECK(ended.status == 128 + SIGKILL);
  CHECK(ended.ending == Ending::signalled);
  ::waitpid(other.command(), nullptr, 0);
  const auto job = describe_job(*store, "job");
  CHECK_FALSE(job->running);
  CHECK(job->failures == 1);
  CHECK(job->lost == 0);
  test::take(*store, "job").end(test::exited(0));
}

TEST_CASE("a command that gave up its locks is taken over, and the job is locked for it", "[survivor]") {
  const test::OwnStore store;
  const Reaper reaper;
  OtherRun other(*store, "job", test::want(), false);
  other.kill_supervisor();
  auto survivor = take_over(*store, "job");
  REQUIRE(survivor);
  REQUIRE(*survivor);
  (void)test::refused(*store, "job");
  ::kill(other.command(), SIGKILL);
  CHECK(watch(**survivor, watching()).status == 128 + SIGKILL);
  ::waitpid(other.command(), nullptr, 0);
  test::take(*store, "job").end(test::exited(0));
}

TEST_CASE("the time limit of a run that was taken over counts from its start", "[survivor]") {
  const test::OwnStore store;
  const Reaper reaper;
  OtherRun other(*store, "job");
  other.kill_supervisor();
  auto survivor = take_over(*store, "job");
  REQUIRE(survivor);
  REQUIRE(*survivor);
  (*survivor)->since_ns -= 3600 * 1000 * test::ms;
  Plan plan = watching();
  plan.timeout_ns = 60 * 1000 * test::ms;
  const auto ended = watch(**survivor, plan);
  CHECK(ended.status == 124);
  CHECK(ended.ending == Ending::timed_out);
  ::waitpid(other.command(), nullptr, 0);
}

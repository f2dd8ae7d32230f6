// A command that is tried again, and a job that is held for a time.
#include "os/clock.hpp"
#include "script.hpp"

using namespace shm;
using namespace shm::guard;
using test::run_script;

namespace {
auto retries(unsigned more) {
  return [more](Plan& plan) {
    plan.retries = more;
    plan.backoff_ns = test::ms;
    plan.most_backoff_ns = 4 * test::ms;
  };
}

// Counts its calls in a file, and succeeds at the Nth.
std::string nth(const std::string& file, int which) {
  return "echo >>" + file + "; [ $(wc -l <" + file + ") = " + std::to_string(which) + " ] || exit 9";
}
}  // namespace

TEST_CASE("a command that fails is tried again until it succeeds, or has had its tries", "[tries]") {
  const test::OwnStore store;
  const auto tried = [](unsigned tries) { return [=](const Ended& ended) { return ended.tries == tries; }; };
  CHECK(run_script(*store, nth(store / "a", 3), retries(5), tried(3)) == 0);
  CHECK(test::content_of(store / "a") == "\n\n\n");
  CHECK(run_script(*store, nth(store / "b", 9), retries(2), tried(3)) == 9);
  CHECK(test::content_of(store / "b") == "\n\n\n");
  CHECK(run_script(*store, nth(store / "c", 2), retries(0), tried(1)) == 9);
  const auto job = describe_job(*store, "job");
  CHECK(job->runs == 3);  // a run is one, however often its command was tried
  CHECK(job->failures == 2);
}

TEST_CASE("each try has its own time, and what it used is added up", "[tries]") {
  const test::OwnStore store;
  const auto change = [](Plan& plan) {
    retries(1)(plan);
    plan.timeout_ns = 40 * test::ms;
  };
  const auto check = [](const Ended& ended) { return ended.tries == 2 && ended.ending == Ending::timed_out; };
  CHECK(run_script(*store, "exec sleep 60", change, check) == 124);
  const auto used = [](const Ended& ended) {
    return ended.usage.most_memory_kib > 0 && ended.usage.user_us + ended.usage.system_us > 0 && ended.duration_ns > 0;
  };
  CHECK(run_script(*store, "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done", [](Plan&) {}, used) == 0);
}

TEST_CASE("what can't be run is not tried again; who was asked to end does not begin anew", "[tries]") {
  const test::OwnStore store;
  const auto check = [](const Ended& ended) { return ended.tries == 1; };
  const auto nowhere = [](Plan& plan) {
    retries(3)(plan);
    plan.circumstances.directory = "/no/such/directory";
  };
  const auto entering = [](const Ended& ended) {
    return ended.tries == 1 && ended.ending == Ending::not_runnable && ended.step == os::StartStep::enter_directory;
  };
  CHECK(run_script(*store, "exit 0", nowhere, entering) == 126);
  const std::string begun = store / "begun";
  const auto told_to_end = [&](Plan& plan) {
    retries(3)(plan);
    if (::fork() == 0) {  // a stranger; what the command itself sends is not passed on
      while (!test::exists(begun)) {
        os::sleep_until(os::after(test::ms));
      }
      ::kill(::getppid(), SIGTERM);
      ::_exit(0);
    }
  };
  CHECK(run_script(*store, ": >" + begun + "; exec sleep 60", told_to_end, check) == 128 + SIGTERM);
}

TEST_CASE("the command of a later try is on record, and nobody between tries", "[tries]") {
  const test::OwnStore store;
  std::optional<Hold> hold = test::take(*store, "job");
  *hold->pid_place() = ::getpid();

  hold->begin_again();
  CHECK(*hold->pid_place() == 0);
  CHECK(*hold->start_place() == 0);
  CHECK(acquire(*store, "job", test::want())->busy.why == Busy::Why::held);
  hold->end(test::exited(0));
}

TEST_CASE("a job is held for as long as was said, but not after a signal", "[tries]") {
  const test::OwnStore store;
  const auto hold_for = [](std::int64_t ns) { return [=](Plan& plan) { plan.min_hold_ns = ns; }; };
  const std::int64_t before = os::monotonic_ns();
  CHECK(run_script(*store, "exit 2", hold_for(60 * test::ms)) == 2);
  CHECK(os::monotonic_ns() - before >= 60 * test::ms);
  // It would take a minute.
  CHECK(run_script(*store, "(sleep 0.02; kill -TERM $PPID) & exit 3", hold_for(60'000 * test::ms)) == 3);
}

// How the work ends when it is told to: commands that are running are finished, or ended, and no item is lost.
#include <unistd.h>
#include "work/support.hpp"

using namespace shm;
using namespace shm::work;
using object::ItemState;
using test::ms;
using test::Work;

namespace {
void push(Work& work, int count) {
  for (int i = 0; i < count; ++i) {
    work.queue.push(std::to_string(i));
  }
}
}  // namespace

TEST_CASE("a signal: no more items are taken, and what runs is finished", "[stopping]") {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    Work work;
    push(work, 3);
    const auto& report = work.run_script("kill -" + std::to_string(signal) + " $PPID; sleep 0.2; exit 0");
    CHECK(report.signal == signal);
    CHECK(report.counts.done == 1);
    CHECK(report.counts.ready == 2);
    CHECK(work.events()[0].what == What::stopping);
    CHECK(work.stats().acknowledged == 1);
    CHECK(work.items(ItemState::ready)[0].attempts == 0);
  }
}

TEST_CASE("a command that fails while the work ends has failed, and is not tried again here", "[stopping]") {
  Work work;
  push(work, 1);
  Plan plan;
  plan.retries = 5;
  const auto& report = work.run_script("kill -TERM $PPID; sleep 0.1; exit 3", plan);
  CHECK(report.counts.failed == 1);
  CHECK_FALSE(report.all_done);
  const auto ready = work.items(ItemState::ready);
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].attempts == 1);
}

TEST_CASE("a command that the same signal has ended has not failed", "[stopping]") {
  // As from a service manager, which signals every process; in whichever order they come.
  for (const auto* script : {"kill -TERM $PPID; kill -TERM $$", "(sleep 0.03; kill -TERM $PPID) & kill -TERM $$",
                             "trap 'exit 143' TERM; kill -TERM $PPID; kill -TERM $$"}) {
    Work work;
    push(work, 2);
    std::string words = script;
    if (words.starts_with("(")) {
      words = "parent=$PPID; (sleep 0.03; kill -TERM $parent) & kill -TERM $$";
    }
    const auto& report = work.run_script(words);
    CAPTURE(words);
    CHECK(report.signal == SIGTERM);
    CHECK(report.counts.failed == 0);
    CHECK(report.counts.given_back == 1);
    const auto ready = work.items(ItemState::ready);
    REQUIRE(ready.size() == 2);
    CHECK(ready[0].attempts == 0);
    CHECK(ready[1].attempts == 0);
  }
}

TEST_CASE("a second signal ends what runs, with what came of it; the attempt is not counted", "[stopping]") {
  Work work;
  push(work, 1);
  // The command tells twice that it is to end; its child must go with it.
  const auto& report = work.run_script("sleep 60 & echo $! >" + work / "child" +
                                       "; kill -TERM $PPID; sleep 0.1; kill -TERM $PPID; wait");
  CHECK(report.signal == SIGTERM);
  CHECK(report.counts.given_back == 1);
  CHECK(report.counts.failed == 0);
  CHECK(work.items(ItemState::ready)[0].attempts == 0);
  const int child = std::stoi(test::content_of(work / "child"));
  for (int i = 0; i < 2000 && ::kill(child, 0) == 0; ++i) {
    ::usleep(5000);
  }
  CHECK(::kill(child, 0) != 0);
}

TEST_CASE("what ignores TERM is killed when its time is over", "[stopping]") {
  Work work;
  push(work, 1);
  Plan plan;
  plan.kill_after_ns = 50 * ms;
  const auto& report =
      work.run_script("trap '' TERM; kill -TERM $PPID; sleep 0.1; kill -TERM $PPID; while :; do sleep 1; done", plan);
  CHECK(report.counts.given_back == 1);
  CHECK(work.events().back().status == 128 + SIGKILL);
  CHECK(work.stats().ready == 1);
}

TEST_CASE("a signal that was ignored before ends nothing", "[stopping]") {
  Work work;
  push(work, 2);
  const auto outcome = test::in_child([&] {
    auto queue = work.queue.open();
    ::signal(SIGHUP, SIG_IGN);
    char words[][40] = {"sh", "-c", "kill -HUP $PPID $$"};
    char* pointers[] = {words[0], words[1], words[2], nullptr};
    Plan plan;
    plan.words = pointers;
    plan.environment = environ;
    test::Recorder recorder(work.report);
    work.report.counts = shm::work::work(queue, "jobs", plan, recorder).counts;
    return 0;
  });
  test::succeeds(outcome);
  CHECK(work.report.counts.done == 2);
}

TEST_CASE("waiting for items is ended by a signal, and by time", "[stopping]") {
  Work work;
  test::Crowd crowd;
  crowd.add([&] {
    auto queue = work.queue.open();
    Plan plan;
    plan.wait_ns = -1;
    test::work_on(queue, work.report, {"true"}, plan);
    return 0;
  });
  crowd.go();
  push(work, 1);
  while (work.stats().acknowledged == 0) {
    ::usleep(2000);
  }
  ::kill(crowd.pids()[0], SIGTERM);
  CHECK(crowd.wait());
  CHECK(work.report.signal == SIGTERM);
  CHECK(work.report.counts.done == 1);
  Plan plan;
  plan.wait_ns = 30 * ms;
  CHECK(work.run({"true"}, plan).all_done);
}

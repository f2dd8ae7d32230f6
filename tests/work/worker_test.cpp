#include "work/worker.hpp"
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include "os/process.hpp"
#include "support/kernel.hpp"
#include "work/support.hpp"

using namespace shm;
using namespace shm::work;
using object::ItemState;
using test::ms;
using test::Work;

TEST_CASE("each item's command runs, and items whose command succeeds are gone", "[work]") {
  Work work;
  for (const auto* word : {"a", "b c", "", "d\ne"}) {
    work.queue.push(word);
  }
  const auto& report = work.run_script("printf '%s|' \"$1\" >>" + work / "seen");
  CHECK(report.counts.done == 4);
  CHECK(report.counts.failed == 0);
  CHECK(report.counts.ready == 0);
  CHECK(report.all_done);
  CHECK(report.signal == 0);
  CHECK_FALSE(report.failed);
  CHECK(test::content_of(work / "seen") == "a|b c||d\ne|");
  const auto stats = work.stats();
  CHECK(stats.acknowledged == 4);
  CHECK(stats.ready + stats.held + stats.delayed + stats.buried == 0);
}

TEST_CASE("nothing to do is done at once", "[work]") {
  Work work;
  const auto& report = work.run_script("exit 1");
  CHECK(report.all_done);
  CHECK(report.told == 0);
}

TEST_CASE("the item stands for every {} in every word, and in no other", "[work]") {
  Work work;
  work.queue.push("x{}y");
  CHECK(work.run({"sh", "-c", R"(printf '%s\n' "$@" >)" + work / "seen", "sh", "{}", "a{}b{}", "{", "}{", "{}{}"})
            .all_done);
  CHECK(work.lines("seen") == std::vector<std::string>{"x{}y", "ax{}ybx{}y", "{", "}{", "x{}yx{}y"});
}

TEST_CASE("without {} the item is the input: its bytes, whatever they are, and then the end", "[work]") {
  Work work;
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
  }
  std::string large(300'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) {
    large[i] = static_cast<char>(i * 7);
  }
  const std::string items[] = {all, "", large};
  for (const auto& item : items) {
    work.queue.push(item);
  }
  const auto& report = work.run({"sh", "-c", "cat >" + work / "seen" + ".$SHMCTL_ITEM_ID"});
  CHECK(report.all_done);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(test::content_of(work / ("seen." + std::to_string(i + 1))) == items[i]);
  }
}

TEST_CASE("with {} the input is empty", "[work]") {
  Work work;
  work.queue.push("a");
  CHECK(work.run_script("[ -z \"$(cat)\" ]").all_done);
}

TEST_CASE("the environment says which item, which attempt and which queue, once", "[work]") {
  Work work;
  work.queue.push("a");
  ::setenv("SHMCTL_ATTEMPT", "77", 1);
  Plan plan;
  plan.retries = 1;
  (void)work.run_script("env | grep -E '^SHMCTL_(ITEM_ID|ATTEMPT|QUEUE)=' | sort >>" + work / "seen" + "; exit 1",
                        plan);
  ::unsetenv("SHMCTL_ATTEMPT");
  CHECK(work.lines("seen") == std::vector<std::string>{"SHMCTL_ATTEMPT=1", "SHMCTL_ITEM_ID=1", "SHMCTL_QUEUE=jobs",
                                                       "SHMCTL_ATTEMPT=2", "SHMCTL_ITEM_ID=1", "SHMCTL_QUEUE=jobs"});
}

TEST_CASE("an item that fails is tried again as often as said, then buried", "[work]") {
  Work work;
  work.queue.push("a");
  Plan plan;
  plan.retries = 2;
  const auto& report = work.run_script("echo $SHMCTL_ATTEMPT >>" + work / "seen" + "; exit 3", plan);
  CHECK(work.lines("seen") == std::vector<std::string>{"1", "2", "3"});
  CHECK_FALSE(report.all_done);
  CHECK(report.counts.failed == 3);
  CHECK(report.counts.buried == 1);
  const auto events = work.events();
  REQUIRE(events.size() == 3);
  CHECK(events[0].what == What::failed);
  CHECK(events[1].what == What::failed);
  CHECK(events[2].what == What::buried);
  CHECK(events[2].attempt == 3);
  CHECK(events[2].status == 3);
  REQUIRE(work.items(ItemState::buried).size() == 1);
}

TEST_CASE("an item that succeeds at last is done, and others go on meanwhile", "[work]") {
  Work work;
  work.queue.push("bad");
  work.queue.push("good");
  Plan plan;
  plan.retries = 5;
  const auto& report =
      work.run_script("echo $1 >>" + work / "seen" + "; [ $1 = good ] || [ $SHMCTL_ATTEMPT = 3 ]", plan);
  CHECK(report.all_done);
  CHECK(report.counts.done == 2);
  CHECK(report.counts.failed == 2);
  CHECK(work.lines("seen") == std::vector<std::string>{"bad", "good", "bad", "bad"});
}

TEST_CASE("without a number of retries the queue's attempts count, or an item has one", "[work]") {
  {
    Work work;
    work.queue.push("a");
    CHECK(work.run_script("exit 1").counts.failed == 1);
    CHECK(work.stats().buried == 1);
  }
  object::QueueLimits limits;
  limits.max_attempts = 3;
  Work work(limits);
  work.queue.push("a");
  const auto& report = work.run_script("exit 1");
  CHECK(report.counts.failed == 3);
  CHECK(report.counts.buried == 1);
  CHECK(work.events().back().what == What::buried);
  CHECK(work.stats().buried == 1);
}

TEST_CASE("an item that can't be a word is buried, and the others are done", "[work]") {
  Work work;
  work.queue.push(std::string_view("a\0b", 3));
  work.queue.push(std::string(200'000, 'x'));
  work.queue.push("c");
  const auto& report = work.run_script("exit 0");
  CHECK(report.counts.done == 1);
  CHECK(report.counts.buried == 2);
  CHECK(report.counts.failed == 0);
  CHECK_FALSE(report.all_done);
  CHECK(work.events()[0].what == What::unfit);
  CHECK(work.events()[1].what == What::unfit);
}

TEST_CASE("a command that can't be run ends the work, and its item has lost nothing", "[work]") {
  Work work;
  work.queue.push("a");
  work.queue.push("b");
  const auto& report = work.run({"no-such-command", "{}"});
  CHECK(report.exec_errno == ENOENT);
  CHECK(report.counts.given_back == 1);
  const auto ready = work.items(ItemState::ready);
  REQUIRE(ready.size() == 2);
  CHECK(ready[0].bytes.view() == "a");
  CHECK(ready[0].attempts == 0);
  test::make_file(work / "plain", "", 0644);
  CHECK(work.run({work / "plain"}).exec_errno == EACCES);
  CHECK(work.stats().ready == 2);
}

TEST_CASE("where the item is the command, each has a status of its own", "[work]") {
  Work work;
  work.queue.push("no-such-command");
  work.queue.push("true");
  const auto& report = work.run({"{}"});
  CHECK(report.exec_errno == 0);
  CHECK(report.counts.done == 1);
  CHECK(report.counts.buried == 1);
  CHECK(work.events()[0].status == 127);
}

TEST_CASE("as many run at a time as said, and no more", "[work]") {
  Work work;
  for (int i = 0; i < 9; ++i) {
    work.queue.push(std::to_string(i));
  }
  test::make_directory(work / "in", 0755);
  Plan plan;
  plan.at_once = 3;
  // The first three wait for each other; whoever sees a fourth says so.
  const auto& report = work.run_script("cd '" + work / "in" + R"SH(' && : >r.$1 && : >i.$1
    n=0; until [ "$(ls r.* | wc -l)" -ge 3 ] || [ -e ../met ]; do n=$((n+1)); [ $n -lt 3000 ] || exit 1; sleep 0.01; done
    : >../met; [ "$(ls i.* | wc -l)" -le 3 ] || : >../crowd; rm i.$1)SH",
                                       plan);
  CHECK(report.counts.done == 9);
  CHECK(test::exists(work / "met"));
  CHECK_FALSE(test::exists(work / "crowd"));
}

TEST_CASE("two at one queue share it, and no item is done twice", "[work]") {
  Work work;
  constexpr int count = 300;
  for (int i = 0; i < count; ++i) {
    work.queue.push(std::to_string(i));
  }
  auto& other = test::shared<test::Report>();
  test::Crowd crowd;
  for (auto* report : {&work.report, &other}) {
    crowd.add([&work, report] {
      auto queue = work.queue.open();
      Plan plan;
      plan.at_once = 2;
      test::work_on(queue, *report, {"sh", "-c", "echo $1 >>" + work / "seen", "sh", "{}"}, plan);
      return 0;
    });
  }
  crowd.go();
  CHECK(crowd.wait());
  auto seen = work.lines("seen");
  CHECK(seen.size() == count);
  std::sort(seen.begin(), seen.end());
  CHECK(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
  CHECK(work.report.counts.done + other.counts.done == count);
  const auto stats = work.stats();
  CHECK(stats.acknowledged == count);
  CHECK(stats.returned == 0);
}

TEST_CASE("an item is held by its command: a killed worker's command keeps it, and gives it back at its end",
          "[work]") {
  Work work;
  work.queue.push("a");
  test::Crowd crowd;
  crowd.add([&] {
    auto queue = work.queue.open();
    test::work_on(
        queue, work.report,
        {"sh", "-c", "echo $$ >" + work / "new" + "; mv " + work / "new" + " " + work / "pid" + "; exec sleep 60"}, {});
    return 0;
  });
  crowd.go();
  while (!test::exists(work / "pid")) {
    ::usleep(5000);
  }
  const int pid = std::stoi(test::content_of(work / "pid"));
  CHECK(work.stats().held == 1);
  CHECK(static_cast<int>(work.items(ItemState::held)[0].owner.pid) == pid);
  ::kill(crowd.pids()[0], SIGKILL);
  (void)crowd.wait_for(0);
  CHECK(work.stats().held == 1);
  CHECK(test::code_of(work.queue->take(test::self(), 1, -1, 0)) == os::Code::empty);
  ::kill(pid, SIGKILL);
  for (auto state = os::process_state(pid); state && !state->ended(); state = os::process_state(pid)) {
    ::usleep(1000);
  }
  CHECK(work.stats().ready == 1);
}

TEST_CASE("a command that is killed has failed", "[work]") {
  Work work;
  work.queue.push("a");
  Plan plan;
  plan.retries = 1;
  const auto& report = work.run_script("[ $SHMCTL_ATTEMPT = 2 ] || kill -KILL $$", plan);
  CHECK(report.all_done);
  CHECK(report.counts.failed == 1);
  CHECK(work.events()[0].status == 128 + SIGKILL);
}

TEST_CASE("while its command runs, an item is kept however short its time is", "[work]") {
  object::QueueLimits limits;
  limits.ttr_ns = 900 * ms;
  Work work(limits);
  work.queue.push("a");
  CHECK(work.run_script("sleep 2.2").counts.done == 1);
  CHECK(work.stats().expired == 0);
  work.queue.push("b");
  Plan plan;
  plan.ttr_ns = 800 * ms;
  CHECK(work.run_script("sleep 1.8", plan).counts.done == 1);
  CHECK(work.stats().expired == 0);
}

TEST_CASE("an item that was settled under its command is told of", "[work]") {
  Work work;
  work.queue.push("a");
  test::Crowd crowd;
  crowd.add([&] {
    auto queue = work.queue.open();
    while (queue.stats()->held == 0) {
      ::usleep(2000);
    }
    // Once the command has it.
    while (!test::exists(work / "runs")) {
      ::usleep(2000);
    }
    const std::uint64_t id = 1;
    CHILD_REQUIRE(queue.acknowledge({&id, 1}).has_value());
    test::make_file(work / "settled", "");
    return 0;
  });
  crowd.go();
  const auto& report =
      work.run_script(": >" + work / "runs" + "; until [ -e " + work / "settled" + " ]; do sleep 0.01; done");
  CHECK(crowd.wait());
  CHECK(report.counts.done == 0);
  CHECK_FALSE(report.failed);
  REQUIRE(report.told == 1);
  CHECK(report.events[0].what == What::strayed);
}

TEST_CASE("children that the program had before are none of the work's", "[work]") {
  Work work;
  work.queue.push("a");
  const auto outcome = test::in_child([&] {
    for (int i = 0; i < 3; ++i) {
      if (::fork() == 0) {
        ::usleep(static_cast<unsigned>(i) * 50'000);
        ::_exit(5);
      }
    }
    auto queue = work.queue.open();
    test::work_on(queue, work.report, {"sleep", "0.3"}, {});
    return 0;
  });
  test::succeeds(outcome);
  CHECK(work.report.counts.done == 1);
}

TEST_CASE("where SIGCHLD is ignored, it is so in the command, and statuses are seen all the same", "[work]") {
  Work work;
  work.queue.push("a");
  const auto outcome = test::in_child([&] {
    auto queue = work.queue.open();
    ::signal(SIGCHLD, SIG_IGN);
    char words[][40] = {"grep", "-q", "^SigIgn:.*[13579bdf]....$", "/proc/self/status"};
    char* pointers[] = {words[0], words[1], words[2], words[3], nullptr};
    Plan plan;
    plan.words = pointers;
    plan.environment = environ;
    test::Recorder recorder(work.report);
    work.report.counts = shm::work::work(queue, "jobs", plan, recorder).counts;
    return 0;
  });
  test::succeeds(outcome);
  CHECK(work.report.counts.done == 1);
}

TEST_CASE("where no command can be started, the work ends, and its item has lost nothing", "[work]") {
  const struct {
    long number;
    int error;
    os::Code code;
  } cases[] = {{SYS_memfd_create, EMFILE, os::Code::full},
               {SYS_socketpair, EMFILE, os::Code::full},
               {SYS_clone, EAGAIN, os::Code::full}};
  for (const auto& one : cases) {
    CAPTURE(one.number);
    Work work;
    work.queue.push("a");
    const auto outcome = test::in_child([&] {
      auto queue = work.queue.open();
      if (!test::deny_call(one.number, one.error)) {
        return 77;
      }
      test::work_on(queue, work.report, {"true"}, {});
      return 0;
    });
    if (outcome.exit_status == 77) {
      SKIP("no filter of system calls");
    }
    test::succeeds(outcome);
    CHECK(work.report.failed);
    CHECK(work.report.code == one.code);
    const auto ready = work.items(ItemState::ready);
    REQUIRE(ready.size() == 1);
    CHECK(ready[0].attempts == 0);
  }
}

TEST_CASE("a queue that may only be read is not worked on", "[work]") {
  Work work;
  work.queue.push("a");
  const auto outcome = test::in_child([&] {
    auto queue = work.queue.open(os::Access::read);
    test::work_on(queue, work.report, {"true"}, {});
    return 0;
  });
  test::succeeds(outcome);
  CHECK(work.report.failed);
  CHECK(work.report.code == os::Code::denied);
}

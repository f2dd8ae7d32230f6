#include "guard/supervise.hpp"
#include <sys/resource.h>
#include "os/signals.hpp"
#include "script.hpp"

using namespace shm;
using namespace shm::guard;
using test::code_of;
using test::plan_of;
using test::run_script;
using test::take;
using test::want;

TEST_CASE("the status is the command's own, or 128 and its signal", "[supervise]") {
  const test::OwnStore store;
  for (const int status : {0, 1, 42, 255}) {
    CHECK(run_script(*store, "exit " + std::to_string(status)) == status);
    CHECK(describe_job(*store, "job")->last_status == status);
  }
  CHECK(run_script(*store, "kill -TERM $$") == 128 + SIGTERM);
  CHECK(run_script(*store, "kill -KILL $$") == 128 + SIGKILL);
  const auto job = describe_job(*store, "job");
  CHECK(job->runs == 6);
  CHECK(job->failures == 5);
  CHECK(job->last_duration_ns > 0);
  CHECK(job->last_end_ns >= job->last_start_ns);
}

TEST_CASE("what can't be run is told by its errno, and the job is free", "[supervise]") {
  const test::OwnStore store;
  auto hold = take(*store, "job");
  std::string word = "no-such-command";
  char* const words[] = {word.data(), nullptr};
  const auto mask = os::block_signals(os::SignalSet());
  const auto ended = supervise(hold, plan_of(words));
  os::set_signal_mask(mask);
  REQUIRE(ended);
  CHECK(ended->status == 127);
  CHECK(ended->exec_errno == ENOENT);
  take(*store, "job").end(test::exited(0));
}

TEST_CASE("no more processes: full, and the job is free", "[supervise]") {
  if (!test::is_root()) {
    SKIP("needs another user");
  }
  const test::Directory directory;
  test::make_directory(directory / "store", 0700);
  test::change_owner(directory / "store", 4321, 4321);
  const auto outcome = test::as_user(4321, 4321, [&] {
    const auto store = store::Store::open(directory / "store", 4321, store::Missing::refuse);
    CHILD_REQUIRE(store.has_value());
    auto taken = acquire(*store, "job", want());
    CHILD_REQUIRE(taken && taken->hold && taken->hold->begin("x"));
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_NPROC, &none);
    std::string word = "true";
    char* const words[] = {word.data(), nullptr};
    CHILD_REQUIRE(code_of(supervise(*taken->hold, plan_of(words))) == os::Code::full);
    CHILD_REQUIRE(!describe_job(*store, "job")->running);
    CHILD_REQUIRE(describe_job(*store, "job")->failures == 1);
    return 0;
  });
  succeeds(outcome);
}

TEST_CASE("a limit ends what does not end by itself, even if it ignores TERM", "[supervise]") {
  const test::OwnStore store;
  const auto limited = [](std::int64_t timeout, std::int64_t kill_after) {
    return [=](Plan& plan) {
      plan.timeout_ns = timeout;
      plan.kill_after_ns = kill_after;
    };
  };
  CHECK(run_script(*store, "exit 5", limited(60'000 * test::ms, 0)) == 5);
  CHECK(run_script(*store, "exec sleep 60", limited(30 * test::ms, 60'000 * test::ms)) == 124);
  CHECK(run_script(*store, "trap '' TERM; while :; do sleep 60; done", limited(50 * test::ms, 50 * test::ms)) == 124);
  CHECK(run_script(*store, "kill -STOP $$", limited(50 * test::ms, 60'000 * test::ms)) == 124);
  CHECK(run_script(*store, "trap 'exit 0' TERM; while :; do sleep 0.01; done",
                   limited(50 * test::ms, 5000 * test::ms)) == 124);
  CHECK(describe_job(*store, "job")->failures == 5);
}

TEST_CASE("tree: all descendants are waited for, or ended", "[supervise]") {
  const test::OwnStore store;
  const auto until = [](Until what) {
    return [=](Plan& plan) {
      plan.until = what;
      plan.kill_after_ns = 200 * test::ms;  // who is forked while all are sent TERM gets none
    };
  };
  // The orphan ends by itself, a little later than the command, and leaves a file.
  const std::string file = store / "left";
  const std::string script = "(setsid sh -c 'sleep 0.2; : >" + file + "' &) ; exit 3";
  CHECK(run_script(*store, script, until(Until::tree)) == 3);
  CHECK(test::exists(file));
  test::remove_file(file);
  CHECK(run_script(*store, "(setsid sh -c 'sleep 60; : >" + file + "' &) ; exit 4", until(Until::kill_tree)) == 4);
  CHECK_FALSE(test::exists(file));
  CHECK(run_script(*store, "exit 6", until(Until::kill_tree)) == 6);
  CHECK(run_script(*store, "exit 7", until(Until::tree)) == 7);
}

TEST_CASE("the environment has the job's variables once, whatever it had", "[supervise]") {
  const test::OwnStore store;
  std::string given[] = {"A=1", "SHMCTL_JOB=other", "SHMCTL_TOKEN=9", "SHMCTL_SLOT=3", "SHMCTL_STORE=s", "B=2"};
  std::vector<char*> pointers;
  for (auto& variable : given) {
    pointers.push_back(variable.data());
  }
  pointers.push_back(nullptr);
  const auto joined = [&](const Hold& hold) {
    const Environment environment(pointers.data(), "job", hold);
    std::string all;
    for (char* const* variable = environment.get(); *variable != nullptr; ++variable) {
      all += *variable;
      all += ' ';
    }
    return all;
  };
  auto hold = take(*store, "job");
  CHECK(joined(hold) == "A=1 SHMCTL_STORE=s B=2 SHMCTL_JOB=job SHMCTL_TOKEN=" + std::to_string(hold.token()) + " ");
  hold.end(test::exited(0));
  (void)take(*store, "job", want(Mode::slot, 2));
  auto slot = take(*store, "job", want(Mode::slot, 2));
  CHECK(joined(slot).ends_with(" SHMCTL_SLOT=0 "));
}

#include "guard/acquire.hpp"
#include <atomic>
#include "guard/jobs.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using os::Code;
using test::code_of;
using test::OtherRun;
using test::refused;
using test::take;
using test::want;
using test::want_within;

TEST_CASE("who has the job excludes the next one, who is told about him", "[acquire]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  REQUIRE(other.taken());
  const Busy busy = refused(*store, "job");
  CHECK(busy.why == Busy::Why::held);
  REQUIRE(busy.holders.size() == 1);
  CHECK(busy.holders[0].recorded);
  CHECK(busy.holders[0].supervisor_alive);
  CHECK(busy.holders[0].supervisor_pid == other.supervisor());
  CHECK(busy.holders[0].command.pid == other.command());
  CHECK(busy.holders[0].command_line.view() == "other command");
  auto beside = take(*store, "another");
  const auto token = busy.holders[0].token;
  CHECK(token > 0);
  other.kill_command();
  ::waitpid(other.supervisor(), nullptr, 0);
  auto again = take(*store, "job");
  CHECK(again.token() == token + 1);
}

TEST_CASE("modes: who may run beside whom", "[acquire]") {
  const test::OwnStore store;
  SECTION("shared beside shared alone") {
    auto one = take(*store, "job", want(Mode::shared));
    auto two = take(*store, "job", want(Mode::shared));
    CHECK(refused(*store, "job").holders.size() == 2);
    one.end(test::exited(0));
    CHECK(refused(*store, "job").holders.size() == 1);
    two.end(test::exited(0));
    auto alone = take(*store, "job");
    CHECK(refused(*store, "job", want(Mode::shared)).holders.size() == 1);
    CHECK(refused(*store, "job", want(Mode::slot, 5)).holders.size() == 1);
  }
  SECTION("as many as there are slots, each with its own") {
    auto one = take(*store, "job", want(Mode::slot, 2));
    auto two = take(*store, "job", want(Mode::slot, 2));
    CHECK(one.slot() == 0);
    CHECK(two.slot() == 1);
    CHECK(refused(*store, "job", want(Mode::slot, 2)).holders.size() == 2);
    CHECK(refused(*store, "job", want(Mode::slot, 1)).holders.size() == 1);
    CHECK(refused(*store, "job").holders.size() == 2);
    one.end(test::exited(0));
    auto next = take(*store, "job", want(Mode::slot, 2));
    CHECK(next.slot() == 0);
  }
}

TEST_CASE("waiting: until the job is free, or until the deadline", "[acquire]") {
  const test::OwnStore store;
  for (const auto& mode : {std::pair(Mode::exclusive, 0U), {Mode::shared, 0U}, {Mode::slot, 1U}}) {
    INFO(static_cast<int>(mode.first));
    OtherRun other(*store, "job", mode.first == Mode::slot ? want(Mode::slot, 1) : want());
    const auto wanted = want_within(20 * test::ms, mode.first, mode.second);
    CHECK(refused(*store, "job", wanted).why == Busy::Why::timed_out);
    CHECK(os::monotonic_ns() >= wanted.deadline_ns);
    const pid_t waiter = ::fork();
    if (waiter == 0) {
      const auto outcome = acquire(*store, "job", want_within(60'000 * test::ms, mode.first, mode.second));
      ::_exit(outcome && outcome->hold ? 0 : 1);
    }
    other.kill_command();
    int status = -1;
    ::waitpid(waiter, &status, 0);
    CHECK(status == 0);
  }
}

TEST_CASE("a killed supervisor: its command keeps the job, then it is free and the run lost", "[acquire]") {
  const test::OwnStore store;
  const bool keeps_locks = GENERATE(true, false);
  INFO("the command keeps what it inherits: " << keeps_locks);
  for (const auto& mode : {want(), want(Mode::shared), want(Mode::slot, 1)}) {
    INFO(static_cast<int>(mode.mode));
    const auto lost = describe_job(*store, "job").value_or(JobState()).lost;
    OtherRun other(*store, "job", mode, keeps_locks);
    REQUIRE(other.taken());
    other.kill_supervisor();
    const Busy busy = refused(*store, "job");
    REQUIRE(busy.holders.size() == 1);
    CHECK_FALSE(busy.holders[0].supervisor_alive);
    CHECK(busy.holders[0].command.pid == other.command());
    CHECK(refused(*store, "job", want_within(20 * test::ms)).why == Busy::Why::timed_out);
    CHECK(refused(*store, "job", mode.mode == Mode::shared ? want() : mode).holders.size() == 1);
    CHECK(code_of(remove_job(*store, "job")) == Code::busy);
    other.kill_command();
    take(*store, "job").end(test::exited(0));
    CHECK(describe_job(*store, "job")->lost == lost + 1);
  }
}

TEST_CASE("supervisor and command killed at once: the job is free", "[acquire]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  ::kill(other.command(), SIGSTOP);
  other.kill_supervisor();
  other.kill_command();
  take(*store, "job").end(test::exited(0));
  CHECK(describe_job(*store, "job")->lost == 1);
}

TEST_CASE("a deleted lock file: the record's file is locked as well", "[acquire]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  for (int round = 0; round < 3; ++round) {
    test::remove_file(store / "job,job.lock");
    for (const auto& wanted : {want(), want(Mode::shared), want(Mode::slot, 4), want_within(20 * test::ms)}) {
      const Busy busy = refused(*store, "job", wanted);
      REQUIRE(busy.holders.size() == 1);
      CHECK(busy.holders[0].command.pid == other.command());
    }
  }
  other.kill_supervisor();
  CHECK(refused(*store, "job").holders.size() == 1);
  other.kill_command();
  take(*store, "job").end(test::exited(0));
}

TEST_CASE("a deleted record: the lock is held all the same, and who has it is found", "[acquire]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  test::remove_file(store / "job,job");
  const Busy busy = refused(*store, "job");
  CHECK(busy.holders.size() == 2);  // supervisor and command have it open
  for (const auto& holder : busy.holders) {
    CHECK_FALSE(holder.recorded);
  }
  other.kill_command();
  ::waitpid(other.supervisor(), nullptr, 0);
  take(*store, "job").end(test::exited(0));
}

TEST_CASE("a process inside the run is told that it would wait for itself", "[acquire]") {
  const test::OwnStore store;
  auto hold = take(*store, "job");
  // This process supervises the job; its child asks for it.
  const auto outcome = test::in_child([&] {
    auto told = want();  // by its environment; else who does not wait is not told why he is refused
    told.inside_a_run = true;
    for (const auto& wanted : {told, want_within(60'000 * test::ms), want_within(60'000 * test::ms, Mode::shared),
                               want_within(60'000 * test::ms, Mode::slot, 3)}) {
      const auto inner = acquire(*store, "job", wanted);
      CHILD_REQUIRE(inner && !inner->hold);
      CHILD_REQUIRE(inner->busy.why == Busy::Why::nested);
    }
    return 0;
  });
  succeeds(outcome);
  CHECK(describe_job(*store, "job")->skips == 0);
}

TEST_CASE("refusals are counted, in a row until the next run", "[acquire]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  (void)refused(*store, "job");
  (void)refused(*store, "job", want_within(1 * test::ms));
  auto job = describe_job(*store, "job");
  REQUIRE(job);
  CHECK(job->skips == 2);
  CHECK(job->skips_in_a_row == 2);
  other.kill_command();
  ::waitpid(other.supervisor(), nullptr, 0);
  take(*store, "job").end(test::exited(3));
  job = describe_job(*store, "job");
  CHECK(job->skips == 2);
  CHECK(job->skips_in_a_row == 0);
  CHECK(job->runs == 2);
  CHECK(job->failures == 1);
  CHECK(job->last_status == 3);
}

TEST_CASE("more at once than the record can hold: all are guarded, and the rest runs unrecorded", "[acquire]") {
  const test::OwnStore store;
  std::vector<Hold> holds;
  for (std::size_t i = 0; i < most_entries + 3; ++i) {
    holds.push_back(take(*store, "job", want(Mode::shared)));
    CHECK((holds.back().pid_place() != nullptr) == (i < most_entries));
  }
  CHECK(refused(*store, "job").holders.size() == most_entries);
  for (auto& hold : holds) {
    hold.end(test::exited(0));
  }
  take(*store, "job").end(test::exited(0));
}

TEST_CASE("among many that want the job at once, one has it at a time", "[acquire]") {
  const test::OwnStore store;
  struct State {
    std::atomic<int> inside;
    std::atomic<int> worst;
    std::atomic<int> runs;
  };
  auto& state = test::shared<State>();
  test::Crowd crowd;
  for (int i = 0; i < 4; ++i) {
    crowd.add([&] {
      for (int run = 0; run < 100; ++run) {
        auto outcome = acquire(*store, "job", want_within(60'000 * test::ms));
        CHILD_REQUIRE(outcome && outcome->hold);
        CHILD_REQUIRE(outcome->hold->begin("crowd").has_value());
        if (++state.inside > 1) {
          ++state.worst;
        }
        ++state.runs;
        --state.inside;
        if (run % 3 != 0) {
          outcome->hold->end(test::exited(0));
        }  // else as if it were killed here: the kernel gives it back
      }
      return 0;
    });
  }
  // Meanwhile somebody deletes the lock file again and again, and somebody removes the job where he may.
  crowd.add([&] {
    for (int i = 0; i < 200; ++i) {
      ::unlink((store / "job,job.lock").c_str());
      ::sched_yield();
      (void)remove_job(*store, "job");
    }
    return 0;
  });
  crowd.go();
  CHECK(crowd.wait());
  CHECK(state.worst == 0);
  CHECK(state.runs == 400);
}

TEST_CASE("names that are none, stores that can't be used", "[acquire]") {
  const test::OwnStore store;
  CHECK(code_of(acquire(*store, "a/b", want())) == Code::usage);
  CHECK(code_of(acquire(*store, "", want())) == Code::usage);
  test::make_file(store / "job,job", "x");
  CHECK(code_of(acquire(*store, "job", want())) == Code::corrupt);
  test::make_link(store / "job,job", store / "bad,job.lock");
  CHECK(code_of(acquire(*store, "bad", want())) == Code::untrusted);
}

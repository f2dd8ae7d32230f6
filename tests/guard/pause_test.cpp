#include "guard/pause.hpp"
#include "guard/history.hpp"
#include "guard/jobs.hpp"
#include "guard/watch.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using os::Code;
using test::code_of;
using test::take;
using test::want;

namespace {
Pause now_paused(std::string_view reason = "") {
  Pause pause;
  pause.since_ns = os::realtime_ns();
  pause.uid = 42;
  pause.reason.add(reason);
  return pause;
}
std::optional<Pause> found(const store::Store& store) {
  const auto record = Record::open(store, "job", os::Access::read);
  REQUIRE(record);
  return pause_of(record->summary());
}
}  // namespace

TEST_CASE("a paused job is refused until it is resumed, and says why", "[pause]") {
  const test::OwnStore store;
  const auto pause = now_paused("new disk");
  REQUIRE(pause_job(*store, "job", pause));  // which makes it
  auto busy = test::refused(*store, "job");
  CHECK(busy.why == Why::paused);
  CHECK(busy.pause.since_ns == pause.since_ns);
  CHECK(busy.pause.until_ns == 0);
  CHECK(busy.pause.uid == 42);
  CHECK(busy.pause.reason.view() == "new disk");
  CHECK(test::refused(*store, "job", want(Mode::shared)).why == Why::paused);
  CHECK(test::refused(*store, "job", want(Mode::slot, 2)).why == Why::paused);
  CHECK(test::refused(*store, "job", test::want_within(60'000 * test::ms)).why == Why::paused);
  const auto job = describe_job(*store, "job");
  REQUIRE(job->pause);
  CHECK(job->skips == 4);
  CHECK(state_text(*job).view() == "paused, never run");
  CHECK(refusals_of(*Record::open(*store, "job", os::Access::read)).back().why == Why::paused);
  CHECK(resume_job(*store, "job") == true);
  CHECK(resume_job(*store, "job") == false);
  CHECK_FALSE(found(*store));
  take(*store, "job").end(test::exited(0));
}

TEST_CASE("a pause ends by itself at its time", "[pause]") {
  const test::OwnStore store;
  auto pause = now_paused();
  pause.until_ns = os::realtime_ns() + 3'600'000 * test::ms;
  REQUIRE(pause_job(*store, "job", pause));
  CHECK(found(*store)->until_ns == pause.until_ns);
  pause.until_ns = os::realtime_ns() - 1;
  REQUIRE(pause_job(*store, "job", pause));
  CHECK_FALSE(found(*store));
  take(*store, "job").end(test::exited(0));
  CHECK(resume_job(*store, "job") == false);
}

TEST_CASE("who waits for a job that is paused meanwhile is refused as soon as it is free", "[pause]") {
  const test::OwnStore store;
  test::OtherRun other(*store, "job");
  test::Crowd crowd;
  crowd.add([&] {
    const auto outcome = acquire(*store, "job", test::want_within(60'000 * test::ms));
    CHILD_REQUIRE(outcome.has_value());
    CHILD_REQUIRE(!outcome->hold);
    CHILD_REQUIRE(outcome->busy.why == Why::paused);
    return 0;
  });
  crowd.go();
  while (view_job(*store, "job")->waiters.empty()) {
    ::sched_yield();
  }
  REQUIRE(pause_job(*store, "job", now_paused()));
  other.kill_command();
  CHECK(crowd.wait());
}

TEST_CASE("a pause that can't be read is a pause", "[pause]") {
  const test::OwnStore store;
  REQUIRE(pause_job(*store, "job", now_paused("why")));
  {
    const auto record = Record::open(*store, "job", os::Access::write);
    record->summary().reason[0].add(1);
  }
  REQUIRE(found(*store));
  CHECK(found(*store)->since_ns == 0);
  CHECK(found(*store)->reason.empty());
  CHECK(test::refused(*store, "job").why == Why::paused);
  CHECK(resume_job(*store, "job") == true);
  take(*store, "job").end(test::exited(0));
}

TEST_CASE("pausing and resuming: names, records", "[pause]") {
  const test::OwnStore store;
  CHECK(code_of(pause_job(*store, "a/b", now_paused())) == Code::usage);
  CHECK(code_of(resume_job(*store, "a/b")) == Code::usage);
  CHECK(code_of(resume_job(*store, "job")) == Code::absent);
  test::make_file(store / "job,job", "x");
  CHECK(code_of(pause_job(*store, "job", now_paused())) == Code::corrupt);
  CHECK(code_of(resume_job(*store, "job")) == Code::corrupt);
}

TEST_CASE("many pause and resume at once, and everybody sees one pause or none", "[pause]") {
  const test::OwnStore store;
  auto& running = test::shared<int>();
  running = 3;
  REQUIRE(Record::open_or_create(*store, "job"));
  test::Crowd crowd;
  for (int writer = 0; writer < 3; ++writer) {
    crowd.add([&, writer] {
      for (int i = 0; i < 300; ++i) {
        const std::string reason(static_cast<std::size_t>(10 + 40 * writer), static_cast<char>('a' + writer));
        CHILD_REQUIRE(pause_job(*store, "job", now_paused(reason)).has_value());
        CHILD_REQUIRE(resume_job(*store, "job").has_value());
      }
      __atomic_sub_fetch(&running, 1, __ATOMIC_ACQ_REL);
      return 0;
    });
  }
  crowd.add([&] {
    const auto record = Record::open(*store, "job", os::Access::read);
    CHILD_REQUIRE(record.has_value());
    while (__atomic_load_n(&running, __ATOMIC_ACQUIRE) != 0) {
      const auto pause = pause_of(record->summary());
      if (pause) {
        const auto reason = pause->reason.view();
        CHILD_REQUIRE(!reason.empty());
        CHILD_REQUIRE(reason == std::string(10 + 40 * static_cast<std::size_t>(reason[0] - 'a'), reason[0]));
      }
    }
    return 0;
  });
  crowd.go();
  CHECK(crowd.wait());
  CHECK_FALSE(found(*store));
}

#include "guard/history.hpp"
#include <algorithm>
#include "guard/jobs.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using test::OtherRun;
using test::take;
using test::want;

namespace {
Record record_of(const store::Store& store, os::Access access = os::Access::read) {
  auto record = Record::open(store, "job", access);
  REQUIRE(record);
  return std::move(*record);
}
std::vector<PastRun> runs(const store::Store& store) { return runs_of(record_of(store), Here::look()); }

PastRun numbered(std::uint64_t number) {
  PastRun run;
  run.token = number;
  run.start_ns = static_cast<std::int64_t>(number);
  run.ended = test::exited(static_cast<int>(number % 200));
  return run;
}
}  // namespace

TEST_CASE("a run's end is in the history, as it was", "[history]") {
  const test::OwnStore store;
  auto hold = take(*store, "job");
  *hold.pid_place() = 4711;
  Ended ended;
  ended.status = 143;
  ended.ending = Ending::stopped;
  ended.signal = 15;
  ended.tries = 3;
  ended.usage = {1000, 2000, 3000, 4000, 5000};
  const std::int64_t before = os::realtime_ns();
  hold.end(ended);
  const auto found = runs(*store);
  REQUIRE(found.size() == 1);
  const PastRun& run = found[0];
  CHECK(run.token == hold.token());
  CHECK(run.start_ns <= before);
  CHECK(run.end_ns >= before);
  CHECK(run.pid == 4711);
  CHECK(run.uid == ::geteuid());
  CHECK(run.trigger.view() == os::name_of_process(::getppid()).view());
  REQUIRE(run.ended);
  CHECK(run.ended->status == 143);
  CHECK(run.ended->ending == Ending::stopped);
  CHECK(run.ended->signal == 15);
  CHECK(run.ended->tries == 3);
  CHECK(run.ended->duration_ns > 0);
  CHECK(run.ended->usage.user_us == 1000);
  CHECK(run.ended->usage.system_us == 2000);
  CHECK(run.ended->usage.most_memory_kib == 3000);
  CHECK(run.ended->usage.blocks_read == 4000);
  CHECK(run.ended->usage.blocks_written == 5000);
}

TEST_CASE("what started a run is what the caller says, cut to fit", "[history]") {
  const test::OwnStore store;
  auto wanted = want();
  const std::string text(100, 'x');
  wanted.trigger = "cron";
  take(*store, "job", wanted).end(test::exited(0));
  wanted.trigger = text;
  take(*store, "job", wanted).end(test::exited(0));
  const auto found = runs(*store);
  REQUIRE(found.size() == 2);
  CHECK(found[0].trigger.view() == "cron");
  CHECK(found[1].trigger.view() == text.substr(0, trigger_bytes));
}

TEST_CASE("a run under way is shown, one whose processes were killed is lost, once", "[history]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  const auto under_way = runs(*store);
  REQUIRE(under_way.size() == 1);
  CHECK_FALSE(under_way[0].ended);
  CHECK(under_way[0].pid == other.command());
  other.kill_supervisor();
  const auto left = runs(*store);
  CHECK_FALSE(left[0].ended);  // the command runs on
  CHECK(describe_job(*store, "job")->lost == 0);
  other.kill_command();
  const auto check_lost = [&] {
    const auto found = runs(*store);
    REQUIRE_FALSE(found.empty());
    REQUIRE(found[0].ended);
    CHECK(found[0].ended->ending == Ending::lost);
    CHECK(found[0].token == under_way[0].token);
    CHECK(found[0].start_ns == under_way[0].start_ns);
    CHECK(found[0].end_ns == 0);
    CHECK(found[0].pid == other.command());
    CHECK(found[0].trigger.view() == left[0].trigger.view());
    const auto job = describe_job(*store, "job");
    REQUIRE(job);
    CHECK(job->lost == 1);
  };
  check_lost();  // though nobody has noted it
  CHECK(describe_job(*store, "job")->last_lost);
  CHECK(describe_job(*store, "job")->failures_in_a_row == 1);
  auto next = take(*store, "job");
  REQUIRE(next.lost());
  CHECK(next.lost()->token == under_way[0].token);
  CHECK(next.lost()->since_ns == under_way[0].start_ns);
  next.end(test::exited(0));
  check_lost();
  auto one_more = take(*store, "job");
  CHECK_FALSE(one_more.lost());  // it was told
  one_more.end(test::exited(0));
  CHECK(runs(*store).size() == 3);
  CHECK_FALSE(describe_job(*store, "job")->last_lost);
  CHECK(describe_job(*store, "job")->failures_in_a_row == 0);
}

TEST_CASE("a supervisor that was killed between the end and its entry has lost nothing", "[history]") {
  const test::OwnStore store;
  {
    auto hold = take(*store, "job");
    PastRun run = numbered(hold.token());
    note_run(record_of(*store, os::Access::write), run);
  }  // the entry stays
  CHECK(describe_job(*store, "job")->lost == 0);
  REQUIRE(runs(*store).size() == 1);
  CHECK(runs(*store)[0].ended->ending == Ending::exited);
  auto next = take(*store, "job");
  CHECK_FALSE(next.lost());
  next.end(test::exited(0));
  CHECK(describe_job(*store, "job")->lost == 0);
  CHECK(runs(*store).size() == 2);
}

TEST_CASE("the newest runs and refusals are kept, oldest first", "[history]") {
  const test::OwnStore store;
  REQUIRE(Record::open_or_create(*store, "job"));
  const auto record = record_of(*store, os::Access::write);
  CHECK(runs(*store).empty());
  CHECK(refusals_of(record).empty());
  for (std::uint64_t i = 1; i <= 3 * kept_runs + 5; ++i) {
    note_run(record, numbered(i));
    Refusal refusal;
    refusal.when_ns = static_cast<std::int64_t>(i);
    refusal.why = Why::too_soon;
    refusal.pid = static_cast<int>(i);
    refusal.uid = 7;
    refusal.trigger = Trigger("timer");
    refusal.holder_token = i + 1;
    refusal.holder_pid = 9;
    note_refusal(record, refusal);
  }
  const auto found = runs(*store);
  REQUIRE(found.size() == kept_runs);
  for (std::size_t i = 0; i < kept_runs; ++i) {
    CHECK(found[i].token == 2 * kept_runs + 6 + i);
    CHECK(found[i].ended->status == static_cast<int>(found[i].token % 200));
  }
  const auto refused = refusals_of(record);
  REQUIRE(refused.size() == kept_refusals);
  for (std::size_t i = 0; i < kept_refusals; ++i) {
    const auto number = static_cast<std::int64_t>(3 * kept_runs + 5 - kept_refusals + 1 + i);
    CHECK(refused[i].when_ns == number);
    CHECK(refused[i].pid == number);
    CHECK(refused[i].why == Why::too_soon);
    CHECK(refused[i].uid == 7);
    CHECK(refused[i].trigger.view() == "timer");
    CHECK(refused[i].holder_token == static_cast<std::uint64_t>(number) + 1);
    CHECK(refused[i].holder_pid == 9);
  }
}

TEST_CASE("a slot that was damaged is left out, and so is one in another's place", "[history]") {
  const test::OwnStore store;
  REQUIRE(Record::open_or_create(*store, "job"));
  for (std::uint64_t i = 1; i <= 3; ++i) {
    note_run(record_of(*store, os::Access::write), numbered(i));
  }
  const std::string good = test::content_of(store / "job,job");
  for (std::size_t byte = 0; byte < 128; ++byte) {
    std::string bad = good;
    bad[history_offset + 128 + byte] = static_cast<char>(bad[history_offset + 128 + byte] ^ 0x20);
    test::make_file(store / "job,job", bad);
    INFO(byte);
    const auto found = runs(*store);
    REQUIRE(found.size() == 2);
    CHECK(found[0].token == 1);
    CHECK(found[1].token == 3);
  }
  std::string bad = good;
  std::copy_n(good.begin() + history_offset, 128, bad.begin() + history_offset + 5 * 128);
  test::make_file(store / "job,job", bad);
  CHECK(runs(*store).size() == 3);
}

TEST_CASE("a refused call is in the history: why, and who was in the way", "[history]") {
  const test::OwnStore store;
  OtherRun other(*store, "job");
  auto wanted = want();
  wanted.trigger = "me";
  const auto before = os::realtime_ns();
  (void)test::refused(*store, "job", wanted);
  const auto found = refusals_of(record_of(*store));
  REQUIRE(found.size() == 1);
  CHECK(found[0].why == Why::held);
  CHECK(found[0].when_ns >= before);
  CHECK(found[0].pid == ::getpid());
  CHECK(found[0].uid == ::geteuid());
  CHECK(found[0].trigger.view() == "me");
  CHECK(found[0].holder_pid == other.command());
  CHECK(found[0].holder_token == runs(*store)[0].token);
}

TEST_CASE("many write and read the history at once, and nobody sees half a line", "[history]") {
  const test::OwnStore store;
  REQUIRE(Record::open_or_create(*store, "job"));
  constexpr std::uint64_t each = 2000;
  test::Crowd crowd;
  for (std::uint64_t writer = 0; writer < 3; ++writer) {
    crowd.add([&, writer] {
      const auto record = Record::open(*store, "job", os::Access::write);
      CHILD_REQUIRE(record.has_value());
      for (std::uint64_t i = 1; i <= each; ++i) {
        note_run(*record, numbered(writer * each + i));
      }
      return 0;
    });
  }
  crowd.add([&] {
    const auto record = Record::open(*store, "job", os::Access::read);
    CHILD_REQUIRE(record.has_value());
    while (record->summary().run_events.load() < 3 * each) {
      for (const PastRun& run : runs_of(*record, Here::look())) {
        CHILD_REQUIRE(run.token == static_cast<std::uint64_t>(run.start_ns));
        CHILD_REQUIRE(run.ended->status == static_cast<int>(run.token % 200));
      }
    }
    return 0;
  });
  crowd.go();
  CHECK(crowd.wait());
  CHECK(record_of(*store).summary().run_events.load() == 3 * each);
}

TEST_CASE("counts: failures in a row, time in total, the last success", "[history]") {
  const test::OwnStore store;
  take(*store, "job").end(test::exited(1));
  take(*store, "job").end(test::exited(2));
  auto job = describe_job(*store, "job");
  CHECK(job->failures_in_a_row == 2);
  CHECK(job->last_success_ns == 0);
  const auto total = job->total_ns;
  CHECK(total > 0);
  take(*store, "job").end(test::exited(0));
  job = describe_job(*store, "job");
  CHECK(job->failures_in_a_row == 0);
  CHECK(job->failures == 2);
  CHECK(job->last_success_ns == job->last_end_ns);
  CHECK(job->total_ns == total + job->last_duration_ns);
}

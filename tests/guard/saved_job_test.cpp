#include "guard/saved_job.hpp"
#include "support.hpp"

using namespace shm;
using namespace shm::guard;
using test::code_of;
using test::take;
using test::want;

namespace {
SavedJob saved(const store::Store& store, std::string_view name = "job") {
  auto job = look_at_job(store, name);
  REQUIRE(job);
  return std::move(*job);
}

void same_counts(const JobState& left, const JobState& right) {
  CHECK(left.token == right.token);
  CHECK(left.runs == right.runs);
  CHECK(left.failures == right.failures);
  CHECK(left.lost == right.lost);
  CHECK(left.failures_in_a_row == right.failures_in_a_row);
  CHECK(left.skips == right.skips);
  CHECK(left.skips_in_a_row == right.skips_in_a_row);
  CHECK(left.last_status == right.last_status);
  CHECK(left.last_lost == right.last_lost);
  CHECK(left.last_start_ns == right.last_start_ns);
  CHECK(left.last_end_ns == right.last_end_ns);
  CHECK(left.last_success_ns == right.last_success_ns);
  CHECK(left.last_duration_ns == right.last_duration_ns);
  CHECK(left.total_ns == right.total_ns);
  CHECK(left.due_ns == right.due_ns);
}
}  // namespace

TEST_CASE("a restored job has the counts, the history and the pause that it was saved with", "[saved_job]") {
  const test::OwnStore old;
  for (int i = 0; i < 70; ++i) {
    take(*old, "job").end(test::exited(i % 3));
  }
  {
    auto hold = take(*old, "job");
    (void)test::refused(*old, "job");
    hold.end(test::exited(0));
  }
  Pause pause;
  pause.since_ns = 1'000;
  pause.until_ns = 0;
  pause.uid = 77;
  pause.reason.add("a reason");
  REQUIRE(pause_job(*old, "job", pause));
  const SavedJob before = saved(*old);
  const test::OwnStore fresh;
  REQUIRE(restore_job(*fresh, before, os::Taken::refuse));
  CHECK(fresh.files() == std::vector<std::string>{"job,job"});
  const SavedJob after = saved(*fresh);
  same_counts(before.state, after.state);
  REQUIRE(after.state.pause);
  CHECK(after.state.pause->since_ns == 1'000);
  CHECK(after.state.pause->uid == 77);
  CHECK(after.state.pause->reason.view() == "a reason");
  REQUIRE(after.runs.size() == kept_runs);
  REQUIRE(before.runs.size() == kept_runs);
  for (std::size_t i = 0; i < kept_runs; ++i) {
    CHECK(after.runs[i].token == before.runs[i].token);
    CHECK(after.runs[i].start_ns == before.runs[i].start_ns);
    CHECK(after.runs[i].ended->status == before.runs[i].ended->status);
    CHECK(after.runs[i].ended->duration_ns == before.runs[i].ended->duration_ns);
  }
  REQUIRE(after.refusals.size() == 1);
  CHECK(after.refusals[0].when_ns == before.refusals[0].when_ns);
  CHECK(after.refusals[0].holder_token == before.refusals[0].holder_token);
}

TEST_CASE("a run that was under way when its job was saved is lost when it is restored", "[saved_job]") {
  const test::OwnStore old;
  take(*old, "job").end(test::exited(0));
  auto hold = take(*old, "job");
  const SavedJob before = saved(*old);
  REQUIRE(before.runs.size() == 2);
  CHECK_FALSE(before.runs[1].ended);
  const test::OwnStore fresh;
  REQUIRE(restore_job(*fresh, before, os::Taken::refuse));
  const SavedJob after = saved(*fresh);
  CHECK_FALSE(after.state.running);
  CHECK(after.state.runs == 2);
  CHECK(after.state.lost == 1);
  CHECK(after.state.failures_in_a_row == 1);
  CHECK(after.state.last_lost);
  REQUIRE(after.runs.size() == 2);
  REQUIRE(after.runs[1].ended);
  CHECK(after.runs[1].ended->ending == Ending::lost);
  hold.end(test::exited(0));
}

TEST_CASE("the tokens of a restored job go on above all that it may have had", "[saved_job]") {
  const test::OwnStore old;
  take(*old, "job").end(test::exited(0));
  SavedJob job = saved(*old);
  take(*old, "job").end(test::exited(0));
  const std::uint64_t unsaved = saved(*old).state.token;
  const test::OwnStore fresh;
  REQUIRE(restore_job(*fresh, job, os::Taken::refuse));
  CHECK(saved(*fresh).state.token == job.state.token);
  auto hold = take(*fresh, "job");
  CHECK(hold.token() > unsaved);
  const std::uint64_t first = hold.token();
  hold.end(test::exited(0));
  auto next = take(*fresh, "job");
  CHECK(next.token() == first + 1);
  next.end(test::exited(0));
  // The clock was set back since.
  job.state.token = UINT64_C(1) << 62U;
  const test::OwnStore late;
  REQUIRE(restore_job(*late, job, os::Taken::refuse));
  auto ahead = take(*late, "job");
  CHECK(ahead.token() > job.state.token + 1'000'000);
  ahead.end(test::exited(0));
}

TEST_CASE("a job that is there is left alone, or replaced unless it runs", "[saved_job]") {
  const test::OwnStore old;
  take(*old, "job").end(test::exited(7));
  const SavedJob job = saved(*old);
  const test::OwnStore store;
  take(*store, "job").end(test::exited(1));
  take(*store, "job").end(test::exited(2));
  CHECK(code_of(restore_job(*store, job, os::Taken::refuse)) == os::Code::exists);
  CHECK(saved(*store).state.runs == 2);
  auto hold = take(*store, "job");
  CHECK(code_of(restore_job(*store, job, os::Taken::replace)) == os::Code::busy);
  CHECK(saved(*store).state.runs == 3);
  hold.end(test::exited(0));
  CHECK(code_of(restore_job(*store, job, os::Taken::replace)) == test::ok);
  CHECK(saved(*store).state.last_status == 7);
  SavedJob bad = job;
  bad.state.name.clear();
  bad.state.name.add("../x");
  CHECK(code_of(restore_job(*store, bad, os::Taken::replace)) == os::Code::usage);
}

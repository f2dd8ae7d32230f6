#include "verbs/saved_lines.hpp"
#include <string>
#include "catch.hpp"

using namespace shm;
using namespace shm::verbs;

namespace {
guard::SavedJob job() {
  guard::SavedJob job;
  job.state.name.add("backup");
  job.state.token = UINT64_MAX;
  job.state.runs = 3;
  job.state.last_status = -1;
  job.state.last_lost = true;
  job.state.last_start_ns = INT64_MAX;
  guard::Pause& pause = job.state.pause.emplace();
  pause.uid = UINT32_MAX;
  pause.reason.add("a \"reason\"\n\xff");
  guard::PastRun& run = job.runs.emplace_back();
  run.token = 7;
  run.trigger.add("\x01\xfe");
  guard::Ended& ended = run.ended.emplace();
  ended.ending = guard::Ending::signalled;
  ended.status = 143;
  ended.signal = 15;
  ended.usage = {1, 2, 3, 4, 5};
  job.runs.emplace_back().token = 8;
  guard::Refusal& refusal = job.refusals.emplace_back();
  refusal.why = guard::Why::displaced;
  refusal.holder_token = 6;
  return job;
}

/// What is said to be wrong with the line of job() when `from` in it is `to`.
std::string wrong(std::string_view from, std::string_view to) {
  std::string line = job_line(job());
  const auto at = line.find(from);
  REQUIRE(at != std::string::npos);
  line.replace(at, from.size(), to);
  try {
    (void)read_saved_line(line);
  } catch (const BadLine& bad) {
    return bad.what();
  }
  return "";
}
}  // namespace

TEST_CASE("a job's line is read as it was written") {
  const std::string line = job_line(job());
  const auto read = read_saved_line(line);
  REQUIRE(std::holds_alternative<guard::SavedJob>(read));
  const auto& again = std::get<guard::SavedJob>(read);
  CHECK(job_line(again) == line);
  CHECK(again.state.token == UINT64_MAX);
  CHECK(again.state.last_status == -1);
  CHECK(again.state.pause->reason.view() == "a \"reason\"\n\xff");
  REQUIRE(again.runs.size() == 2);
  CHECK(again.runs[0].trigger.view() == "\x01\xfe");
  CHECK(again.runs[0].ended->ending == guard::Ending::signalled);
  CHECK(again.runs[0].ended->usage.blocks_written == 5);
  CHECK_FALSE(again.runs[1].ended);
  CHECK(again.refusals[0].why == guard::Why::displaced);
}

TEST_CASE("a mark's line is read as it was written") {
  const store::Mark mark = {store::MarkWhat::exported, true, "a*\xff", "two\nlines"};
  const auto read = read_saved_line(mark_line(mark));
  REQUIRE(std::holds_alternative<SavedMark>(read));
  CHECK(std::get<SavedMark>(read).view().same_place(mark));
  CHECK(std::get<SavedMark>(read).text == "two\nlines");
}

TEST_CASE("a job's line that makes no sense is refused, by its field") {
  CHECK(wrong("\"runs\":3", "\"runs\":3").empty());
  CHECK(wrong("\"shmctl\":1", "\"shmctl\":2").find("'shmctl'") != std::string::npos);
  CHECK(wrong("\"backup\"", "\"../x\"").find("'job'") != std::string::npos);
  CHECK(wrong("\"runs\":3", "\"runs\":-3").find("'runs'") != std::string::npos);
  CHECK(wrong("\"runs\":3,", "").find("'runs'") != std::string::npos);
  CHECK(wrong("\"runs\":3", "\"runs\":3,\"more\":1").find("'more'") != std::string::npos);
  CHECK(wrong("\"last_status\":-1", "\"last_status\":256").find("'last_status'") != std::string::npos);
  CHECK(wrong("\"last_lost\":true", "\"last_lost\":1").find("'last_lost'") != std::string::npos);
  CHECK(wrong("\"signal\",", "\"eaten\",").find("'ending'") != std::string::npos);
  CHECK(wrong("\"status\":143", "\"status\":256").find("history: field 'status'") != std::string::npos);
  CHECK(wrong("\"displaced\"", "\"bored\"").find("refusals: field 'why'") != std::string::npos);
  CHECK(wrong("\"pid\":0", "\"pid\":4294967296").find("'pid'") != std::string::npos);
  CHECK(wrong("\"reason_base64\":\"", "\"reason_base64\":\"" + std::string(400, 'A')).find("'reason") !=
        std::string::npos);
  CHECK_THROWS_AS(read_saved_line("{}"), BadLine);
  CHECK_THROWS_AS(read_saved_line("[1]"), BadLine);
  CHECK_THROWS_AS(read_saved_line(R"({"shmctl":1,"mark":"persist","jobs":false,"pattern":"","text":""})"), BadLine);
  CHECK_THROWS_AS(read_saved_line(R"({"shmctl":1,"mark":"other","jobs":false,"pattern":"a","text":""})"), BadLine);
}

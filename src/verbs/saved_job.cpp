// How jobs are written down when a store is saved, and read again.
#include <algorithm>
#include <iterator>
#include "store/name.hpp"
#include "verbs/saved_lines.hpp"

namespace shm::verbs {

namespace {
using guard::Ending;
using guard::JobState;
using guard::PastRun;
using guard::Refusal;
using guard::Why;

struct Count {
  std::string_view key;
  std::uint64_t JobState::* member;
};
constexpr Count counts[] = {{"token", &JobState::token},
                            {"runs", &JobState::runs},
                            {"failures", &JobState::failures},
                            {"lost", &JobState::lost},
                            {"failures_in_a_row", &JobState::failures_in_a_row},
                            {"skips", &JobState::skips},
                            {"skips_in_a_row", &JobState::skips_in_a_row}};
struct Time {
  std::string_view key;
  std::int64_t JobState::* member;
};
constexpr Time times[] = {{"last_start_ns", &JobState::last_start_ns},
                          {"last_end_ns", &JobState::last_end_ns},
                          {"last_success_ns", &JobState::last_success_ns},
                          {"last_duration_ns", &JobState::last_duration_ns},
                          {"total_ns", &JobState::total_ns},
                          {"due_ns", &JobState::due_ns}};

constexpr Ending endings[] = {Ending::exited,  Ending::signalled,    Ending::timed_out,
                              Ending::stopped, Ending::not_runnable, Ending::lost};
constexpr Why whys[] = {Why::held,   Why::timed_out, Why::nested,   Why::displaced,
                        Why::paused, Why::too_soon,  Why::too_late, Why::occupied};

/// Which of `all` has the name that field `key` says.
template <class Named, std::size_t Size>
Named one_of(Fields& fields, std::string_view key, const Named (&all)[Size]) {
  const std::string said = fields.text(key);
  for (const Named each : all) {
    if (guard::name_of(each) == said) {
      return each;
    }
  }
  fields.refuse(key, "there is no such one");
}

template <class Number>
Number number_in(Fields& fields, std::string_view key) {
  const std::int64_t number = fields.integer(key);
  if (!std::in_range<Number>(number)) {
    fields.refuse(key, "too large, or below 0");
  }
  return static_cast<Number>(number);
}

std::int64_t time_in(Fields& fields, std::string_view key) {
  const std::int64_t time = fields.integer(key);
  if (time < 0) {
    fields.refuse(key, "below 0");
  }
  return time;
}

template <std::size_t Size>
void text_in(Fields& fields, std::string_view key, os::Text<Size>& text) {
  if (text.add(fields.bytes(key)).cut()) {
    fields.refuse(key, "too long");
  }
}

cli::Json json_of(const PastRun& run) {
  cli::Json json;
  json.add("token", run.token).add("start_ns", run.start_ns).add("end_ns", run.end_ns);
  if (run.ended) {
    const auto& ended = *run.ended;
    json.add("ending", guard::name_of(ended.ending)).add("status", ended.status).add("signal", ended.signal);
    json.add("errno", ended.exec_errno).add("step", static_cast<std::uint32_t>(ended.step)).add("tries", ended.tries);
    json.add("duration_ns", ended.duration_ns).add("user_us", ended.usage.user_us);
    json.add("system_us", ended.usage.system_us).add("most_memory_kib", ended.usage.most_memory_kib);
    json.add("blocks_read", ended.usage.blocks_read).add("blocks_written", ended.usage.blocks_written);
  } else {
    json.add_null("ending");
  }
  return json.add("pid", run.pid).add("uid", run.uid).add_bytes("trigger", run.trigger.view());
}

PastRun run_in(const cli::JsonValue& json) {
  Fields fields(json, "history: ");
  PastRun run;
  run.token = fields.natural("token");
  run.start_ns = time_in(fields, "start_ns");
  run.end_ns = time_in(fields, "end_ns");
  const auto* const ending = json.find("ending");
  if (ending != nullptr && ending->type == cli::JsonType::string) {
    auto& ended = run.ended.emplace();
    ended.ending = one_of(fields, "ending", endings);
    ended.status = number_in<std::uint8_t>(fields, "status");
    ended.signal = number_in<std::uint8_t>(fields, "signal");
    ended.exec_errno = number_in<std::uint16_t>(fields, "errno");
    ended.step = static_cast<os::StartStep>(number_in<std::uint8_t>(fields, "step"));
    ended.tries = number_in<std::uint32_t>(fields, "tries");
    ended.duration_ns = time_in(fields, "duration_ns");
    ended.usage = {time_in(fields, "user_us"), time_in(fields, "system_us"), time_in(fields, "most_memory_kib"),
                   time_in(fields, "blocks_read"), time_in(fields, "blocks_written")};
  } else {
    (void)fields.some_text("ending");
  }
  run.pid = number_in<int>(fields, "pid");
  run.uid = number_in<std::uint32_t>(fields, "uid");
  text_in(fields, "trigger", run.trigger);
  fields.finish();
  return run;
}

cli::Json json_of(const Refusal& refusal) {
  cli::Json json;
  json.add("when_ns", refusal.when_ns).add("why", guard::name_of(refusal.why)).add("pid", refusal.pid);
  json.add("uid", refusal.uid).add_bytes("trigger", refusal.trigger.view());
  return json.add("holder_token", refusal.holder_token).add("holder_pid", refusal.holder_pid);
}

Refusal refusal_in(const cli::JsonValue& json) {
  Fields fields(json, "refusals: ");
  Refusal refusal;
  refusal.when_ns = time_in(fields, "when_ns");
  refusal.why = one_of(fields, "why", whys);
  refusal.pid = number_in<int>(fields, "pid");
  refusal.uid = number_in<std::uint32_t>(fields, "uid");
  text_in(fields, "trigger", refusal.trigger);
  refusal.holder_token = fields.natural("holder_token");
  refusal.holder_pid = number_in<int>(fields, "holder_pid");
  fields.finish();
  return refusal;
}

template <class Each>
std::vector<cli::Json> json_of_all(const std::vector<Each>& all) {
  std::vector<cli::Json> jsons;
  std::transform(all.begin(), all.end(), std::back_inserter(jsons), [](const Each& each) { return json_of(each); });
  return jsons;
}

guard::Pause pause_in(const cli::JsonValue& json) {
  Fields fields(json, "pause: ");
  guard::Pause pause;
  pause.since_ns = time_in(fields, "since_ns");
  pause.until_ns = time_in(fields, "until_ns");
  pause.uid = number_in<std::uint32_t>(fields, "uid");
  text_in(fields, "reason", pause.reason);
  fields.finish();
  return pause;
}
}  // namespace

std::string job_line(const guard::SavedJob& job) {
  const JobState& state = job.state;
  cli::Json line;
  line.add("shmctl", document_version).add("job", state.name.view());
  for (const auto& count : counts) {
    line.add(count.key, state.*count.member);
  }
  line.add("last_status", state.last_status).add("last_lost", state.last_lost);
  for (const auto& time : times) {
    line.add(time.key, state.*time.member);
  }
  if (state.pause) {
    cli::Json pause;
    pause.add("since_ns", state.pause->since_ns).add("until_ns", state.pause->until_ns).add("uid", state.pause->uid);
    line.add_raw("pause", pause.add_bytes("reason", state.pause->reason.view()).text());
  } else {
    line.add_null("pause");
  }
  return line.add("history", json_of_all(job.runs)).add("refusals", json_of_all(job.refusals)).text();
}

guard::SavedJob read_job_line(const cli::JsonValue& json) {
  Fields fields(json);
  if (fields.natural("shmctl") != document_version) {
    fields.refuse("shmctl", "of another version of save");
  }
  guard::SavedJob job;
  JobState& state = job.state;
  text_in(fields, "job", state.name);
  if (!store::valid_name(state.name.view())) {
    fields.refuse("job", "not a valid name");
  }
  for (const auto& count : counts) {
    state.*count.member = fields.natural(count.key);
  }
  const std::int64_t status = fields.integer("last_status");
  if (status < -1 || status > 255) {
    fields.refuse("last_status", "not a status");
  }
  state.last_status = static_cast<int>(status);
  const auto& lost = fields.value("last_lost");
  if (lost.type != cli::JsonType::boolean) {
    fields.refuse("last_lost", "not true or false");
  }
  state.last_lost = lost.boolean;
  for (const auto& time : times) {
    state.*time.member = time_in(fields, time.key);
  }
  const auto* const pause = json.find("pause");
  if (pause != nullptr && pause->type == cli::JsonType::object) {
    state.pause = pause_in(fields.value("pause"));
  } else {
    (void)fields.some_text("pause");
  }
  const auto& runs = fields.list("history");
  std::transform(runs.begin(), runs.end(), std::back_inserter(job.runs), run_in);
  const auto& refusals = fields.list("refusals");
  std::transform(refusals.begin(), refusals.end(), std::back_inserter(job.refusals), refusal_in);
  fields.finish();
  return job;
}

}  // namespace shm::verbs

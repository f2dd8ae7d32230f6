#include "verbs/jobs.hpp"
#include <fmt/core.h>
#include <fnmatch.h>
#include <algorithm>
#include "cli/duration.hpp"
#include "guard/jobs.hpp"
#include "os/clock.hpp"
#include "verbs/common.hpp"
#include "verbs/jobs_check.hpp"
#include "verbs/pause.hpp"

namespace shm::verbs {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;

struct Listing {
  std::vector<std::string> patterns;  ///< none: all jobs
  std::vector<guard::JobState> jobs;
};

bool visit(void* context, const guard::JobState& job) {
  auto& listing = *static_cast<Listing*>(context);
  const auto& patterns = listing.patterns;
  const auto matches = [&](const std::string& pattern) { return ::fnmatch(pattern.c_str(), job.name.c_str(), 0) == 0; };
  if (patterns.empty() || std::any_of(patterns.begin(), patterns.end(), matches)) {
    listing.jobs.push_back(job);
  }
  return true;
}

std::string_view state_word(const guard::JobState& job) {
  return job.damaged ? "damaged" : job.hidden ? "hidden" : job.running ? "running" : job.pause ? "paused" : "idle";
}

/// When it came to be as it is; 0: not known.
std::int64_t since(const guard::JobState& job) {
  return job.running ? job.last_start_ns : job.pause ? job.pause->since_ns : job.last_end_ns;
}

/// From when on it may run; 0: now, or not known.
std::int64_t next(const guard::JobState& job) {
  const std::int64_t end_of_pause = job.pause ? job.pause->until_ns : 0;
  const std::int64_t next = std::max(job.due_ns, end_of_pause);
  return next > os::realtime_ns() ? next : 0;
}

std::string status_text(const guard::JobState& job) {
  return job.last_lost ? "lost" : job.last_status < 0 ? "-" : fmt::format("{}", job.last_status);
}

/// "12", or "12 (3 in a row)".
std::string count_text(std::uint64_t count, std::uint64_t in_a_row) {
  return in_a_row < 2 ? fmt::format("{}", count) : fmt::format("{} ({} in a row)", count, in_a_row);
}

std::string time_or_dash(std::int64_t time_ns) { return time_ns == 0 ? "-" : cli::format_time(time_ns); }

std::vector<std::string> row(const guard::JobState& job) {
  return {std::string(job.name.view()),
          std::string(state_word(job)),
          time_or_dash(since(job)),
          status_text(job),
          fmt::format("{}", job.runs),
          count_text(job.failures + job.lost, job.failures_in_a_row),
          count_text(job.skips, job.skips_in_a_row),
          time_or_dash(next(job))};
}

void add_time(cli::Json& json, std::string_view key, std::int64_t time_ns) {
  if (time_ns == 0) {
    json.add_null(key);
  } else {
    json.add(key, time_ns / second_ns);
  }
}

cli::Json json_of(const guard::JobState& job) {
  cli::Json json;
  json.add("name", job.name.view()).add("state", state_word(job));
  add_time(json, "since", since(job));
  if (job.last_status < 0) {
    json.add_null("last_status");
  } else {
    json.add("last_status", job.last_status);
  }
  json.add("last_lost", job.last_lost).add("runs", job.runs).add("failures", job.failures).add("lost", job.lost);
  json.add("failures_in_a_row", job.failures_in_a_row).add("skips", job.skips);
  json.add("skips_in_a_row", job.skips_in_a_row).add("token", job.token);
  add_time(json, "last_start", job.last_start_ns);
  add_time(json, "last_end", job.last_end_ns);
  add_time(json, "last_success", job.last_success_ns);
  json.add("last_seconds", static_cast<double>(job.last_duration_ns) / second_ns);
  json.add("total_seconds", static_cast<double>(job.total_ns) / second_ns);
  add_time(json, "due", job.due_ns);
  return json.add("paused", job.pause.has_value()).add_raw("pause", job.pause ? pause_json(*job.pause).text() : "null");
}
}  // namespace

int jobs(cli::Call& call) {
  if (call.has("check")) {
    return check_jobs(call);
  }
  const auto* store = find_store(call);
  if (store == nullptr) {
    return 0;  // no store: no jobs
  }
  Listing listing{call.operands, {}};
  cli::must(guard::list_jobs(*store, visit, &listing));
  std::sort(listing.jobs.begin(), listing.jobs.end(), [](const guard::JobState& left, const guard::JobState& right) {
    return left.name.view() < right.name.view();
  });
  cli::Table table({"NAME", "STATE", "SINCE", "STATUS", "RUNS", "FAILURES", "SKIPS", "NEXT"});
  for (const auto& job : listing.jobs) {
    if (call.output.json()) {
      call.output.write(json_of(job));
    } else {
      table.add(row(job));
    }
  }
  if (!table.empty()) {
    call.output.write(table.text());
  }
  return 0;
}

}  // namespace shm::verbs

#include "verbs/jobs.hpp"
#include <fmt/core.h>
#include <fnmatch.h>
#include <algorithm>
#include "cli/duration.hpp"
#include "guard/jobs.hpp"
#include "verbs/common.hpp"

namespace shm::verbs {

namespace {
constexpr std::int64_t second_ns = 1'000'000'000;

struct Listing {
  std::string pattern;
  std::vector<guard::JobState> jobs;
};

bool visit(void* context, const guard::JobState& job) {
  auto& listing = *static_cast<Listing*>(context);
  if (listing.pattern.empty() || ::fnmatch(listing.pattern.c_str(), job.name.c_str(), 0) == 0) {
    listing.jobs.push_back(job);
  }
  return true;
}

std::string_view state_word(const guard::JobState& job) {
  return job.damaged ? "damaged" : job.hidden ? "hidden" : job.running ? "running" : "idle";
}

/// When it came to be as it is; 0: not known.
std::int64_t since(const guard::JobState& job) { return job.running ? job.last_start_ns : job.last_end_ns; }

std::string time_or_dash(std::int64_t time_ns) { return time_ns == 0 ? "-" : cli::format_time(time_ns); }

std::vector<std::string> row(const guard::JobState& job) {
  return {std::string(job.name.view()),
          std::string(state_word(job)),
          time_or_dash(since(job)),
          job.last_status < 0 ? "-" : fmt::format("{}", job.last_status),
          fmt::format("{}", job.runs),
          fmt::format("{}", job.failures),
          fmt::format("{}", job.skips_in_a_row)};
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
  json.add("runs", job.runs).add("failures", job.failures).add("lost", job.lost).add("skips", job.skips);
  return json.add("skips_in_a_row", job.skips_in_a_row).add("token", job.token);
}
}  // namespace

int jobs(cli::Call& call) {
  const auto* store = find_store(call);
  if (store == nullptr) {
    return 0;  // no store: no jobs
  }
  Listing listing{call.operands.empty() ? "" : call.operands[0], {}};
  cli::must(guard::list_jobs(*store, visit, &listing));
  std::sort(listing.jobs.begin(), listing.jobs.end(), [](const guard::JobState& left, const guard::JobState& right) {
    return left.name.view() < right.name.view();
  });
  cli::Table table({"NAME", "STATE", "SINCE", "STATUS", "RUNS", "FAILURES", "SKIPPED"});
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
